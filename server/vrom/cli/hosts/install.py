"""`vrom install` and `vrom uninstall`: add vrom to a host's configuration, or remove it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from vrom.cli.console import console, print_json, print_line
from vrom.cli.hosts.changes import change_document, print_change, print_other_entry
from vrom.cli.options import Json
from vrom.settings import read_host_folders, server_environment

if TYPE_CHECKING:
    from vrom.hosts.configuration import Change
    from vrom.hosts.host import Host, Place

HOSTS = (
    "claude-code", "codex", "gemini", "copilot-cli", "opencode", "claude-desktop", "cursor", "vscode", "cline",
    "windsurf", "zed", "junie",
)  # fmt: skip
"""Names of the known hosts, as in `vrom.hosts.catalog`."""


def _check_host(name: str) -> str:
    """The name of a known host. Raises `typer.BadParameter` for any other."""
    if name not in HOSTS:
        raise typer.BadParameter(f"Unknown host {name!r}. Expected one of: {', '.join(HOSTS)}.")
    return name


def complete_host(incomplete: str) -> list[str]:
    """The names of hosts that begin so, for the completion of a shell."""
    return [name for name in HOSTS if name.startswith(incomplete)]


HostName = Annotated[
    str,
    typer.Argument(
        metavar="HOST",
        help=f"The program to configure: {', '.join(HOSTS)}.",
        callback=_check_host,
        show_default=False,
        autocompletion=complete_host,
    ),
]
ScopeOption = Annotated[
    Literal["user", "project"], typer.Option(help="user: in all your projects; project: for everyone in this project.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the change without making it.")]


def install(host: HostName, scope: ScopeOption = "user", dry_run: DryRun = False, json: Json = False) -> None:
    """Add vrom to a host's configuration, or update its entry."""
    from vrom.hosts.catalog import known_hosts
    from vrom.hosts.configuration import apply, plan_installation
    from vrom.hosts.entry import entry_command, needs_path, new_entry
    from vrom.installation import quote_command

    chosen = known_hosts(read_host_folders())[host]
    place = _place(chosen, scope)
    command = entry_command(scope)
    environment = server_environment() if scope == "user" else chosen.in_project
    change = plan_installation(place, new_entry(command, environment, chosen.form), chosen.form)
    copy = None if dry_run else apply(change)
    own = chosen.command(scope, command, environment)
    own_line = quote_command(own) if own else None
    if json:
        print_json(_document(chosen, scope, change, copy, dry_run) | {"command": own_line})
        return
    print_change(chosen.title, change, copy, dry_run=dry_run)
    print_other_entry(chosen)
    if change.done != "already there" and not dry_run:
        console().print(f"  {chosen.then}", soft_wrap=True)
    if needs_path(command):
        console().print("  Everyone who opens the project needs the command vrom on their PATH.", soft_wrap=True)
    if own_line:
        console().print(f"  [dim]{chosen.title}'s own command to add it:[/]")
        console().print(f"  {own_line}", markup=False, soft_wrap=True)


def uninstall(
    host: Annotated[
        str | None,
        typer.Argument(
            metavar="HOST",
            help=f"The program to remove vrom from: {', '.join(HOSTS)}.  "
            r"\[default: all, with the rules and skills of this project]",
            show_default=False,
            autocompletion=complete_host,
        ),
    ] = None,
    scope: ScopeOption = "user",
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Remove vrom from a host's configuration, or everything that `vrom setup` wrote."""
    from vrom.hosts.catalog import known_hosts
    from vrom.hosts.configuration import apply, plan_removal

    if host is None:
        _uninstall_everything(dry_run=dry_run, json=json)
        return
    _check_host(host)
    chosen = known_hosts(read_host_folders())[host]
    change = plan_removal(_place(chosen, scope))
    copy = None if dry_run else apply(change)
    if json:
        print_json(_document(chosen, scope, change, copy, dry_run))
        return
    print_change(chosen.title, change, copy, dry_run=dry_run)
    if change.done == "not there":
        _print_elsewhere(chosen, change.file)


def _uninstall_everything(*, dry_run: bool, json: bool) -> None:
    """Remove the entries of all hosts in both scopes, and the rules and skills in the current project."""
    from vrom.hosts.catalog import known_hosts
    from vrom.hosts.configuration import apply, plan_removal
    from vrom.hosts.rules.plan import plan_rules_removal
    from vrom.hosts.rules.skill import plan_skills_removal

    folders = read_host_folders()
    hosts = list(known_hosts(folders).values())
    planned = [(host.title, plan_removal(place)) for host in hosts for place in host.places.values()]
    planned += [("Rules", change) for change in plan_rules_removal(hosts, folders.project)]
    planned += [("Skill", change) for change in plan_skills_removal(hosts, folders.project)]
    there = [(title, change) for title, change in planned if change.done != "not there"]
    done = []
    for title, change in there:
        backup = None if dry_run else apply(change)
        done.append({"title": title} | change_document(change, backup, dry_run=dry_run))
        print_change(title, change, backup, dry_run=dry_run)
    if json:
        print_json({"changes": done})
    elif not there:
        print_line("vrom is not configured anywhere.")


def _place(host: "Host", scope: Literal["user", "project"]) -> "Place":
    if scope not in host.places:
        raise typer.BadParameter(f"{host.title} has no project-level configuration.", param_hint="--scope")
    return host.places[scope]


def _document(host: "Host", scope: str, change: "Change", copy: Path | None, dry_run: bool) -> dict[str, Any]:
    """The result as a JSON document."""
    return {"host": host.name, "scope": scope} | change_document(change, copy, dry_run=dry_run)


def _print_elsewhere(host: "Host", file: Path) -> None:
    """Print the host's other configuration files that contain vrom."""
    from vrom.hosts.configuration import read_entry

    for scope, place in host.places.items():
        if place.file != file and read_entry(place) is not None:
            console().print(
                f"  Found in {place.file}. Remove it: vrom uninstall {host.name} --scope {scope}", markup=False
            )
