"""`vrom setup`: the documentation of a project, and every host on this machine told about it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vrom.cli.console import console, format_count, print_json, print_line
from vrom.cli.hosts.changes import change_document, print_change, print_other_entry
from vrom.cli.hosts.install import complete_host
from vrom.cli.options import Json, machine_of
from vrom.cli.project.add import add_dependencies, is_failure
from vrom.cli.project.report import print_project
from vrom.settings import HostFolders, read_host_folders, read_settings, server_environment

if TYPE_CHECKING:
    from vrom.hosts.configuration import Change
    from vrom.hosts.host import Host
    from vrom.project.dependency import Dependency


def setup(
    host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST",
            help=r"Only this host; repeatable.  \[default: all that are on this machine]",
            autocompletion=complete_host,
        ),
    ] = None,
    scope: Annotated[
        Literal["user", "project"],
        typer.Option(help="Entries for you in all projects, or for everyone in this project."),
    ] = "user",
    project: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", exists=True, file_okay=False, help=r"The project's folder.  \[default: the current one]"
        ),
    ] = None,
    no_add: Annotated[bool, typer.Option("--no-add", help="Only configure hosts; add no documentation.")] = False,
    no_rules: Annotated[bool, typer.Option("--no-rules", help="Write no rules and no skill into the project.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Only what is on this machine.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show all changes without making any.")] = False,
    json: Json = False,
) -> None:
    """Add this project's documentation, and tell your coding agents about it.

    Does what `vrom add` does, then adds vrom to every host that is on this machine and a few lines to the project's
    rules. `vrom uninstall` takes all of it out again. If a dependency fails, hosts are told of the others, and the exit
    code is 1.
    """
    from vrom.hosts.configuration import apply
    from vrom.project.choose import Filters, choose
    from vrom.project.own.identity import is_project
    from vrom.project.project import read_project

    settings, folders = read_settings(project=project), read_host_folders(project=project)
    found = read_project(settings.project, settings.environments)
    hosts = _choose_hosts(folders, host or [])
    has_failed = False
    if not (no_add or dry_run):
        own = is_project(settings.project)
        chosen = choose(found, [], Filters())
        print_project(found, chosen)
        outcomes = add_dependencies(settings, found, chosen, own=own, fetch=not offline, git=not offline)
        has_failed = any(map(is_failure, outcomes))
    documented = choose(found, [], Filters()) if dry_run else machine_of(settings).open_shelf().find_documented(found)
    planned = [*_plan_entries(hosts, scope), *([] if no_rules else _plan_rules(hosts, folders.project, documented))]
    done = []
    for title, change in planned:
        backup = None if dry_run else apply(change)
        done.append({"title": title} | change_document(change, backup, dry_run=dry_run))
        print_change(title, change, backup, dry_run=dry_run)
    if json:
        print_json({"hosts": [one.name for one in hosts], "changes": done})
    else:
        _print_hosts(hosts, documented, dry_run=dry_run)
    if has_failed:
        raise typer.Exit(1)


def _print_hosts(hosts: "Sequence[Host]", documented: "Sequence[Dependency]", *, dry_run: bool) -> None:
    """Print other entries that start vrom, and what to do in each host so that it can search."""
    for one in hosts:
        print_other_entry(one)
    if hosts and not dry_run:
        libraries = format_count(len(documented), "library", "libraries")
        print_line(f"{format_count(len(hosts), 'host')} can search {libraries}:")
        for one in hosts:
            console().print(f"  [bold]{one.title}[/]: {one.then}", soft_wrap=True)


def _choose_hosts(folders: HostFolders, names: Sequence[str]) -> "list[Host]":
    """The named hosts, else those on this machine. Raises `typer.BadParameter` for an unknown name."""
    from vrom.hosts.catalog import known_hosts
    from vrom.hosts.detect import detect

    known = known_hosts(folders)
    for name in names:
        if name not in known:
            expected = f"Expected one of: {', '.join(known)}."
            raise typer.BadParameter(f"Unknown host {name!r}. {expected}", param_hint="--host")
    hosts = [known[name] for name in names] or detect(folders)
    if not hosts:
        print_line(f"No coding agent was found on this machine. Name one with --host: {', '.join(known)}")
    return hosts


def _plan_entries(hosts: "Sequence[Host]", scope: Literal["user", "project"]) -> "list[tuple[str, Change]]":
    """The change of each host's configuration; hosts without one for the scope are left out."""
    from vrom.hosts.configuration import plan_installation
    from vrom.hosts.entry import entry_command, new_entry

    command = entry_command(scope)
    planned = []
    for host in hosts:
        if scope in host.places:
            environment = server_environment() if scope == "user" else host.in_project
            entry = new_entry(command, environment, host.form)
            planned.append((host.title, plan_installation(host.places[scope], entry, host.form)))
    return planned


def _plan_rules(
    hosts: "Sequence[Host]", project: Path, documented: "Sequence[Dependency]"
) -> "list[tuple[str, Change]]":
    from vrom.hosts.rules.plan import plan_rules
    from vrom.hosts.rules.skill import plan_skills

    rules = [("Rules", change) for change in plan_rules(hosts, project, documented)]
    return [*rules, *(("Skill", change) for change in plan_skills(hosts, project))]
