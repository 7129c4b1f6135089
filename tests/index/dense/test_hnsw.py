"""Graphs of usearch, which processes share."""

import math
import subprocess
import sys

import numpy as np
import pytest

from vrom.index.dense.hnsw import load_graph, load_or_build


def open_graph(file, vectors, seconds=math.inf):
    return load_or_build(file, vectors, "Cosine", seconds)


def nearest(graph, query):
    return graph.search(query, 5).keys.tolist()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "cache" / "graph.usearch"


def test_a_saved_graph_is_opened_not_built_again(vectors, file, monkeypatch):
    open_graph(file, vectors)
    monkeypatch.setattr("vrom.index.dense.hnsw.build_graph", None)
    assert len(open_graph(file, vectors)) == len(vectors)


@pytest.mark.parametrize("damage", [b"", b"not an index", None], ids=["empty", "other bytes", "cut in half"])
def test_a_damaged_graph_is_built_again(vectors, queries, file, damage):
    before = nearest(open_graph(file, vectors), queries[0])
    whole = file.read_bytes()
    file.unlink()  # a new file: the old one is still mapped
    file.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert load_graph(file, vectors, "Cosine") is None
    assert nearest(open_graph(file, vectors), queries[0]) == before


@pytest.mark.parametrize("others", [np.s_[:100], np.s_[:, :16]], ids=["fewer", "narrower"])
def test_a_graph_of_other_vectors_is_not_used(vectors, file, others):
    open_graph(file, vectors[others])
    graph = open_graph(file, vectors)
    assert (len(graph), graph.ndim) == vectors.shape


def test_the_same_vectors_give_the_same_graph(vectors, tmp_path):
    for name in ("one", "two"):
        open_graph(tmp_path / name, vectors[:500])
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_graph_that_takes_too_long_leaves_no_file(vectors, file):
    assert open_graph(file, vectors, seconds=-1) is None
    assert not file.exists()


@pytest.mark.parametrize("is_saved", [True, False], ids=["mapped", "in memory"])
def test_a_large_graph_is_searched_more_widely(vectors, tmp_path, file, monkeypatch, is_saved):
    (tmp_path / "file").write_text("in the way")
    place = file if is_saved else tmp_path / "file" / "graph.usearch"
    assert open_graph(place, vectors).expansion_search == 256
    monkeypatch.setattr("vrom.index.dense.hnsw._LARGE", len(vectors) - 1)
    assert open_graph(place, vectors).expansion_search == 512


def test_where_nothing_can_be_written_the_graph_stays_in_memory(vectors, queries, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert len(nearest(open_graph(tmp_path / "file" / "graph.usearch", vectors), queries[0])) == 5


OPEN = """
import math, sys
from pathlib import Path
import numpy as np
from vrom.index.dense.hnsw import load_or_build
load_or_build(Path(sys.argv[2]), np.load(sys.argv[1]), "Cosine", math.inf)
"""


@pytest.mark.slow
def test_processes_that_come_at_once_end_with_one_graph(vectors, tmp_path, file):
    rows = tmp_path / "rows.npy"
    np.save(rows, vectors[:500])
    processes = [subprocess.Popen([sys.executable, "-c", OPEN, str(rows), str(file)]) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert [path.name for path in file.parent.iterdir() if not path.name.endswith(".lock")] == [file.name]
