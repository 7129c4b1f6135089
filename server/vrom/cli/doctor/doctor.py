"""`vrom doctor`: check the installation for common problems."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import typer

from vrom.cli.console import console, escape_text, format_count, print_json, print_line
from vrom.cli.doctor import checks
from vrom.cli.doctor.checks import Check
from vrom.cli.doctor.project import check_project
from vrom.cli.options import Cartridges, Json, open_library
from vrom.settings import read_host_folders, read_settings

_MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "problem": "[red]✗[/]"}
_WIDTH = 10


def doctor(cartridges: Cartridges = None, json: Json = False) -> None:
    """Check the installation and show how to fix problems.

    Exits with code 1 if there is a problem. Warnings don't count as problems.
    """
    done: list[Check] = []
    with console().status("Checking"):
        for check in _checks(cartridges):
            done.append(check)
            if not json:
                _print(check)
    problems = sum(check.state == "problem" for check in done)
    if json:
        print_json({"ok": not problems, "checks": [checks.as_document(check) for check in done]})
    else:
        _print_verdict(problems, sum(check.state == "warning" for check in done))
    if problems:
        raise typer.Exit(1)


def _checks(roots: list[Path] | None) -> Iterator[Check]:
    """All checks, in the order of their dependencies; checks in child processes run in parallel."""
    from vrom.cli.doctor.handshake import check_server
    from vrom.hosts.entry import server_command

    settings, library = read_settings(roots or ()), open_library(roots)
    with ThreadPoolExecutor() as pool:
        imports = pool.submit(checks.check_imports)
        session = pool.submit(check_server, server_command(), settings.roots, {"VROM_HOME": str(settings.home)})
        yield checks.check_python()
        yield checks.check_libraries()
        yield imports.result()
        yield from checks.check_models(settings, library.mounts())
        yield from checks.check_cartridges(library)
        if project := check_project(settings):
            yield project
        yield checks.check_cache(settings)
        yield from session.result()
        yield checks.check_port()
        yield from checks.check_hosts(read_host_folders())


def _print(check: Check) -> None:
    margin = " " * (_WIDTH + 3)
    found = f"\n{margin}".join(map(escape_text, check.found.split("\n")))
    print_line(f"{_MARKS[check.state]} [dim]{check.name:<{_WIDTH}}[/] {found}")
    if check.remedy:
        print_line(f"{margin}[bold]→ {escape_text(check.remedy)}[/]")


def _print_verdict(problems: int, warnings: int) -> None:
    verdict = f"[red]{format_count(problems, 'problem')} found[/]" if problems else "[green]No problems found[/]"
    print_line(f"\n{verdict}" + (f", {format_count(warnings, 'warning')}" if warnings else ""))
