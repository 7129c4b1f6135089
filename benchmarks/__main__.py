"""Every comparison, as tables: `python -m benchmarks [TABLE ...] [--quick] [--json] [--cartridges DIR]`.

Every figure is a ratio to something measured in the same run, in turn with it; times are medians over repetitions.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from benchmarks.corpus import prepare
from benchmarks.machine import describe
from benchmarks.report import write

if TYPE_CHECKING:
    from benchmarks.tables import Table

TABLES = {
    "serving": "serving over stdio against a bare MCP server",
    "concurrency": "many clients over HTTP against what embedding alone allows",
    "format_search": "the format's own command-line search; reading index.json",
    "embedding": "fastembed alone",
    "stores": "chromadb, lancedb, qdrant-client, sqlite-vec and usearch holding the same vectors",
    "explorer": "pages for people against the health probe, the tool and a short list",
    "large": "cartridges of up to 100,000 chunks, and up to a thousand of them",
}
"""Modules of this package; each has `tables(corpus, quick=...)`."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    console = Console(file=sys.stderr if options.json else sys.stdout, width=110)
    machine = describe()
    for name, value in machine.items():
        console.print(f"{name:>12}  {value}", highlight=False)
    corpus = prepare(options.cartridges)
    made: list[Table] = []
    for name in options.tables or TABLES:
        console.print(f"\n[dim]{name}: {TABLES[name]}[/]")
        for table in importlib.import_module(f"benchmarks.{name}").tables(corpus, quick=options.quick):
            table.print(console)
            made.append(table)
    if options.json:
        found = [table.as_json() for table in made]
        json.dump({"machine": machine, "quick": options.quick, "tables": found}, sys.stdout, indent=2)
    if options.write:
        for page in write(made, machine):
            console.print(f"{page} was changed.")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    listing = "\n".join(f"  {name:14} {about}" for name, about in TABLES.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=f"{(__doc__ or '').splitlines()[0]}\n\n{listing}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("tables", nargs="*", metavar="TABLE", help="default: all")
    parser.add_argument("--quick", action="store_true", help="a couple of minutes instead of half an hour")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout, the tables on stderr")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md and README.md")
    parser.add_argument("--cartridges", type=Path, help="search this folder of cartridges instead of a made one")
    options = parser.parse_args(arguments)
    if unknown := set(options.tables) - set(TABLES):
        parser.error(f"no table {', '.join(sorted(unknown))}; there are {', '.join(TABLES)}")
    return options


if __name__ == "__main__":
    main()
