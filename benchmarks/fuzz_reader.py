"""Mutated packages against the reader, the checks and search: no crash, no hang, no unbounded memory.

    uv run python benchmarks/fuzz_reader.py [--packages 100000] [--seed 0]

A small sound package is damaged at random, in its bytes and in its JSON. Each mutant is read, checked and searched; the
only way to fail is a documented error. Prints how they ended, the slowest, and the memory at the end.
"""

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from vrom.answers.document import document_of
from vrom.builder.graph.hnsw import build_graph
from vrom.embedding.loaded_models import Embedders
from vrom.embedding.model_store import ModelStore
from vrom.errors import PackageError
from vrom.format.manifest import read_manifest
from vrom.format.models import Chunk, HnswConfig, Manifest, corpus_hash, estimate_tokens
from vrom.format.verify.package import check
from vrom.format.write import write_package
from vrom.index.cartridge import Cartridge
from vrom.search.rank import rank

VALUES: list[Any] = [
    None, True, -1, 0, 1, 2**31, 2**63, -(2**63), 1e308, -0.0, "", "x", "../../etc/passwd", "/etc/passwd", "a\0b", [],
    {}, [[]], [[[[[]]]]], {"": {"": []}}, "9" * 400, "```", "# x\n" * 50, "\u202e\u200b\x1b[31m",
]  # fmt: skip

NO_MODELS = Embedders(ModelStore(Path("no models")))


def main() -> None:
    """Damage, read, count."""
    options = _options()
    random.seed(options.seed)
    ends: Counter[str] = Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "package"
        files = _sound_package(folder)
        for number in range(options.packages):
            name = random.choice(list(files))
            (folder / name).write_bytes(random.choice(MUTATIONS)(files[name]))
            begun = time.perf_counter()
            ends[use(folder)] += 1
            slowest = max(slowest, time.perf_counter() - begun)
            (folder / name).write_bytes(files[name])
            if number % 5000 == 4999:
                sys.stderr.write(f"{number + 1:,} packages, {_memory():.0f} MB\n")
    for end, count in ends.most_common():
        print(f"{count:9,}  {end}")
    print(f"slowest {slowest * 1000:.0f} ms, peak memory {_memory():.0f} MB")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--packages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def use(folder: Path) -> str:
    """How a package ends: anything but a `PackageError` is a defect, and stops the run with its traceback."""
    check(folder)
    try:
        cartridge = Cartridge.open(folder)
    except PackageError as error:
        return f"refused: {type(error).__name__}"
    rank([cartridge], "boil water on Mars", mode="lexical", embedders=NO_MODELS, limit=5)
    if len(cartridge.chunks):
        query = np.ones(cartridge.manifest.embedding_spec.dimensions, dtype=np.float32)
        cartridge.dense.nearest(query / np.linalg.norm(query), 5)
    for source_file in cartridge.documents:
        document_of(cartridge, source_file).sections()
    return "read"


def _sound_package(folder: Path) -> dict[str, bytes]:
    texts = [f"## Step {i}\n\n```sh\nkettle --boil {i}\n```\n\nWater boils at step {i}." for i in range(6)]
    chunks = [
        Chunk(
            chunk_id=i, text=text, source_file=f"page{i // 3}.md", section_heading=f"Step {i}", doc_title="Kettle",
            prev_chunk_id=i - 1 if i % 3 else None, next_chunk_id=i + 1 if i % 3 < 2 else None,
        )
        for i, text in enumerate(texts)
    ]  # fmt: skip
    vectors = np.random.default_rng(0).standard_normal((6, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    manifest = Manifest.model_validate(
        {
            "vrom_id": "kettle", "version": "1.0.0", "embedding_spec": {"model": "none", "dimensions": 8},
            "hnsw_config": {}, "vector_count": 6, "total_chunks": 6, "corpus_hash": corpus_hash(texts),
            "total_tokens": sum(map(estimate_tokens, texts)), "created_at": "2026-01-01T00:00:00Z",
        }
    )  # fmt: skip
    write_package(folder, manifest, vectors, chunks, build_graph(vectors, HnswConfig()))
    read_manifest(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def seeds(scratch: Path) -> Iterator[dict[str, bytes]]:
    """Files of sound packages by name: as written; without metadata; with nodes on an upper layer; without nodes."""
    files = _sound_package(scratch / "seed")
    index, manifest = json.loads(files["index.json"]), json.loads(files["manifest.json"])
    del manifest["sha256"]
    yield files
    nodes = [node | {"metadata": None} for node in index["nodes"]]
    yield files | _as_files(manifest, index | {"nodes": nodes})
    nodes = [node | {"max_layer": 1, "neighbors": [[1, 2], [0, 1]]} for node in index["nodes"]]
    yield files | _as_files(manifest, index | {"nodes": nodes, "max_layer": 1})
    none = {"vector_count": 0, "total_chunks": 0}
    yield _as_files(manifest | none, index | {"nodes": [], "entry_point": None}) | {"chunks.json": b"[]"}


def _as_files(manifest: Any, index: Any) -> dict[str, bytes]:
    return {"manifest.json": json.dumps(manifest).encode(), "index.json": json.dumps(index).encode()}


def _flipped(raw: bytes) -> bytes:
    changed = bytearray(raw)
    for _ in range(random.randint(1, 8)):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _cut(raw: bytes) -> bytes:
    return raw[: random.randrange(len(raw))]


def _spliced(raw: bytes) -> bytes:
    start, end = sorted(random.sample(range(len(raw)), 2))
    at = random.randrange(len(raw))
    return raw[:at] + raw[start:end] * random.randint(1, 3) + raw[at:]


def _nested(raw: bytes) -> bytes:
    depth = random.choice([10, 500, 100_000])
    return b"[" * depth + raw + b"]" * depth


def revalued(raw: bytes) -> bytes:
    """Another value somewhere in the JSON, in the JSON within a string too."""
    document = [json.loads(raw)]
    _change(document)
    return json.dumps(document[0] if document else None).encode()


def _change(document: Any) -> None:
    keys = list(document) if isinstance(document, dict) else list(range(len(document)))
    if not keys:
        return
    key = random.choice(keys)
    value = document[key]
    if isinstance(value, str) and value.startswith("{"):
        inner = json.loads(value)
        _change(inner)
        document[key] = json.dumps(inner)
    elif isinstance(value, dict | list) and value and random.random() < 0.85:
        _change(value)
    elif random.random() < 0.2:
        del document[key]
    else:
        document[key] = random.choice([*VALUES, random.randint(-3, 9), random.random() * 10 ** random.randint(-40, 40)])


BYTE_MUTATIONS: list[Callable[[bytes], bytes]] = [_flipped, _cut, _spliced, _nested]
MUTATIONS = [*BYTE_MUTATIONS, *[revalued] * 6]


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
