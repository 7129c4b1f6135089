"""A graph from a stranger is walked only where every link leads to a node of its layer."""

import numpy as np
import pytest

from vrom.index.dense.hnsw import is_sound_graph, save_graph

COUNT, DIM = 400, 16


@pytest.fixture(scope="module")
def vectors():
    rows = np.random.default_rng(3).standard_normal((COUNT, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(params=["Cosine", "Euclidean"])
def saved(request, vectors, tmp_path):
    save_graph(tmp_path / "graph", vectors, request.param)
    return tmp_path / "graph", request.param


def test_what_was_saved_here_is_sound(saved, vectors):
    file, metric = saved
    assert is_sound_graph(file, vectors, metric)


@pytest.mark.parametrize("other", [slice(0, COUNT - 1), slice(0, 0)])
def test_a_graph_of_other_vectors_is_not(saved, vectors, other):
    file, metric = saved
    assert not is_sound_graph(file, vectors[other], metric)
    assert not is_sound_graph(file, vectors[:, :8], metric)
    assert not is_sound_graph(file, vectors, "Euclidean" if metric == "Cosine" else "Cosine")


def head_of(raw):
    rows, columns = np.frombuffer(raw[:8], "<u4")
    return 8 + int(rows) * int(columns)


def first_node(raw):
    return head_of(raw) + 64 + 40 + 2 * COUNT


def put(raw, at, number, dtype):
    raw[at : at + np.dtype(dtype).itemsize] = np.array([number], dtype).tobytes()


def upper_node(raw):
    """Where the first node begins that is on layer 1, and the first node that isn't."""
    levels = np.frombuffer(bytes(raw[head_of(raw) + 104 :][: 2 * COUNT]), "<i2")
    node = int(np.flatnonzero(levels > 0)[0])
    sizes = 14 + 4 * 32 + levels.astype(int) * (4 + 4 * 16)
    return first_node(raw) + int(sizes[:node].sum()), int(np.flatnonzero(levels == 0)[0])


DAMAGE = {
    "a link beyond all nodes": lambda raw: put(raw, first_node(raw) + 14, COUNT, "<u4"),
    "a link far beyond": lambda raw: put(raw, first_node(raw) + 14, 2**32 - 1, "<u4"),
    "more links than there is room": lambda raw: put(raw, first_node(raw) + 10, 33, "<u4"),
    "a link to a node that isn't on its layer": lambda raw: (
        put(raw, upper_node(raw)[0] + 14 + 4 * 32, 1, "<u4"),
        put(raw, upper_node(raw)[0] + 14 + 4 * 32 + 4, upper_node(raw)[1], "<u4"),
    ),
    "another key": lambda raw: put(raw, first_node(raw), 10**6, "<u8"),
    "another level": lambda raw: put(raw, first_node(raw) + 8, 9, "<i2"),
    "levels beyond the file": lambda raw: put(raw, head_of(raw) + 104, 30000, "<i2"),
    "a negative level": lambda raw: put(raw, head_of(raw) + 104, -1, "<i2"),
    "an entry beyond all nodes": lambda raw: put(raw, head_of(raw) + 64 + 32, COUNT, "<u8"),
    "an entry on a lower layer": lambda raw: put(raw, head_of(raw) + 64 + 32, upper_node(raw)[1], "<u8"),
    "another height": lambda raw: put(raw, head_of(raw) + 64 + 24, 60, "<u8"),
    "more nodes": lambda raw: put(raw, head_of(raw) + 64, COUNT + 1, "<u8"),
    "more room": lambda raw: put(raw, head_of(raw) + 64 + 16, 2**62, "<u8"),
    "another scalar": lambda raw: put(raw, head_of(raw) + 14, raw[head_of(raw) + 14] ^ 1, "|u1"),
    "another metric": lambda raw: put(raw, head_of(raw) + 13, raw[head_of(raw) + 13] ^ 1, "|u1"),
    "other dimensions": lambda raw: put(raw, head_of(raw) + 33, 2**40, "<u8"),
    "deleted nodes": lambda raw: put(raw, head_of(raw) + 25, 1, "<u8"),
    "no graph": lambda raw: put(raw, head_of(raw), 0, "|u1"),
    "a matrix beyond the file": lambda raw: put(raw, 0, 2**32 - 1, "<u4"),
    "cut off": lambda raw: raw.__delitem__(slice(-1, None)),
    "longer": lambda raw: raw.extend(b"\0"),
    "a few bytes": lambda raw: raw.__delitem__(slice(5, None)),
    "nothing": lambda raw: raw.clear(),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_what_could_lead_outside_is_not_sound(saved, vectors, damage):
    file, metric = saved
    raw = bytearray(file.read_bytes())
    damage(raw)
    file.write_bytes(bytes(raw))
    assert not is_sound_graph(file, vectors, metric)
