"""How much of real documentation trees the builder keeps: `python -m benchmarks.reading --cache DIR [--tree NAME ...]`.

Each tree is fetched with the package tools of this machine (package index, apt, npm), read and cut as `vrom build`
does, without vectors, and compared with its own source: the share of code blocks whose every line is code in a chunk,
of headings that are in title paths, and of words; and leftovers of markup or of the site per hundred chunks.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.reading.fetch import UnavailableError
from benchmarks.reading.measure import Figures, measure
from benchmarks.reading.trees import TREES, Tree
from benchmarks.report import markdown, replace_table
from benchmarks.tables import Column, Table, text
from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import DEFAULT_SPEC
from vrom.errors import VromError
from vrom.settings import read_settings

TITLE = "Reading documentation trees"
MEASURES = ("headings", "code", "words", "leftovers")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    console = Console(file=sys.stderr if options.json else sys.stdout, width=140)
    store = ModelStore(read_settings().models)
    store.pull(DEFAULT_SPEC)
    embedder = store.open(DEFAULT_SPEC)  # for its tokenizer: chunks are within the model's limit
    names = {*(options.tree or ()), *filter(None, [options.show_missing])} or {tree.name for tree in TREES}
    chosen = [tree for tree in TREES if tree.name in names]
    about = "Pages that are read, and what of their content is in chunks"
    table = Table(TITLE, about, _columns())
    found: dict[str, Any] = {}
    for tree in chosen:
        begun = time.perf_counter()
        try:
            figures = measure(tree, options.cache, embedder)
        except (UnavailableError, VromError) as error:
            table.notes.append(f"{tree.name}: {error}")
            continue
        table.rows.append(_row(tree, figures))
        table.notes += [f"{tree.name}: {count} pages left out: {why}" for why, count in figures.left_out.items()]
        found[tree.name] = _as_json(figures, time.perf_counter() - begun)
        if options.show_missing:
            _show_missing(console, figures, options.count)
        if not options.json:
            console.print(f"{tree.name}: {time.perf_counter() - begun:.0f} s", style="dim", highlight=False)
    table.print(console)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(replace_table(page, table.title, markdown(table)), encoding="utf-8")
    if options.json:
        json.dump(found, sys.stdout, indent=2)


def _columns() -> list[Column]:
    share = lambda value: f"{100 * value:.1f}"  # noqa: E731
    number = lambda value: f"{value:,.0f}"  # noqa: E731
    return [
        text("tree"), text("kind"), Column("read", "", number), Column("left out", "", number),
        Column("code", "%", share), Column("headings", "%", share), Column("in paths", "%", share),
        Column("words", "%", share), Column("leftovers", "", lambda value: f"{value:.1f}"),
        Column("chunks", "", number),
    ]  # fmt: skip


def _row(tree: Tree, figures: Figures) -> list[str | float | None]:
    headings = figures.headings
    in_paths = figures.in_paths / headings.total if headings.total else None
    return [
        tree.name, tree.kind, figures.read, figures.left_out.total(), figures.codes.value, headings.value, in_paths,
        figures.words.value, figures.leftovers_per_hundred, figures.chunks,
    ]  # fmt: skip


def _as_json(figures: Figures, seconds: float) -> dict[str, Any]:
    return {
        "pages": figures.pages, "read": figures.read, "left_out": figures.left_out, "chunks": figures.chunks,
        "code": figures.codes.value, "code_blocks": figures.codes.total, "headings": figures.headings.value,
        "headings_total": figures.headings.total, "headings_in_paths": figures.in_paths, "words": figures.words.value,
        "words_total": figures.words.total, "leftovers_per_hundred": figures.leftovers_per_hundred,
        "leftovers": figures.leftovers, "remarks": figures.remarks, "seconds": round(seconds, 1),
    }  # fmt: skip


def _show_missing(console: Console, figures: Figures, count: int) -> None:
    for measure_name in MEASURES:
        examples = figures.missing[measure_name]
        console.print(f"\n{measure_name}: {len(examples)}", style="bold", highlight=False)
        for example in examples[:: max(1, len(examples) // count)][:count]:
            console.print(f"  {example}", highlight=False, markup=False, soft_wrap=True)
    for what, counter in (("leftovers", figures.leftovers), ("remarks", figures.remarks)):
        console.print(f"\n{what}: {dict(counter.most_common())}", highlight=False, markup=False, soft_wrap=True)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    names = ", ".join(tree.name for tree in TREES)
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="folder in which archives and samples are kept")
    parser.add_argument("--tree", action="append", metavar="NAME", help=f"only this tree (repeatable): {names}")
    parser.add_argument("--show-missing", metavar="NAME", help="list what is missing of this tree")
    parser.add_argument("--count", type=int, default=30, help="examples of each measure (default: 30)")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout, the table on stderr")
    parser.add_argument("--write", type=Path, metavar="PAGE", help=f"put the table into this page, below {TITLE!r}")
    options = parser.parse_args(arguments)
    known = {tree.name for tree in TREES}
    if unknown := {*(options.tree or ()), *filter(None, [options.show_missing])} - known:
        parser.error(f"no tree {', '.join(sorted(unknown))}; there are {names}")
    return options


if __name__ == "__main__":
    main()
