"""Health of a package's graph."""

import json
import shutil

import numpy as np
import pytest

from vrom.errors import PackageError
from vrom.evaluation.graph_health import MOST_NODES, graph_health, is_graph, measure, stored_health
from vrom.format.graph import recall
from vrom.format.models import HnswConfig
from vrom.format.read import Graph, read_package

PAGES = {"guide.md": [f"# Part {i}\n\nText number {i}." for i in range(12)]}


def graph_of(neighbors, entry_point=0, max_layer=0, **config):
    return Graph(HnswConfig(metric="Euclidean", **config), neighbors, entry_point, max_layer)


def line(count):
    return [[[j for j in (i - 1, i + 1) if 0 <= j < count]] for i in range(count)]


def on_a_line(count):
    return np.arange(count, dtype=np.float32)[:, None]


def test_layers_and_degrees_are_counted():
    neighbors = [[[1], [2]], [[0, 2]], [[1], [0], []]]
    health = measure(graph_of(neighbors, entry_point=2, max_layer=2, m_max0=8, ef_search=5), on_a_line(3))
    assert health.levels == [3, 2, 1]
    assert health.degrees == [0, 2, 1]
    assert health.incoming == [0, 2, 1]
    assert health.mean_degree == pytest.approx(4 / 3)
    assert (health.nodes, health.unreachable, health.room, health.breadth) == (3, 0, 8, 5)


def test_a_walk_along_a_line_finds_everything_and_half_a_line_half():
    assert set(measure(graph_of(line(60)), on_a_line(60)).recall.values()) == {1.0}
    halves = line(60)
    halves[29], halves[30] = [[28]], [[31]]
    health = measure(graph_of(halves), on_a_line(60))
    assert health.unreachable == 30
    assert 0.2 < health.recall[160] < 0.8


def test_a_wider_search_finds_no_less(make_package):
    package = read_package(make_package("guide", PAGES))
    found = [recall for _, recall in sorted(measure(package.graph, package.vectors).recall.items())]
    assert found == sorted(found)


def test_recall_is_that_of_the_reference_search(make_package, monkeypatch):
    monkeypatch.setattr("vrom.evaluation.graph_health._AT_ONCE", 5)
    rng = np.random.default_rng(4)
    vectors = rng.standard_normal((90, 16)).astype(np.float32)
    graph = graph_of([[rng.choice(90, 3, replace=False).tolist()] for _ in range(90)])
    pairs = np.random.default_rng(0).integers(0, 90, (200, 2))
    halfway = vectors[pairs].mean(axis=1, dtype=np.float32)
    found = measure(graph, vectors).recall
    for breadth in (10, 20):
        assert found[breadth] == pytest.approx(recall(graph, vectors, halfway, 10, breadth))
        assert 0.1 < found[breadth] < 1


def test_a_graph_without_nodes_and_one_that_is_too_large_have_no_recall(monkeypatch):
    empty = measure(graph_of([], entry_point=None), np.zeros((0, 1), dtype=np.float32))
    assert (empty.nodes, empty.recall) == (0, {})
    monkeypatch.setattr("vrom.evaluation.graph_health.MOST_NODES", 3)
    assert measure(graph_of(line(4)), on_a_line(4)).recall == {}
    assert MOST_NODES > 100_000


def test_no_query_is_begun_after_the_time_is_up(monkeypatch):
    monkeypatch.setattr("vrom.evaluation.graph_health.SECONDS", -1.0)
    health = measure(graph_of(line(20)), on_a_line(20))
    assert health.queries == 1
    assert health.recall[160] == 1.0


@pytest.mark.parametrize(
    "graph",
    [
        graph_of([None]),
        graph_of([[1]]),
        graph_of([[[1]]]),
        graph_of([[[-1]]]),
        graph_of([[["0"]]]),
        graph_of([[[0.0]]]),
        graph_of([[[True]]]),
        graph_of([[[0]]], entry_point=1),
        graph_of([[[0]]], entry_point=-1),
        graph_of([[[0]]], max_layer=10**12),
        graph_of([[[]] * 1000]),
    ],
)
def test_a_damaged_graph_is_none(graph):
    assert is_graph(graph_of([[[0]]]))
    assert not is_graph(graph)


def test_a_measurement_is_kept_until_the_package_changes(make_package, tmp_path):
    folder = make_package("guide", PAGES)
    cache = tmp_path / "cache"
    assert stored_health(cache, "abc") is None
    measured = graph_health(folder, cache, "abc")
    assert measured.nodes == 12
    shutil.rmtree(folder)
    assert stored_health(cache, "abc") == graph_health(folder, cache, "abc") == measured
    assert stored_health(cache, "abd") is None


def test_a_package_with_a_damaged_graph_is_refused(make_package, tmp_path):
    folder = make_package("guide", PAGES)
    index = json.loads((folder / "index.json").read_text())
    index["nodes"][3]["neighbors"] = [[99]]
    (folder / "index.json").write_text(json.dumps(index))
    with pytest.raises(PackageError, match=r"index\.json.*nodes\[\]\.neighbors"):
        graph_health(folder, tmp_path / "cache", "abc")
    assert stored_health(tmp_path / "cache", "abc") is None
