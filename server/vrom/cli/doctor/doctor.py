"""`vrom doctor`: check the installation for common problems."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import typer

from vrom.cli.console import console, counted, escaped, print_json, say
from vrom.cli.doctor import checks
from vrom.cli.doctor.checks import Check
from vrom.cli.options import Cartridges, Json, open_library
from vrom.settings import read_host_folders, read_settings

_MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "problem": "[red]✗[/]"}
_WIDTH = 10


def doctor(cartridges: Cartridges = None, json: Json = False) -> None:
    """Look at everything that vrom needs, and say how to mend what is wrong.

    Ends with exit code 1 if something must be mended.
    """
    done: list[Check] = []
    with console().status("looking"):
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
    from vrom.cli.doctor.handshake import serving
    from vrom.hosts.entry import server_command

    settings, library = read_settings(roots or ()), open_library(roots)
    with ThreadPoolExecutor() as pool:
        imports = pool.submit(checks.imports)
        session = pool.submit(serving, server_command(), settings.roots, {"VROM_HOME": str(settings.home)})
        yield checks.python()
        yield checks.libraries()
        yield imports.result()
        yield from checks.models(settings, library.mounts())
        yield from checks.cartridges(library)
        yield checks.cache(settings)
        yield from session.result()
        yield checks.port()
        yield from checks.hosts(read_host_folders())


def _print(check: Check) -> None:
    margin = " " * (_WIDTH + 3)
    found = f"\n{margin}".join(map(escaped, check.found.split("\n")))
    say(f"{_MARKS[check.state]} [dim]{check.name:<{_WIDTH}}[/] {found}")
    if check.remedy:
        say(f"{margin}[bold]→ {escaped(check.remedy)}[/]")


def _print_verdict(problems: int, warnings: int) -> None:
    verdict = f"[red]{counted(problems, 'thing')} to mend[/]" if problems else "[green]All is well[/]"
    say(f"\n{verdict}" + (f", {counted(warnings, 'thing')} to know" if warnings else ""))
