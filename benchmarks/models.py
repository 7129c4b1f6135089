"""How well vrom finds answers with other embedding models, and what they cost, against MiniLM in the same run.

    uv run python -m benchmarks.models MODEL ... [--questions QUESTIONS.jsonl --documents DIR]

A model that isn't installed is downloaded as `vrom model pull MODEL` does, so the Hugging Face Hub must be reachable.
Without `--questions`, it is asked about this project's documentation. Where questions name a `lib`, each is a folder in
DIR and a cartridge of its own. Each model's cartridges are cut by its own tokens, embedded with its own prefixes and
pooled its own way; only MiniLM's have word pieces.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.retrieval import BUDGET, MODES, OWN_QUESTIONS, PROJECT
from benchmarks.tables import Cell, Column, Table, milliseconds, text
from vrom.builder.build import build
from vrom.builder.request import BuildRequest
from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import DEFAULT_SPEC, resolve, spec_for
from vrom.errors import ModelError
from vrom.evaluation.compare import difference
from vrom.evaluation.judge import judge, mean
from vrom.evaluation.questions import AskedQuestion, read_questions
from vrom.evaluation.run import answering_sections, ask
from vrom.format.models import EmbeddingSpec
from vrom.library.library import Library
from vrom.search.query_embedding import embed_query
from vrom.settings import Settings, read_settings


@dataclass(frozen=True)
class Measured:
    """The documents as cartridges of one model."""

    spec: EmbeddingSpec
    library: Library
    chunks: int
    embedding: float
    """Seconds that embedding all chunks took, with every core."""

    def query_times(self, queries: Sequence[str]) -> list[float]:
        """Seconds that embedding each query takes, none of which was asked before."""
        (cartridge, *_), _ = self.library.open_all(self.library.select())
        times = []
        for query in ("warm up", *queries):
            begun = time.perf_counter()
            embed_query(cartridge, query, self.library.embedders, [])
            times.append(time.perf_counter() - begun)
        return times[1:]


def main() -> None:
    """Build, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", metavar="MODEL", nargs="+", help="names in fastembed's list; see docs/models.md")
    parser.add_argument("--questions", type=Path, default=OWN_QUESTIONS)
    parser.add_argument("--documents", type=Path, default=PROJECT / "docs")
    options = parser.parse_args()
    console, settings = Console(width=120), read_settings()
    store, asked = ModelStore(settings.models, uv=settings.uv), read_questions(options.questions)
    try:
        specs = {resolve(spec): spec for spec in (DEFAULT_SPEC, *map(spec_for, options.models))}
        for recipe, spec in specs.items():
            console.print(f"[dim]{recipe}[/]")
            store.pull(spec)
    except ModelError as error:
        sys.exit(str(error))
    with tempfile.TemporaryDirectory() as folder:
        measured = [
            _measure(spec, asked, options.documents, Path(folder, str(number)), store, settings)
            for number, spec in enumerate(specs.values())
        ]
        for table in tables(measured, asked, options.documents):
            table.print(console)


def _measure(
    spec: EmbeddingSpec,
    asked: Sequence[AskedQuestion],
    documents: Path,
    folder: Path,
    store: ModelStore,
    settings: Settings,
) -> Measured:
    chunks, seconds = 0, 0.0
    for lib in dict.fromkeys(q.lib for q in asked):
        source = str(documents / lib) if lib else str(documents)
        request = BuildRequest(vrom_id=lib or "guide", sources=(source,), prefix=lib, spec=spec)
        # A cache of its own, so that every text is embedded.
        built = build(request, folder / "cartridges" / request.vrom_id, store=store, cache=folder / "cache")
        chunks += built.manifest.total_chunks
        seconds += built.seconds["embed"]
    library = Library([folder / "cartridges"], cache=folder / "cache", models=settings.models, home=None)
    return Measured(spec, library, chunks, seconds)


def tables(measured: Sequence[Measured], asked: Sequence[AskedQuestion], documents: Path) -> Iterator[Table]:
    """What each model costs, then how well each finds answers; the first is what the others are compared with."""
    yield _costs(measured, asked)
    yield _quality(measured, asked, documents)


def _costs(measured: Sequence[Measured], asked: Sequence[AskedQuestion]) -> Table:
    columns = [
        text("model"), Column("dimensions"), Column("chunks"), milliseconds("a chunk"), milliseconds("a query"),
        text("licence"),
    ]  # fmt: skip
    about = f"Embedding a chunk with {os.cpu_count()} cores, a query that wasn't asked before with one, p50."
    table = Table("What models cost", about, columns)
    for one in measured:
        recipe, queries = resolve(one.spec), one.query_times([q.query for q in asked])
        per_chunk = one.embedding / max(one.chunks, 1)
        table.rows.append(
            [str(recipe), recipe.dimensions, one.chunks, per_chunk, statistics.median(queries), recipe.license]
        )
    return table


def _quality(measured: Sequence[Measured], asked: Sequence[AskedQuestion], documents: Path) -> Table:
    share = [Column(name, "", lambda value: f"{value:.3f}") for name in ("nDCG@10", "hit@5", f"in {BUDGET} tokens")]
    about = (
        "The best 20 passages. The change, by a paired bootstrap (10,000 samples, 95 %), is that to the first model."
    )
    columns = [text("model"), text("mode"), share[0], text("change"), *share[1:]]
    table = Table(f"{len(asked)} questions", about, columns)
    first: dict[str, list[float]] = {}
    sections = answering_sections(measured[0].library, asked, documents)
    for one in measured:
        for mode in MODES:
            run = ask(one.library, asked, mode)
            figures = [judge(sections[q.id], run[q.id], BUDGET) for q in asked]
            ndcg = [each.ndcg for each in figures]
            change: Cell = ""
            if mode in first:
                gain = difference(first[mode], ndcg)
                change = f"{gain.mean:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]"
            first.setdefault(mode, ndcg)
            total = mean(figures)
            table.rows.append([str(resolve(one.spec)), mode, total.ndcg, change, total.hit5, total.cov])
    return table


if __name__ == "__main__":
    main()
