"""Check of `vrom doctor`: the documentation on this machine against what the project locks."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vrom.cli.console import format_count
from vrom.cli.doctor.checks import Check, State

if TYPE_CHECKING:
    from vrom.project.dependency import Dependency
    from vrom.registry.installed import Installed
    from vrom.settings import Settings

_MOST_NAMED = 5


def check_project(settings: "Settings") -> Check | None:
    """Compare the current project's direct dependencies with the cartridges; None if it has no lock file."""
    from vrom.cli.project.report import describe_differing
    from vrom.project.choose import Filters, choose
    from vrom.project.project import read_project
    from vrom.registry.installed import PackageStore

    project = read_project(settings.project, settings.environments)
    direct = choose(project, [], Filters())
    if not (direct or project.problems):
        return None
    installed = PackageStore(settings.vroms, settings.limits).installed()
    missing = [one for one in direct if one.version and not _is_documented(one, installed)]
    unpinned = [one.name for one in direct if not one.version]
    found = [_count_documented(direct, missing, unpinned)]
    if missing:
        found.append(f"missing: {_list([_describe(one, installed) for one in missing])}")
    if unpinned:
        found.append(f"version unknown, no lock file pins it: {_list(unpinned)}")
    if project.parts:
        found.append(f"lock files read: {_list([project.label(file) for file in project.files])}")
    found += describe_differing(project)
    found += [f"lock files: {problem}" for problem in project.problems]
    state: State = "warning" if missing or unpinned or project.problems else "ok"
    return Check("project", state, "\n".join(found), _add_command(missing))


def _count_documented(direct: "Sequence[Dependency]", missing: "Sequence[Dependency]", unpinned: Sequence[str]) -> str:
    documented = len(direct) - len(missing) - len(unpinned)
    total = format_count(len(direct), "direct dependency", "direct dependencies")
    return f"{documented} of {total} documented at the locked version"


def _is_documented(dependency: "Dependency", installed: "Sequence[Installed]") -> bool:
    return dependency.version in _versions(dependency, installed)


def _versions(dependency: "Dependency", installed: "Sequence[Installed]") -> list[str]:
    """The versions that a dependency's cartridges have."""
    from vrom.project.cartridge_names import cartridge_id

    wanted = cartridge_id(dependency.ecosystem, dependency.name)
    return [package.version for package in installed if package.id == wanted]


def _describe(dependency: "Dependency", installed: "Sequence[Installed]") -> str:
    """A dependency without documentation of its version, and the versions that are documented."""
    others = _versions(dependency, installed)
    return f"{dependency.name} {dependency.version}" + (f" (documented: {', '.join(others)})" if others else "")


def _list(entries: Sequence[str]) -> str:
    more = len(entries) - _MOST_NAMED
    return ", ".join(entries[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _add_command(missing: "Sequence[Dependency]") -> str:
    """The command that adds the missing documentation; empty if nothing is missing."""
    if len(missing) > _MOST_NAMED:
        return "vrom add"
    names = [one.name if one.ecosystem == "pypi" else f"{one.ecosystem}:{one.name}" for one in missing]
    pinned = [f"{name}=={one.version}" for name, one in zip(names, missing, strict=True)]
    return f"vrom add {' '.join(pinned)}" if missing else ""
