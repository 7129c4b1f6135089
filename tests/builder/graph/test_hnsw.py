"""The graph of a cartridge: what every reader relies on, for any vectors."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrom.builder.graph import hnsw
from vrom.builder.graph.neighbours import nearest_by_exact_search, nearest_by_usearch, round_to_grid
from vrom.format.graph import recall, unreachable
from vrom.format.models import HnswConfig
from vrom.format.read import Graph, Vectors, read_package

SHARED = Path(__file__).parents[4] / "shared"


def unit(rows: np.ndarray) -> Vectors:
    return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30)).astype(np.float32)


def random(count: int, dim: int = 48, seed: int = 0) -> Vectors:
    return unit(np.random.default_rng(seed).standard_normal((count, dim)))


def clustered(count: int, spread: float, dim: int = 48, clusters: int = 12, seed: int = 0) -> Vectors:
    rng = np.random.default_rng(seed)
    centers = rng.standard_normal((clusters, dim))
    return unit(centers[rng.integers(0, clusters, count)] + spread * rng.standard_normal((count, dim)))


def assert_sound(graph: Graph, count: int) -> None:
    """What no graph may lack."""
    config, top = graph.config, graph.max_layer
    assert len(graph.neighbors) == count
    assert unreachable(graph) == []
    if not count:
        assert (graph.entry_point, top) == (None, 0)
        return
    assert len(graph.neighbors[graph.entry_point]) - 1 == top == max(map(len, graph.neighbors)) - 1
    for node, layers in enumerate(graph.neighbors):
        for layer, links in enumerate(layers):
            assert len(links) <= (config.m if layer else config.m_max0)
            assert len(set(links)) == len(links)
            assert node not in links
            assert all(0 <= other < count and len(graph.neighbors[other]) > layer for other in links)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 17, 33, 400])
def test_any_number_of_vectors_gives_a_sound_graph(count):
    assert_sound(hnsw.build_graph(random(count), HnswConfig()), count)


@settings(max_examples=40, deadline=None)
@given(
    count=st.integers(0, 70),
    kinds=st.integers(1, 40),
    m=st.integers(1, 6),
    m_max0=st.integers(1, 12),
    ef_construction=st.integers(1, 40),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_parameters_and_any_repetition_give_a_sound_graph(count, kinds, m, m_max0, ef_construction, seed):
    rng = np.random.default_rng(seed)
    vectors = random(kinds, dim=5, seed=seed)[rng.integers(0, kinds, count)]
    vectors[rng.random(count) < 0.05] = 0
    config = HnswConfig(m=m, m_max0=m_max0, ef_construction=ef_construction, level_multiplier=0.9)
    assert_sound(hnsw.build_graph(vectors, config, seed=seed), count)


@pytest.mark.slow
@pytest.mark.parametrize(
    "vectors",
    [
        pytest.param(random(1500), id="random"),
        pytest.param(clustered(1500, spread=0.3), id="clustered"),
        pytest.param(clustered(1500, spread=0.01), id="tight clusters"),
        pytest.param(np.repeat(random(30), 50, axis=0), id="fifty of each"),
        pytest.param(np.repeat(random(1), 300, axis=0), id="all the same"),
        pytest.param(np.vstack([random(300), np.repeat(random(1, seed=1), 300, axis=0)]), id="half the same"),
    ],
)
def test_the_formats_own_search_finds_the_nearest(vectors):
    graph = hnsw.build_graph(vectors, HnswConfig())
    assert_sound(graph, len(vectors))
    assert recall(graph, vectors, vectors, k=10, ef=40) >= 0.99


def test_real_vectors_are_found():
    folder = SHARED / "cartridges" / "hf-ml-training"
    if not folder.is_dir():
        pytest.skip("the shared cartridge isn't here")
    package = read_package(folder)
    graph = hnsw.build_graph(package.vectors, package.graph.config)
    assert_sound(graph, len(package.vectors))
    assert recall(graph, package.vectors, package.vectors, k=10, ef=40) >= 0.999
    assert unreachable(package.graph) != []  # what its own builder, which keeps the nearest only, leaves behind


def test_the_diversity_heuristic_keeps_links_to_other_clusters():
    # From the point of view of node 0, node 1 hides node 2, which lies behind it; node 3 is farther but elsewhere.
    vectors = unit(np.array([[1, 0], [1, 0.1], [1, 0.12], [1, -0.3]]))
    grid = round_to_grid(vectors)
    nodes = np.array([0])
    candidates = np.array([[1, 2, 3]])
    assert hnsw.choose(grid, nodes, candidates, degree=2).tolist() == [[1, 3]]
    assert hnsw.choose(grid, nodes, candidates, degree=3).tolist() == [[1, 3, -1]]


def test_links_are_diverse_first_then_mutual_then_near():
    grid = round_to_grid(unit(np.array([[1, 0], [1, 0.1], [1, 0.12], [1, -0.3]])))
    nodes = np.arange(4)
    candidates = nearest_by_exact_search(grid, nodes, nodes, 3)
    assert candidates.tolist() == [[1, 2, 3], [2, 0, 3], [1, 0, 3], [0, 1, 2]]
    assert hnsw.choose(grid, nodes, candidates, degree=3).tolist() == [[1, 3, -1], [2, 0, -1], [1, -1, -1], [0, -1, -1]]
    assert hnsw.link(grid, nodes, candidates, degree=3) == [[1, 3, 2], [2, 0, 3], [1, 0, 3], [0, 1, 2]]


def test_a_node_that_nobody_is_nearest_to_is_linked_from_its_own_nearest():
    crowd = unit(np.column_stack([np.ones(40), np.linspace(0, 0.01, 40)]))
    grid = round_to_grid(np.vstack([crowd, unit(np.array([[0.2, -1]]))]))
    nodes = np.arange(41)
    links = hnsw.link(grid, nodes, nearest_by_exact_search(grid, nodes, nodes, 5), degree=5)
    assert [node for node in range(40) if 40 in links[node]] == [0]


def test_levels_follow_the_papers_distribution():
    levels = hnsw.draw_levels(100_000, HnswConfig(m=16), seed=1)
    above = [(levels >= layer).mean() for layer in (1, 2)]
    assert above == pytest.approx([1 / 16, 1 / 256], rel=0.1)


def test_the_seed_decides_the_levels():
    config = HnswConfig()
    assert hnsw.build_graph(random(200), config, seed=7) == hnsw.build_graph(random(200), config, seed=7)
    assert hnsw.build_graph(random(200), config, seed=7) != hnsw.build_graph(random(200), config, seed=8)


PRINT_DIGEST = """
import hashlib, numpy as np
from vrom.builder.graph.hnsw import build_graph
from vrom.format.graph import recall
from vrom.format.models import HnswConfig
rng = np.random.default_rng(5)
vectors = rng.standard_normal((700, 96), dtype=np.float32)
vectors[300:400] = vectors[:100]
graph = build_graph(vectors, HnswConfig(), exact_below={exact_below})
print(hashlib.sha256(repr(graph).encode()).hexdigest(), recall(graph, vectors, vectors))
"""


@pytest.mark.slow
@pytest.mark.parametrize("exact_below", [100_000, 1])
def test_the_number_of_cores_changes_nothing(exact_below):
    def digest(threads: int) -> str:
        environment = os.environ | {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
        code = PRINT_DIGEST.format(exact_below=exact_below)
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert digest(1) == digest(2) == digest(3)


class TestUsearchCandidates:
    """From a hundred thousand vectors on, candidates come from usearch."""

    @pytest.mark.slow
    def test_they_make_as_good_a_graph(self):
        vectors = np.vstack([clustered(1200, spread=0.3), np.repeat(random(2, seed=3), 20, axis=0)])
        graph = hnsw.build_graph(vectors, HnswConfig(), exact_below=1)
        assert_sound(graph, len(vectors))
        assert recall(graph, vectors, vectors, k=10, ef=40) >= 0.99

    @pytest.mark.parametrize("count", [1, 2, 17])
    def test_they_serve_few_vectors_too(self, count):
        assert_sound(hnsw.build_graph(random(count), HnswConfig(), exact_below=0), count)

    def test_they_are_nearly_those_of_exact_search(self):
        grid, nodes = round_to_grid(random(800)), np.arange(800)
        exact = nearest_by_exact_search(grid, nodes, nodes, 20)
        found = nearest_by_usearch(grid, nodes, nodes, 20)
        shared = [len(set(a) & set(b) - {-1}) for a, b in zip(exact.tolist(), found.tolist(), strict=True)]
        assert np.mean(shared) >= 0.93 * 20
