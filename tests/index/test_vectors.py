import subprocess
import sys

import numpy as np
import pytest

from vrom.index import vectors as dense
from vrom.index.outline import Outline
from vrom.index.vectors import DenseIndex

COUNT, DIM = 3_000, 32


@pytest.fixture(scope="module")
def vectors():
    rows = np.random.default_rng(3).standard_normal((COUNT, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def queries():
    rows = np.random.default_rng(4).standard_normal((50, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def with_graph(monkeypatch):
    monkeypatch.setattr(dense, "EXACT_UP_TO", 0)


@pytest.mark.parametrize("metric", ["Cosine", "DotProduct", "Euclidean"])
def test_exact_search_orders_by_the_metric(vectors, queries, metric):
    scaled = vectors * np.linspace(0.5, 2, COUNT, dtype=np.float32)[:, None]
    ids, similarity = DenseIndex.open(scaled, metric, None).nearest(queries[0], 10)
    distance = {
        "Cosine": -(vectors @ queries[0]),
        "DotProduct": -(scaled @ queries[0]),
        "Euclidean": np.square(scaled - queries[0]).sum(axis=1),
    }[metric]
    assert ids.tolist() == np.argsort(distance, kind="stable")[:10].tolist()
    assert np.all(np.diff(similarity) <= 0)


@pytest.mark.parametrize("metric", ["Cosine", "DotProduct", "Euclidean"])
def test_the_three_metrics_give_one_number_for_unit_vectors(vectors, queries, metric):
    index = DenseIndex.open(vectors, metric, None)
    assert index.similarity(queries[0], None) == pytest.approx(vectors @ queries[0], abs=1e-5)
    pairs = np.array([0, 1]), np.array([2, 3])
    assert index.pair_similarity(*pairs) == pytest.approx((vectors[:2] * vectors[2:4]).sum(axis=1), abs=1e-5)


@pytest.mark.parametrize("metric", ["Cosine", "DotProduct", "Euclidean"])
def test_the_graph_finds_what_exact_search_finds(vectors, queries, metric, with_graph, tmp_path):
    graph = DenseIndex.open(vectors, metric, tmp_path / "dense.usearch")
    exact = DenseIndex(vectors, metric)
    assert graph.graph is not None
    found = [len(set(graph.nearest(q, 10)[0]) & set(exact.nearest(q, 10)[0])) for q in queries]
    assert sum(found) / len(found) / 10 >= 0.95


def test_few_neighbours_are_as_exact_as_many(vectors, queries, with_graph):
    """A graph walks among bytes, which mistake near ones for nearer ones."""
    index = DenseIndex.open(vectors, "Cosine", None)
    for query in queries:
        assert index.nearest(query, 5)[0].tolist() == index.nearest(query, 100)[0][:5].tolist()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kept", [True, False])
def test_a_graph_that_takes_too_long_is_done_without(vectors, queries, with_graph, tmp_path, kept):
    file = tmp_path / "dense.usearch"
    index = DenseIndex.open(vectors, "Cosine", file if kept else None, seconds=-1)
    assert index.graph is None
    assert not file.exists()
    exact = DenseIndex(vectors, "Cosine").nearest(queries[0], 10)
    assert index.nearest(queries[0], 10)[0].tolist() == exact[0].tolist()


def test_a_saved_graph_is_opened_not_made_again(vectors, with_graph, tmp_path, monkeypatch):
    file = tmp_path / "cache" / "dense.usearch"
    DenseIndex.open(vectors, "Cosine", file)
    monkeypatch.setattr(dense, "_build", None)
    assert len(DenseIndex.open(vectors, "Cosine", file).graph) == COUNT


@pytest.mark.parametrize("damage", [b"", b"not an index", None], ids=["empty", "other bytes", "cut in half"])
def test_a_damaged_graph_is_made_again(vectors, queries, with_graph, tmp_path, damage):
    file = tmp_path / "dense.usearch"
    before = DenseIndex.open(vectors, "Cosine", file).nearest(queries[0], 5)[0].tolist()
    whole = file.read_bytes()
    file.unlink()  # a new file: the old one is still mapped
    file.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert DenseIndex.open(vectors, "Cosine", file).nearest(queries[0], 5)[0].tolist() == before


def test_a_graph_of_other_vectors_is_not_used(vectors, with_graph, tmp_path):
    file = tmp_path / "dense.usearch"
    DenseIndex.open(vectors[:100], "Cosine", file)
    assert len(DenseIndex.open(vectors, "Cosine", file).graph) == COUNT


def test_the_same_vectors_give_the_same_graph(vectors, with_graph, tmp_path):
    for name in ("one", "two"):
        DenseIndex.open(vectors[:500], "Cosine", tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


OPEN = """
import sys
from pathlib import Path
import numpy as np
from vrom.index import vectors as dense
dense.EXACT_UP_TO = 0
dense.DenseIndex.open(np.load(sys.argv[1]), "Cosine", Path(sys.argv[2]))
"""


@pytest.mark.slow
def test_processes_that_come_at_once_end_with_one_graph(vectors, tmp_path):
    rows, cache = tmp_path / "rows.npy", tmp_path / "cache"
    np.save(rows, vectors[:500])
    command = [sys.executable, "-c", OPEN, str(rows), str(cache / "dense.usearch")]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert [path.name for path in cache.iterdir() if not path.name.endswith(".lock")] == ["dense.usearch"]


def test_where_nothing_can_be_written_the_graph_stays_in_memory(vectors, queries, with_graph, tmp_path):
    (tmp_path / "file").write_text("in the way")
    index = DenseIndex.open(vectors, "Cosine", tmp_path / "file" / "dense.usearch")
    assert len(index.nearest(queries[0], 5)[0]) == 5


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_small_cartridge_gives_what_it_has(vectors, queries, count):
    ids, similarity = DenseIndex.open(vectors[:count], "Cosine", None).nearest(queries[0], 10)
    assert len(ids) == len(similarity) == count


@pytest.fixture(scope="module")
def outline() -> Outline:
    """Sections of any length whose chunks lie anywhere."""
    section_of = np.append(np.arange(400), np.random.default_rng(5).integers(0, 400, COUNT - 400)).astype(np.int32)
    order = np.argsort(section_of, kind="stable").astype(np.int32)
    starts = np.searchsorted(section_of[order], np.arange(401))
    nothing = np.zeros(COUNT, dtype=np.bool_)
    return Outline(
        paths=None, document_of=section_of, section_of=section_of, bare=nothing, section_order=order,
        section_starts=starts, documents=400,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["exact", "graph"])
def test_a_section_is_as_near_as_its_nearest_chunk(vectors, queries, outline, kind, request):
    if kind == "graph":
        request.getfixturevalue("with_graph")
    similarity = DenseIndex.open(vectors, "Cosine", None).compare(queries[0])
    assert (similarity.every is None) == (kind == "graph")
    every = vectors @ queries[0]
    ids = np.arange(0, COUNT, 7)
    best = [every[outline.section_of == section].max() for section in outline.section_of[ids]]
    assert similarity.of_sections(outline, ids) == pytest.approx(best, abs=1e-5)
    assert similarity.of_chunks(ids) == pytest.approx(every[ids], abs=1e-5)


@pytest.mark.parametrize("count", [0, 1, 10, COUNT, COUNT + 1])
def test_the_nearest_are_those_with_the_highest_similarity(vectors, queries, count):
    ids, similarity = DenseIndex.open(vectors, "Cosine", None).compare(queries[0]).nearest(count)
    every = vectors @ queries[0]
    assert len(set(ids.tolist())) == len(ids) == min(count, COUNT)
    assert similarity == pytest.approx(every[ids], abs=1e-5)
    left_out = np.delete(every, ids)
    assert not len(left_out) or not len(ids) or similarity.min() >= left_out.max() - 1e-5
