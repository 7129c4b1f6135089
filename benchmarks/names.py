"""How often the first passage for a name is its definition.

    uv run python -m benchmarks.names [NAMES.jsonl] [--cartridges DIR]

Without `--cartridges`, cartridges of the API of three installed packages are built. A line of the file is a name and
the heading of its definition, `{"query", "definition"}`.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import orjson
from rich.console import Console

from benchmarks.tables import Column, Table, text
from vrom.answers.models import SearchAnswer
from vrom.answers.search import search_docs
from vrom.builder.build import build
from vrom.builder.request import BuildRequest
from vrom.builder.sources.read import package_source
from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import DEFAULT_SPEC
from vrom.library.library import Library
from vrom.markdown.headings import heading_text, read_heading
from vrom.settings import read_settings

NAMES = Path(__file__).with_name("names.jsonl")
PACKAGES = ("pydantic", "httpx", "click")


def main() -> None:
    """Build, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", type=Path, nargs="?", default=NAMES)
    parser.add_argument("--cartridges", type=Path)
    options = parser.parse_args()
    settings = read_settings()
    console = Console(width=120)
    with tempfile.TemporaryDirectory() as folder:
        root = options.cartridges or Path(folder)
        if not options.cartridges:
            _build_all(root)
        library = Library([root], cache=Path(folder) / ".cache", models=settings.models, home=None)
        lines = [orjson.loads(line) for line in options.names.read_bytes().splitlines()]
        places = {line["query"]: _place(library, line["query"], line["definition"]) for line in lines}
    table = Table(
        f"{len(places)} names",
        "The default answer of search_docs. Begins with it: the first passage begins at the definition's heading.",
        [text("definition"), Column("names")],
    )
    values = list(places.values())
    table.rows += [
        ["the first passage begins with it", values.count((0, True))],
        ["in the first passage", sum(place == 0 for place, _ in values)],
        ["in the first five passages", sum(0 <= place < 5 for place, _ in values)],
    ]
    table.print(console)
    console.print("Not first:", ", ".join(name for name, found in places.items() if found != (0, True)) or "none")


def _build_all(root: Path) -> None:
    settings = read_settings()
    store = ModelStore(settings.models)
    store.pull(DEFAULT_SPEC)
    for package in PACKAGES:
        build(
            BuildRequest(vrom_id=package, sources=(package_source(package),)),
            root / package,
            store=store,
            cache=settings.cache,
        )


def _place(library: Library, query: str, definition: str) -> tuple[int, bool]:
    """Place of the first passage that holds a definition, -1 if none does; and true if it begins with it."""
    answer = search_docs(library, query)
    for place, headings in enumerate(_headings(answer)):
        if definition in headings:
            return place, headings[0] == definition
    return -1, False


def _headings(answer: SearchAnswer) -> Iterator[list[str]]:
    """What each passage is headed by, and the headings in it: a member without documentation is headed by its line."""
    for item in answer.results:
        lines = [line for line in item.text.split("\n") if line.strip() and not line.startswith("```")]
        first = "" if not lines or read_heading(lines[0]) else lines[0].partition("(")[0]
        yield [*filter(None, [first]), *(heading_text(found.text) for found in map(read_heading, lines) if found)]


if __name__ == "__main__":
    main()
