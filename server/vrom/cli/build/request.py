"""The request of `vrom build`, from the command line or from a package's manifest."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from vrom.errors import BuildError, NotFoundError
from vrom.format.versions import UNKNOWN
from vrom.settings import Settings

if TYPE_CHECKING:
    from pydantic import ValidationError

    from vrom.builder.request import BuildRequest
    from vrom.builder.sources.read import LocalContext
    from vrom.builder.text_dumps.plain_text import Recovery

_RULES = {
    "vrom_id": "an id has up to 128 letters, digits, '.', '_' and '-', and starts with a letter or digit",
}
"""Error messages by field, for fields whose schema message isn't clear enough."""
_POWERS = {"crawl": "--crawl", "allow_private": "--allow-private", "import_packages": "--import"}
"""Options of a request that a user should know of before accepting it, by field."""
_DEPENDENCY = re.compile(r"(?:pypi:)?((?:npm:|cargo:|go:)?[^=\s]+==\S+)")
"""A source that `vrom add` recorded, and in it the dependency as `vrom add` takes it."""


def all_sources(
    sources: list[str] | None, packages: list[str] | None, git: str | None, ref: str, path: str
) -> list[str]:
    """All sources in the form of a request. Raises `typer.BadParameter` for --ref or --path without --git."""
    from vrom.builder.sources.git.read import GitSource
    from vrom.builder.sources.read import git_source, package_source

    if git is None and (ref != "HEAD" or path):
        raise typer.BadParameter("this option needs --git REPOSITORY.", param_hint="--ref" if path == "" else "--path")
    repositories = [git_source(GitSource(git, ref, path))] if git else []
    return [*(sources or []), *map(package_source, packages or []), *repositories]


def recovery_of(*, from_dump: bool, as_is: bool) -> "Recovery | None":
    """The choice of plain texts to recover; None if not stated. Raises `typer.BadParameter` for both options."""
    if from_dump and as_is:
        raise typer.BadParameter("cannot be combined with --from-dump.", param_hint="--as-is")
    return "always" if from_dump else "never" if as_is else None


def make_request(
    sources: list[str], cartridge: str | None, given: dict[str, Any], placeholder: str = ""
) -> "BuildRequest":
    """The build request of the command line; `placeholder` is the id if neither the user nor a source gives one.

    Raises `typer.BadParameter` if it is incomplete or invalid.
    """
    from pydantic import ValidationError

    from vrom.builder.request import BuildRequest

    if not sources:
        raise typer.BadParameter(
            "missing. Give a folder, a file or a URL, or use --package, --git or --update.", param_hint="SOURCE"
        )
    cartridge = _default_id(sources) or placeholder if cartridge is None else cartridge
    if not cartridge:
        raise typer.BadParameter("missing. Give the id of the cartridge to build.", param_hint="--id")
    try:
        return BuildRequest(vrom_id=cartridge, sources=tuple(sources), **given)
    except ValidationError as error:
        raise _usage_error(error) from error


def local_context(settings: Settings, sources: "list[str] | tuple[str, ...]") -> "LocalContext":
    """Facts about the sources: the project's Python environment, and the versions that folders state."""
    from vrom.builder.sources.read import LocalContext
    from vrom.project.own.identity import identify_documentation
    from vrom.project.python.environment import find_environment

    environment = find_environment(settings.project.resolve(), settings.environments)
    folders = {source: Path(source).expanduser() for source in sources}
    stated = {source: identify_documentation(folder) for source, folder in folders.items() if folder.is_dir()}
    versions = {source: identity.version for source, identity in stated.items() if identity.version != UNKNOWN}
    return LocalContext(environment.site_packages if environment else (), versions)


def read_recorded(
    cartridge: str, sources: list[str], other_id: str | None, out: Path | None
) -> "tuple[Path, BuildRequest]":
    """The package to update and the request that its manifest records.

    Raises `typer.BadParameter`, `NotFoundError`, `PackageError` and `BuildError`.
    """
    from vrom.builder.request import BuildRequest
    from vrom.cli.options import open_library
    from vrom.format.manifest import read_manifest

    if sources or other_id:
        raise typer.BadParameter(
            "cannot be combined with SOURCE or --id: the package records its own sources.", param_hint="--update"
        )
    folder = out
    if folder is None:
        mounts = open_library(None).mounts(every_version=True)
        folders = {name: mount.folder for mount in mounts for name in (mount.name, f"{mount.id}@{mount.version}")}
        if cartridge not in folders:
            raise NotFoundError("cartridge", cartridge, folders, "If it is in another folder, give that with --out.")
        folder = folders[cartridge]
    recorded = BuildRequest.of(read_manifest(folder))
    if recorded.vrom_id != cartridge.partition("@")[0]:
        raise NotFoundError("cartridge", cartridge, [recorded.vrom_id])
    if added := [found[1] for source in recorded.sources if (found := _DEPENDENCY.fullmatch(source))]:
        raise BuildError(f"{cartridge!r} was made by `vrom add`, not by `vrom build`. Run: vrom add {added[0]}")
    return folder, recorded


def check_built_here(folder: Path, recorded: "BuildRequest", settings: Settings) -> None:
    """Raise `BuildError` if the package may name sources that the user never did."""
    from vrom.builder.local_builds import was_built_here
    from vrom.format.hidden_text import visible_line

    if was_built_here(settings.builds, folder, recorded):
        return
    more = [option for name, option in _POWERS.items() if getattr(recorded, name)]
    sources = "\n".join(f"  {visible_line(source)}" for source in recorded.sources)
    options = f"\nwith {', '.join(more)}" if more else ""
    raise BuildError(
        f"{folder} was not built on this machine, or its manifest was changed afterwards. "
        f"It would read these sources:\n{sources}{options}\nIf you trust them, repeat the command with --yes."
    )


def change_request(recorded: "BuildRequest", given: dict[str, Any]) -> "BuildRequest":
    """The recorded request with the given options. Raises `typer.BadParameter` for an invalid one."""
    from pydantic import ValidationError

    from vrom.builder.request import BuildRequest

    try:
        return BuildRequest.model_validate(recorded.model_dump() | given)
    except ValidationError as error:
        raise _usage_error(error) from error


def _usage_error(error: "ValidationError") -> typer.BadParameter:
    """Convert a validation error to a usage error that names the option."""
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0])
    rule = _RULES.get(field, first["msg"][:1].lower() + first["msg"][1:])
    return typer.BadParameter(
        f"{str(first['input'])[:100]!r}: {rule}.",
        param_hint={"vrom_id": "--id", "sources": "SOURCE"}.get(field, f"--{field}"),
    )


def _default_id(sources: list[str]) -> str:
    """The id that the first source suggests: the name of a package, or of the software in a folder; empty if none."""
    from packaging.utils import canonicalize_name

    from vrom.builder.sources.read import package_names
    from vrom.project.own.identity import identify_documentation

    if names := package_names(sources[:1]):
        return canonicalize_name(names[0])
    folder = Path(sources[0]).expanduser()
    return identify_documentation(folder).id if folder.is_dir() else ""
