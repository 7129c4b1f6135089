"""What a search costs from 3,000 chunks to a million, and from one mount to a thousand.

    uv run python -m benchmarks large
    uv run python -m benchmarks.large --chunks 1000000

Cartridges are made up, see `made_up.py`, packed by vrom, and kept beside the other benchmarks' corpus; a million chunks
take twenty minutes and 12 GB of memory to make, and 5 GB of disk. Every size is measured in a process of its own, with
warm caches. A question is embedded by the real model; then a vector is taken that lies as near to a chunk as a question
does.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.corpus import Corpus, prepare
from benchmarks.made_up import make
from benchmarks.tables import Table, megabytes, milliseconds, ratio, text
from vrom.embedding.loaded_models import Embedders
from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import DEFAULT_SPEC
from vrom.library.library import Library

SMALL = 3_000
MOUNTS = (1, 10, 1_000)
_QUESTIONS, _WARM_UP = 300, 100
_MEMORY = ("Rss", "Pss", "Private_Dirty")


def tables(corpus: Corpus, *, quick: bool, chunks: Sequence[int] = ()) -> list[Table]:
    sizes = sorted({SMALL, *(chunks or ([20_000] if quick else [100_000]))})
    return [_sizes(corpus, sizes), _mounts(corpus, MOUNTS[:2] if quick else MOUNTS)]


def _sizes(corpus: Corpus, sizes: Sequence[int]) -> Table:
    columns = [
        text("chunks"), milliseconds("search p50"), ratio("to 3,000"), milliseconds("p99"),
        milliseconds("embedded before"), milliseconds("opening"), megabytes("memory then"), megabytes("after"),
        ratio("second process"), ratio("recall@10"),
    ]  # fmt: skip
    about = "search_docs in the process, hybrid, five passages; recall of the nearest ten against exact search"
    table = Table("Large cartridges", about, columns)
    table.notes += [
        "Targets at a million: 5 × the p50 of 3,000, opening under 1 s and 400 MB, recall 0.95, second process 0.5.",
        "Second process: memory that it can't share, by what the first one takes alone.",
    ]
    for size in sizes:
        _made(corpus, size)
    rounds: dict[int, list[_Figures]] = {size: [] for size in sizes}
    for _ in range(3):
        for size in sizes:
            rounds[size].append(_probed(corpus, size))
    base = _median(rounds[SMALL], "p50")
    for size in sizes:
        p50, p99, alone, opening, before, after, second, recall = (
            _median(rounds[size], name)
            for name in ("p50", "p99", "alone", "opening", "before", "after", "second", "recall")
        )
        table.rows.append((f"{size:,}", p50, p50 / base, p99, alone, opening, before, after, second, recall))
    return table


def _mounts(corpus: Corpus, counts: Sequence[int]) -> Table:
    columns = [
        text("mounted"), milliseconds("search p50"), ratio("to one"), milliseconds("mounting"),
        milliseconds("looking again"), text("opened"), megabytes("memory"),
    ]  # fmt: skip
    about = "cartridges of 300 chunks, all of them asked"
    table = Table("Many cartridges", about, columns)
    for count in counts:
        _copies(corpus, count)
    rounds: dict[int, list[_Figures]] = {count: [] for count in counts}
    for _ in range(3):
        for count in counts:
            rounds[count].append(_child(corpus, "mounts", count))
    base = _median(rounds[1], "p50")
    for count in counts:
        p50, mounting, again, opened, memory = (
            _median(rounds[count], name) for name in ("p50", "mounting", "again", "opened", "memory")
        )
        table.rows.append((f"{count:,}", p50, p50 / base, mounting, again, f"{opened:.0f}", memory))
    return table


_Figures = dict[str, float]


def _median(rounds: Sequence[_Figures], name: str) -> float:
    return float(np.median([figures[name] for figures in rounds]))


def _home(corpus: Corpus) -> Path:
    return corpus.home / "made-up"


def _made(corpus: Corpus, size: int) -> Path:
    """The cartridge of this size, made if need be, and its questions beside it."""
    folder = _home(corpus) / f"made-up-{size}"
    if not (folder / "manifest.json").exists():
        embedder = Embedders(ModelStore(corpus.home / "models")).get(DEFAULT_SPEC)
        asked = make(folder, size, embedder, DEFAULT_SPEC, _QUESTIONS)
        np.save(folder.with_suffix(".npy"), np.stack([question.vector for question in asked]))
        folder.with_suffix(".json").write_text(json.dumps([question.text for question in asked]))
    return folder


def _copies(corpus: Corpus, count: int) -> Path:
    """So many cartridges of 300 chunks, alike but for id and description."""
    root = _home(corpus) / f"mounts-{count}"
    model = _made(corpus, 300)
    manifest = json.loads((model / "manifest.json").read_text())
    for i in range(count):
        folder = root / f"made-up-{i}"
        if (folder / "manifest.json").exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("contents.bin", "words.bin"):
            shutil.copyfile(model / name, folder / name)
        about = {"vrom_id": folder.name, "description": f"Made-up documentation of subject{i}"}
        (folder / "manifest.json").write_text(json.dumps(manifest | about))
    return root


def _probed(corpus: Corpus, size: int) -> _Figures:
    """One process measured; while it waits, a second one."""
    with _process(corpus, "size", size) as first:
        assert first.stdout
        assert first.stdin
        figures: _Figures = json.loads(first.stdout.readline())
        second = _child(corpus, "size", size)
        first.stdin.close()
    return {**figures, "second": second["private"] / figures["pss"]}


def _child(corpus: Corpus, what: str, count: int) -> _Figures:
    with _process(corpus, what, count) as process:
        assert process.stdout
        assert process.stdin
        figures: _Figures = json.loads(process.stdout.readline())
        process.stdin.close()
    return figures


def _process(corpus: Corpus, what: str, count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.large", "--probe", what, str(count)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=corpus.environment,
        cwd=Path(__file__).parent.parent,
    )  # fmt: skip


@dataclass(frozen=True)
class _Asker:
    """A model that takes as long as the real one, and gives made-up vectors for made-up questions."""

    real: Any
    vectors: dict[str, np.ndarray]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def embed_query(self, text: str) -> np.ndarray:
        self.real.embed_query(text)
        return self.vectors[text]


class _Askers:
    def __init__(self, real: Embedders, vectors: dict[str, np.ndarray]) -> None:
        self._real, self._vectors, self._known = real, vectors, {}

    def get(self, spec: Any) -> _Asker:
        if spec.model not in self._known:
            self._known[spec.model] = _Asker(self._real.get(spec), self._vectors)
        return self._known[spec.model]


def _library(home: Path, root: Path, size: int) -> tuple[Library, list[str], np.ndarray]:
    questions = json.loads((home / "made-up" / f"made-up-{size}.json").read_text())
    vectors = np.load(home / "made-up" / f"made-up-{size}.npy")
    library = Library([root], cache=home / "cache", models=home / "models")
    library.embedders = _Askers(library.embedders, dict(zip(questions, vectors, strict=True)))
    return library, questions, vectors


def _times(library: Library, questions: Sequence[str]) -> np.ndarray:
    from vrom.answers.search import search_docs

    taken = []
    for question in questions:
        begun = time.perf_counter()
        search_docs(library, question)
        taken.append(time.perf_counter() - begun)
    return np.array(taken)


def _probe_size(home: Path, size: int) -> _Figures:
    import vrom.answers.search  # noqa: F401 - what opening is measured without

    library, questions, vectors = _library(home, home / "made-up" / f"made-up-{size}", size)
    cartridge_id = library.mounts()[0].id
    begun = time.perf_counter()
    opened = library.open(cartridge_id)
    opened.lexical, opened.dense  # noqa: B018
    opening = time.perf_counter() - begun
    before = _memory()["Rss"]
    _times(library, questions[:_WARM_UP])
    fresh = _times(library, questions[_WARM_UP:])  # none was asked before, so each is embedded
    again = _times(library, questions[_WARM_UP:])
    after = _memory()
    return {
        "p50": float(np.median(fresh)), "p99": float(np.percentile(fresh, 99)), "alone": float(np.median(again)),
        "opening": opening, "before": before, "after": after["Rss"], "pss": after["Pss"],
        # Clean pages are those of files, in memory once however many processes map them; a first process that waits for
        # long may have been relieved of its own, and then they count as the second one's.
        "private": after["Private_Dirty"], "recall": _recall(opened.dense, vectors[:_WARM_UP]),
    }  # fmt: skip


def _probe_mounts(home: Path, count: int) -> _Figures:
    import vrom.answers.search  # noqa: F401 - as above

    library, questions, _ = _library(home, home / "made-up" / f"mounts-{count}", 300)
    begun = time.perf_counter()
    library.mounts()
    mounting = time.perf_counter() - begun
    begun = time.perf_counter()
    library.refresh(force=True)
    again = time.perf_counter() - begun
    _times(library, questions[:_WARM_UP])
    p50 = float(np.median(_times(library, questions[_WARM_UP:])))
    opened = sum(mount.cartridge is not None for mount in library.mounts())
    return {"p50": p50, "mounting": mounting, "again": again, "opened": opened, "memory": _memory()["Rss"]}


def _recall(dense: Any, queries: np.ndarray, blocks: int = 100_000) -> float:
    """The share of the exact ten nearest that are found."""
    found = 0
    for query in queries:
        exact = np.concatenate(
            [dense.vectors[first : first + blocks] @ query for first in range(0, len(dense.vectors), blocks)]
        )
        nearest = set(np.argpartition(-exact, 9)[:10].tolist())
        found += len(nearest & set(dense.nearest(query, 100)[0][:10].tolist()))
    return found / len(queries) / 10


def _memory() -> dict[str, int]:
    """Bytes by kind, as Linux counts them; zeros elsewhere."""
    try:
        lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    except OSError:
        return dict.fromkeys(_MEMORY, 0)
    found = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.endswith("kB")}
    return {name: found[name] for name in _MEMORY}


def main() -> None:
    """Measure and print, or be a process that is measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chunks", type=int, action="append", default=[], help="sizes, besides 3,000")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--probe", nargs=2, metavar=("WHAT", "COUNT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.probe:
        from vrom.settings import read_settings

        probe = {"size": _probe_size, "mounts": _probe_mounts}[options.probe[0]]
        print(json.dumps(probe(read_settings().home, int(options.probe[1]))), flush=True)
        sys.stdin.read()
        return
    for table in tables(prepare(), quick=options.quick, chunks=options.chunks):
        table.print(Console(width=140))


if __name__ == "__main__":
    main()
