"""`vrom add`: the documentation of what a project locks."""

import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vrom.cli.console import console, escape_text, format_count, print_json, print_line
from vrom.cli.options import Json
from vrom.settings import Settings, package_index_environment, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vrom.project.add import Outcome, Shelf
    from vrom.project.dependency import Dependency
    from vrom.project.project import Project
    from vrom.project.sources.package_index import PackageIndex

_CHOICE: dict[str, Any] = {"rich_help_panel": "Which dependencies"}
_SOURCES: dict[str, Any] = {"rich_help_panel": "Where from"}


def add(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME[==VERSION]",
            help=r"Dependencies, such as pydantic, httpx==0.27.2 or npm:zod.  \[default: all that the project lists]",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also the dependencies of dependencies.", **_CHOICE)
    ] = False,
    group: Annotated[
        list[str] | None, typer.Option(metavar="GROUP", help="Only this group: main, dev, …; repeatable.", **_CHOICE)
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Only names that match: 'django*'; repeatable.", **_CHOICE),
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="PATTERN", help="No names that match; repeatable.", **_CHOICE)
    ] = None,
    project: Annotated[
        Path | None, typer.Option(metavar="DIR", help=r"The project's folder.  \[default: the current one]")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Only what is on this machine.", **_SOURCES)] = False,
    no_index: Annotated[bool, typer.Option("--no-index", help="Nothing from package indexes.", **_SOURCES)] = False,
    no_git: Annotated[bool, typer.Option("--no-git", help="Nothing from repositories.", **_SOURCES)] = False,
    detach: Annotated[
        bool, typer.Option("--detach", help="Return when all can be searched by words; embed in the background.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the dependencies and versions only.")] = False,
    json: Json = False,
) -> None:
    """Add the documentation of the versions that this project locks.

    Each dependency becomes a cartridge under ~/.vrom/vroms that all projects share. It can be searched by words as soon
    as it is read; its vectors follow. What is there already is kept.
    """
    from vrom.project.choose import Filters, choose
    from vrom.project.project import read_project

    settings = read_settings(project=project)
    found = read_project(settings.project, settings.environments)
    chosen = choose(found, names or [], Filters(everything, group or (), only or (), exclude or ()))
    _print_project(found, chosen)
    if dry_run or not chosen:
        if dry_run:
            _print_chosen(chosen)
        if json:
            print_json(_document(found, [], chosen))
        return
    outcomes = add_dependencies(
        settings, found, chosen, fetch=not (offline or no_index), git=not (offline or no_git), detach=detach
    )
    _update_rules(settings, found)
    _print_end(outcomes)
    if json:
        print_json(_document(found, outcomes, chosen))
    if any(one.state == "failed" for one in outcomes):
        raise typer.Exit(1)


def add_dependencies(
    settings: Settings,
    project: "Project",
    chosen: "Sequence[Dependency]",
    *,
    fetch: bool = True,
    git: bool = True,
    detach: bool = False,
) -> "list[Outcome]":
    """Make the cartridges of these dependencies, and print a line for each.

    With `fetch`, package indexes may be asked; with `git`, the dependencies' repositories.
    """
    from vrom.cli.model import ensure_model
    from vrom.embedding.recipes import DEFAULT_SPEC
    from vrom.project.python_environment import find_environment
    from vrom.project.sources.gather import Sources
    from vrom.project.sources.local_sources import SourceCaches
    from vrom.project.sources.repository.forges import Forges

    ensure_model(DEFAULT_SPEC, report_installed=False)
    shelf = open_shelf(settings)
    outcomes = []
    with _open_index(settings, project, fetch=fetch) as index:
        environment = find_environment(project.folder, settings.environments)
        caches = SourceCaches(settings.cargo, settings.go)
        sources = Sources(project.folder, environment, index, caches, Forges() if git else None)
        for dependency in chosen:
            with console().status(f"{escape_text(dependency.name)} …"):
                outcomes.append(shelf.add_words(dependency, sources.gather))
            _print_outcome(outcomes[-1])
    awaiting = [one for one in outcomes if one.awaits_vectors]
    if awaiting and detach:
        _embed_in_background(settings, [one.dependency for one in awaiting])
    elif awaiting:
        _embed(shelf, awaiting)
    return outcomes


def open_shelf(settings: Settings) -> "Shelf":
    """The cartridges of dependencies on this machine."""
    from vrom.embedding.model_store import ModelStore
    from vrom.project.add import Shelf
    from vrom.registry.installed import PackageStore

    models = ModelStore(settings.models, uv=settings.uv)
    return Shelf(PackageStore(settings.vroms, settings.limits), models, settings.cache, settings.builds)


@contextmanager
def _open_index(settings: Settings, project: "Project", *, fetch: bool) -> "Iterator[PackageIndex | None]":
    """The package indexes that the project uses; None if nothing may be fetched."""
    from vrom.network.client import Network
    from vrom.network.download import Downloads
    from vrom.project.sources.index_settings import read_index_settings
    from vrom.project.sources.npm import npm_credentials
    from vrom.project.sources.package_index import PackageIndex

    if not fetch:
        yield None
        return
    indexes = [one.index for one in project.dependencies if one.ecosystem == "pypi" and one.index]
    locked = tuple(dict.fromkeys(indexes))
    found = read_index_settings(project.folder, package_index_environment(), locked)
    network = Network({**npm_credentials(project.folder), **found.credentials})
    with closing(network):
        yield PackageIndex(found.urls, Downloads(network, settings.cache / "downloads", settings.max_download))


def _print_project(project: "Project", chosen: "Sequence[Dependency]") -> None:
    for problem in project.problems:
        print_line(f"[yellow]![/] {escape_text(problem)}")
    if not project.dependencies:
        print_line(
            f"No lock file in {escape_text(str(project.folder))}. Name what you want: vrom add pydantic==2.14.4, "
            "or run it in a project's folder."
        )
        return
    files = ", ".join(escape_text(file.name) for file in project.files)
    print_line(f"{format_count(len(chosen), 'dependency', 'dependencies')} of {files}")


def _print_chosen(chosen: "Sequence[Dependency]") -> None:
    for one in chosen:
        version, groups = one.version or "version unknown", ", ".join(sorted(one.groups))
        print_line(f"  [bold]{escape_text(one.name)}[/] {escape_text(version)}  [dim]{escape_text(groups)}[/]")


def _update_rules(settings: Settings, project: "Project") -> None:
    """Keep the rules that `vrom setup` wrote in step with what is documented."""
    from vrom.cli.hosts.changes import print_change
    from vrom.hosts.configuration import apply
    from vrom.hosts.detect import detect
    from vrom.hosts.rules.plan import plan_rules
    from vrom.settings import read_host_folders

    hosts = detect(read_host_folders(project=project.folder))
    for change in plan_rules(hosts, project.folder, open_shelf(settings).find_documented(project)):
        if change.done == "updated":
            print_change("Rules", change, apply(change), dry_run=False)


def _print_outcome(outcome: "Outcome") -> None:
    named = f"[bold]{escape_text(outcome.dependency.name)}[/] {escape_text(outcome.dependency.version)}"
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


def _embed(shelf: "Shelf", outcomes: "Sequence[Outcome]") -> None:
    """Make the vectors that are missing, the smallest cartridges first, so that most are whole soon."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    ordered = sorted(outcomes, key=lambda one: one.manifest.total_chunks if one.manifest else 0)
    total = sum(one.manifest.total_chunks for one in ordered if one.manifest)
    print_line(
        "All can be searched by words now. Embedding them for search by meaning; "
        "if you stop it, `vrom add` continues later."
    )
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(), transient=True, disable=not console().is_terminal) as bar:
        task = bar.add_task("embedding", total=total)
        before = 0
        for one in ordered:
            size = one.manifest.total_chunks if one.manifest else 0

            def report(stage: str, done: int, _: int | None, before: int = before, size: int = size) -> None:
                if stage == "embed":
                    bar.update(task, completed=before + min(done, size))

            bar.update(task, description=f"embedding {one.dependency.name}")
            shelf.add_vectors(one.dependency, report)
            before += size
            bar.update(task, completed=before)


def _embed_in_background(settings: Settings, dependencies: "Sequence[Dependency]") -> None:
    """Start a process of its own that makes the vectors of these cartridges."""
    from vrom.project.add import source_of

    log = settings.cache / "add.log"
    names = [source_of(dependency) for dependency in dependencies]
    command = [sys.executable, "-P", "-m", "vrom", "add", "--offline", "--project", str(settings.project), *names]
    with log.open("ab") as output:
        subprocess.Popen(  # noqa: S603 - names that `is_well_formed` has checked
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    print_line(f"All can be searched by words now. Embedding goes on in the background: {escape_text(str(log))}")


def _print_end(outcomes: "Sequence[Outcome]") -> None:
    there = [one for one in outcomes if one.manifest]
    without = [one.dependency.name for one in outcomes if not one.manifest]
    if there:
        first = there[0].dependency.name
        print_line(f'Search them: [bold]vrom search {escape_text(first)} "…"[/]. Tell your agent: [bold]vrom setup[/]')
    if without:
        print_line(f"[dim]Without documentation: {escape_text(', '.join(without))}[/]")


def _document(project: "Project", outcomes: "Sequence[Outcome]", chosen: "Sequence[Dependency]") -> dict[str, Any]:
    """The result as a JSON document."""
    by_dependency = {one.dependency: one for one in outcomes}
    return {
        "project": str(project.folder),
        "files": [str(file) for file in project.files],
        "problems": list(project.problems),
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
