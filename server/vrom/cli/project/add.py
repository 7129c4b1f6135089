"""`vrom add`: the documentation of what a project locks."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vrom.cli.console import console, print_json, print_line
from vrom.cli.options import Json, machine_of
from vrom.cli.project.embed import embed, embed_in_background
from vrom.cli.project.report import print_chosen, print_end, print_outcome, print_project, result_document
from vrom.cli.project.suggest import add_suggestion
from vrom.cli.project.work import add_words_of, check_readers
from vrom.settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vrom.builder.build import Progress
    from vrom.project.add import Outcome, Shelf
    from vrom.project.dependency import Dependency
    from vrom.project.own.cartridge import OwnCartridge
    from vrom.project.project import Project

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
        Path | None,
        typer.Option(
            metavar="DIR", exists=True, file_okay=False, help=r"The project's folder.  \[default: the current one]"
        ),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Only what is on this machine.", **_SOURCES)] = False,
    no_index: Annotated[bool, typer.Option("--no-index", help="Nothing from package indexes.", **_SOURCES)] = False,
    no_git: Annotated[bool, typer.Option("--no-git", help="Nothing from repositories.", **_SOURCES)] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Also what lacks a source that could not be had then.", **_SOURCES)
    ] = False,
    own: Annotated[
        bool | None,
        typer.Option(
            "--own/--no-own",
            help=r"The project's own README, docs and docstrings.  \[default: unless names are given]",
            show_default=False,
            **_CHOICE,
        ),
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Return when all can be searched by words; embed in the background.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the dependencies and versions only.")] = False,
    json: Json = False,
) -> None:
    """Add the documentation of the versions that this project locks.

    Each dependency becomes a cartridge under ~/.vrom/vroms that all projects share, and the project's own documentation
    one in its folder .vrom. They can be searched by words as soon as they are read; vectors follow. What is there
    already is kept. The exit code is 1 if one fails, or one that you named has no documentation.
    """
    from vrom.project.choose import Filters, choose
    from vrom.project.own.identity import is_project
    from vrom.project.project import read_project

    settings = read_settings(project=project)
    own = is_project(settings.project) and not names if own is None else own
    found = read_project(settings.project, settings.environments)
    chosen = choose(found, names or [], Filters(everything, group or (), only or (), exclude or ()))
    print_project(found, chosen, is_named=bool(names))
    if dry_run or not (chosen or own):
        if dry_run:
            print_chosen(chosen)
        if json:
            print_json(result_document(found, [], chosen))
        return
    outcomes = add_dependencies(
        settings, found, chosen, own=own, fetch=not (offline or no_index), git=not (offline or no_git), detach=detach,
        retry=retry,
    )  # fmt: skip
    update_rules(settings, found)
    print_end(outcomes)
    if json:
        print_json(result_document(found, outcomes, [one.dependency for one in outcomes if not one.dependency.folder]))
    if any(is_failure(one, is_named=bool(names)) for one in outcomes):
        raise typer.Exit(1)


def is_failure(outcome: "Outcome", *, is_named: bool = False) -> bool:
    """Return True for an outcome that a script should stop at: what fails, and what was named and has nothing."""
    return outcome.state == "failed" or (is_named and outcome.state == "nothing")


def add_dependencies(
    settings: Settings,
    project: "Project",
    chosen: "Sequence[Dependency]",
    *,
    own: bool = True,
    fetch: bool = True,
    git: bool = True,
    detach: bool = False,
    retry: bool = False,
) -> "list[Outcome]":
    """Make the cartridges of these dependencies, and of the project's `own` documentation; print a line for each.

    With `fetch`, package indexes may be asked; with `git`, the dependencies' repositories. With `retry`, cartridges
    that lack a source that could not be had are made again.
    """
    from vrom.cli.model import ensure_model
    from vrom.embedding.recipes import DEFAULT_SPEC
    from vrom.project.own.cartridge import OwnCartridge

    check_readers()
    ensure_model(DEFAULT_SPEC, report_installed=False)
    machine = machine_of(settings)
    shelf = machine.open_shelf()
    own_cartridge = OwnCartridge(project.folder, shelf) if own else None
    outcomes = _add_own(own_cartridge) if own_cartridge else []
    with machine.open_sources(project, fetch=fetch, git=git) as sources:
        add_words = partial(shelf.add_words, gather=sources.gather, pull=sources.pull, retry=retry)
        completed = [sources.complete(one) for one in chosen]
        with console().status("Reading documentation …"):
            outcomes += add_words_of(completed, lambda one: add_suggestion(project, add_words(one)), print_outcome)
    awaiting = [one for one in outcomes if one.awaits_vectors]
    if awaiting and detach:
        embed_in_background(settings, [one.dependency for one in awaiting])
    elif awaiting:
        embed([(one, embedding_of(one, shelf, own_cartridge)) for one in awaiting])
    return outcomes


def _add_own(cartridge: "OwnCartridge") -> "list[Outcome]":
    """Make the cartridge of the project's own documentation; no outcome for a project without any."""
    is_new = cartridge.is_new
    with console().status("The project's own documentation …"):
        outcome = cartridge.add()
    if outcome.state == "nothing":
        return []
    print_outcome(outcome)
    if is_new and outcome.manifest:
        print_line("  [dim]It is in .vrom/cartridges, which .vrom/.gitignore keeps out of commits.[/]")
    return [outcome]


def embedding_of(outcome: "Outcome", shelf: "Shelf", own: "OwnCartridge | None") -> "Callable[[Progress], int]":
    """The call that makes the vectors of an outcome's cartridge."""
    if own and outcome.dependency.folder == str(own.root):
        return own.add_vectors
    return partial(shelf.add_vectors, outcome.dependency)


def update_rules(settings: Settings, project: "Project") -> None:
    """Keep the rules that `vrom setup` wrote in step with what is documented."""
    from vrom.cli.hosts.changes import print_change
    from vrom.hosts.configuration import apply
    from vrom.hosts.detect import detect
    from vrom.hosts.rules.plan import plan_rules
    from vrom.settings import read_host_folders

    hosts = detect(read_host_folders(project=project.folder))
    for change in plan_rules(hosts, project.folder, machine_of(settings).open_shelf().find_documented(project)):
        if change.done == "updated":
            print_change("Rules", change, apply(change), dry_run=False)
