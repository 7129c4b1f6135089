import numpy as np
import pytest

from vrom.index.dense import dense_index as dense
from vrom.index.dense.dense_index import DenseIndex
from vrom.index.outline import Outline

COUNT = 3_000


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
