"""Report of `vrom add`: a line for each dependency, and the result as JSON."""

import os
from typing import TYPE_CHECKING, Any

from vrom.cli.console import escape_text, format_count, print_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vrom.project.add import Outcome
    from vrom.project.dependency import Dependency
    from vrom.project.project import Project

_MOST_NAMED = 5


def print_project(project: "Project", chosen: "Sequence[Dependency]", *, is_named: bool = False) -> None:
    """Print which lock files were read, and what is wrong with them; nothing else if the dependencies were named."""
    for problem in project.problems:
        print_line(f"[yellow]![/] {escape_text(problem)}")
    if is_named:
        return
    if not project.dependencies:
        print_line(f"No lock file in {escape_text(str(project.folder))}. {_what_instead(project.folder)}")
        return
    files = escape_text(", ".join(project.label(file) for file in project.files))
    print_line(f"{format_count(len(chosen), 'dependency', 'dependencies')} of {files}")
    for line in describe_differing(project):
        print_line(f"[dim]{escape_text(line)}[/]")
    if folders := outside_folders(project):
        print_line(f"[dim]Left out, as they are folders of this machine: {escape_text(', '.join(folders))}.[/]")
    if unpinned := [one.name for one in chosen if not one.version and one.is_of_index]:
        print_line(
            f"[dim]No version is locked of {escape_text(', '.join(unpinned))}: the newest is taken, which may not be "
            "the one in use.[/]"
        )


def describe_differing(project: "Project") -> list[str]:
    """A line for each dependency of which parts of the project lock several versions."""
    lines = []
    for (_, name), versions in project.differing.items():
        listed = [
            f"{version} in {', '.join('the root' if place == '.' else place for place in places)}"
            for version, places in versions.items()
        ]
        lines.append(f"Several versions of {name} are locked: {'; '.join(listed)}.")
    return lines


def outside_folders(project: "Project") -> list[str]:
    """Names of the direct dependencies that are folders, but no members of the workspace, which are its own code."""
    from vrom.project.own.members import members_around, members_of

    members = [*members_around(project.folder), *(one for file in project.files for one in members_of(file.parent))]
    own = {os.path.realpath(folder) for folder in members}
    direct = [one for one in project.dependencies if one.folder and one.is_direct]
    return [one.name for one in direct if os.path.realpath(one.folder) not in own]


def _what_instead(folder: "Path") -> str:
    """Advice for a folder without lock files."""
    from vrom.project.roots import find_projects_below

    below = [one.relative_to(folder).as_posix() for one in find_projects_below(folder)]
    if not below:
        return "Name what you want: vrom add pydantic==2.14.4, or run it in a project's folder."
    more = f" and {len(below) - _MOST_NAMED} more" if len(below) > _MOST_NAMED else ""
    names = escape_text(", ".join(below[:_MOST_NAMED]))
    return f"There are some in {names}{more}. Run it there, or: vrom add --project {escape_text(below[0])}"


def print_chosen(chosen: "Sequence[Dependency]") -> None:
    """Print dependencies with versions and groups."""
    for one in chosen:
        version, groups = one.version or "version unknown", ", ".join(sorted(one.groups))
        print_line(f"  [bold]{escape_text(one.name)}[/] {escape_text(version)}  [dim]{escape_text(groups)}[/]")


def print_outcome(outcome: "Outcome") -> None:
    """Print what became of a dependency, on one line, and a line for each problem."""
    named = f"[bold]{escape_text(outcome.dependency.name)}[/] {escape_text(outcome.dependency.version)}".rstrip()
    if outcome.manifest is None:
        reason = escape_text(" ".join(outcome.problems))
        mark = "[red]✗[/]" if outcome.state == "failed" else "[yellow]–[/]"
        print_line(f"{mark} {named}: {reason}")
        return
    documents = sum(origin.documents for origin in outcome.origins)
    size = f"{format_count(documents, 'document')}, {format_count(outcome.manifest.total_chunks, 'chunk')}"
    took = f"{outcome.seconds:.1f} s" if outcome.state == "added" else "already there"
    sources = escape_text(", ".join(dict.fromkeys(origin.source for origin in outcome.origins)))
    print_line(f"[green]✓[/] {named}  {size}  [dim]{took} · {sources}[/]")
    for problem in outcome.problems:
        print_line(f"  [yellow]![/] {escape_text(problem)}")


def print_end(outcomes: "Sequence[Outcome]") -> None:
    """Print what can be done next, and what has no documentation."""
    there = [one for one in outcomes if one.manifest]
    without = [one.dependency.name for one in outcomes if not one.manifest]
    if there:
        first = min(there, key=lambda one: bool(one.dependency.folder)).dependency.name  # rather than its own
        print_line(f'Search them: [bold]vrom search {escape_text(first)} "…"[/]. Tell your agent: [bold]vrom setup[/]')
    if lacking := [one.dependency.name for one in there if one.lacks_source]:
        names = escape_text(", ".join(lacking))
        print_line(f"[dim]Lack a source that could not be had: {names}. Try again: vrom add --retry[/]")
    if without:
        print_line(f"[dim]Without documentation: {escape_text(', '.join(without))}[/]")


def result_document(
    project: "Project", outcomes: "Sequence[Outcome]", chosen: "Sequence[Dependency]"
) -> dict[str, Any]:
    """The result as a JSON document."""
    by_dependency = {one.dependency: one for one in outcomes}
    return {
        "project": str(project.folder),
        "files": [str(file) for file in project.files],
        "problems": list(project.problems),
        "own": next((_entry(one.dependency, one) for one in outcomes if one.dependency.folder), None),
        "dependencies": [_entry(dependency, by_dependency.get(dependency)) for dependency in chosen],
    }


def _entry(dependency: "Dependency", outcome: "Outcome | None") -> dict[str, Any]:
    entry: dict[str, Any] = {
        "ecosystem": dependency.ecosystem,
        "name": dependency.name,
        "version": dependency.version,
        "groups": sorted(dependency.groups),
    }
    if outcome is None:
        return entry
    manifest = outcome.manifest
    return entry | {
        "state": outcome.state,
        "cartridge": manifest.vrom_id if manifest else None,
        "documents": sum(origin.documents for origin in outcome.origins),
        "chunks": manifest.total_chunks if manifest else 0,
        "sources": [
            {"source": one.source, "documents": one.documents, "digest": one.digest, "commit": one.commit}
            for one in outcome.origins
        ],
        "problems": list(outcome.problems),
        "seconds": round(outcome.seconds, 3),
    }
