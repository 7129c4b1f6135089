"""`vrom list --store` and `vrom check --store`."""

import dataclasses

import typer

from vrom.cli.console import console, escape_text, print_json, print_line


def list_stored(address: str, *, json: bool) -> None:
    """List what is loaded in a database."""
    from vrom.store.connect import driver_of

    lines = driver_of(address).read_lines(address)
    if json:
        print_json({"cartridges": [dataclasses.asdict(line) for line in lines]})
        return
    if not lines:
        print_line("Nothing is loaded. [bold]vrom load ID --to URL[/]")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("id", "version", "space", "chunks", "loaded"):
        table.add_column(name, justify="right" if name == "chunks" else "left")
    for line in lines:
        names = map(escape_text, (line.id, line.version, line.space))
        table.add_row(*names, f"{line.chunks:,}", line.loaded)
    console().print(table)


def check_stored(address: str, *, json: bool) -> None:
    """Verify a database; exit with code 1 if it has problems."""
    from vrom.store.connect import driver_of

    problems = driver_of(address).find_problems(address)
    if json:
        print_json({"problems": problems})
    for problem in [] if json else problems:
        print_line(f"[bold red]✗[/] {escape_text(problem)}")
    if not problems and not json:
        print_line("[bold green]✓[/] no problems found")
    if problems:
        raise typer.Exit(1)
