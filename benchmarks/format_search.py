"""The format's own command-line search, written anew from its description, against vrom.

`search ID QUERY -k 5` reads the whole `index.json`, embeds the query with fastembed and compares it with every vector.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from benchmarks.corpus import Corpus, questions
from benchmarks.tables import Table, megabytes, milliseconds, ratio, text
from vrom.answers.search import search_docs
from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import DEFAULT_SPEC
from vrom.index.array_cache import wait_until_written
from vrom.library.library import Library

TOP = 5


def tables(corpus: Corpus, *, quick: bool) -> list[Table]:
    folder = next(path for path in sorted(corpus.one.iterdir()) if (path / "index.json").is_file())
    return [_commands(corpus, folder, rounds=3 if quick else 7), _reading(corpus, folder, rounds=3 if quick else 7)]


def _commands(corpus: Corpus, folder: Path, rounds: int) -> Table:
    columns = [text("figure"), milliseconds("format's search"), milliseconds("vrom"), ratio("ratio")]
    table = Table(
        "The format's own search", "brute force over parsed JSON, meaning only; vrom: words and meaning", columns
    )
    asked = questions(3)
    theirs = (sys.executable, "-m", "benchmarks.format_search", str(folder), str(corpus.home / "models"))
    ours = (sys.executable, "-m", "vrom", "search", "--cartridges", str(corpus.one))

    def run(command: Sequence[str]) -> float:
        begun = time.perf_counter()
        subprocess.run([*command, next(asked)], env=corpus.environment, check=True, capture_output=True)
        return time.perf_counter() - begun

    run(theirs)
    run(ours)
    pairs = [(run(theirs), run(ours)) for _ in range(rounds)]
    _add(table, "the command, start to end", *zip(*pairs, strict=True))

    embedder = ModelStore(corpus.home / "models").open(DEFAULT_SPEC)
    library = Library([corpus.one], cache=corpus.home / "cache", models=corpus.home / "models")
    nodes = json.loads((folder / "index.json").read_text())["nodes"]
    vectors = _matrix(nodes)
    search_docs(library, next(asked))
    pairs = [
        (
            _seconds(lambda: _nearest(vectors, embedder.embed_query(next(asked)))),
            _seconds(lambda: search_docs(library, next(asked))),
        )
        for _ in range(rounds * 30)
    ]
    _add(table, "a new question, all in memory", *zip(*pairs, strict=True))
    return table


def _reading(corpus: Corpus, folder: Path, rounds: int) -> Table:
    size = (folder / "index.json").stat().st_size
    columns = [
        text("figure"),
        milliseconds("orjson alone"),
        milliseconds("vrom"),
        ratio("ratio"),
        text("at most"),
        megabytes("index.json"),
    ]
    table = Table(
        "Reading index.json",
        "until the first search by words and meaning could be done; the model is not counted",
        columns,
    )
    parsed, cold, kept, warm = [], [], [], []
    for _ in range(rounds):
        parsed.append(_seconds(lambda: orjson.loads((folder / "index.json").read_bytes())))
        with TemporaryDirectory() as cache:
            cold.append(_seconds(lambda: _searchable(corpus, Path(cache))))
            kept.append(cold[-1] + _seconds(wait_until_written))
            warm.append(_seconds(lambda: _searchable(corpus, Path(cache))))
    rows = (
        ("never opened before", cold, "1.5"),
        ("… until it is kept for the next time", kept, ""),
        ("opened before", warm, ""),
    )
    for figure, times, target in rows:
        low, high = statistics.median(parsed), statistics.median(times)
        table.rows.append((figure, low, high, high / low, target, size))
    return table


def _searchable(corpus: Corpus, cache: Path) -> None:
    library = Library([corpus.one], cache=cache, models=corpus.home / "models")
    search_docs(library, "index", mode="lexical")
    for cartridge in library.open_all(library.select())[0]:
        cartridge.dense.nearest(np.ones(384, dtype=np.float32), 1)


def _add(table: Table, figure: str, theirs: Sequence[float], ours: Sequence[float]) -> None:
    low, high = statistics.median(theirs), statistics.median(ours)
    table.rows.append((figure, low, high, high / low))


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    result = work()  # kept until the time is taken: giving back a million numbers is no part of parsing them
    took = time.perf_counter() - begun
    del result
    return took


def _matrix(nodes: Sequence[dict[str, Any]]) -> NDArray[np.float32]:
    return np.array([node["vector"] for node in nodes], dtype=np.float32)


def _nearest(vectors: NDArray[np.float32], query: NDArray[np.float32]) -> list[int]:
    return [int(i) for i in np.argsort(-(vectors @ query))[:TOP]]


def search(folder: Path, models: Path, query: str) -> None:
    """The format's command: print the best nodes."""
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    nodes = json.loads((folder / "index.json").read_text())["nodes"]
    model = ModelStore(models).locate(DEFAULT_SPEC)
    TextEmbedding.add_custom_model(
        "minilm",
        pooling=PoolingType.MEAN,
        normalization=True,
        sources=ModelSource(hf="none"),
        dim=384,
        model_file="model.onnx",
    )
    embedding = TextEmbedding("minilm", specific_model_path=str(model), cache_dir=str(model))
    vector = np.asarray(next(iter(embedding.query_embed(query))), dtype=np.float32)
    for node in _nearest(_matrix(nodes), vector):
        found = json.loads(nodes[node]["metadata"])
        print(found["doc_title"], found["section_heading"], found["url"], found["text"], sep="\n", end="\n---\n")


if __name__ == "__main__":
    import os

    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    search(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
