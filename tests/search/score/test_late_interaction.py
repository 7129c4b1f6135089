"""The best candidates ordered again by their word pieces."""

from types import SimpleNamespace

import numpy as np
import pytest

from vrom.search.score.late_interaction import COMPARED, add_late_interaction


def candidates(count, similarity=None, first=0):
    """Candidates of a cartridge; `similarity` is that of each chunk, or None without word pieces."""
    return SimpleNamespace(chunk_ids=np.arange(first, first + count), tokens=similarity)


def compare(wanted):
    return [np.array([one.tokens(i) for i in ids], np.float32) for one, ids in wanted]


def falling(count):
    return np.linspace(1, 0.5, count).astype(np.float32)


def test_the_most_similar_gains_most_and_the_least_nothing():
    (raised,) = add_late_interaction([candidates(3, lambda i: 0.1 * i)], [falling(3)], 0.5, compare)
    assert raised - falling(3) == pytest.approx([0, 0.05, 0.1])


def test_without_word_pieces_scores_are_the_same_bits():
    scores = [falling(4), falling(3)]
    raised = add_late_interaction([candidates(4), candidates(3)], scores, 0.5, compare)
    assert [one.tobytes() for one in raised] == [one.tobytes() for one in scores]


def test_only_the_best_are_compared():
    (raised,) = add_late_interaction([candidates(40, lambda i: 0.01 * i)], [falling(40)], 1, compare)
    assert (raised[COMPARED:] == falling(40)[COMPARED:]).all()
    assert (raised[1:COMPARED] > falling(40)[1:COMPARED]).all()


def test_each_cartridge_is_asked_for_its_own_chunks():
    found = [candidates(2, lambda i: 0.1 * i, first=1), candidates(2, lambda i: 0.1 * i, first=6)]
    raised = add_late_interaction(found, [falling(2), falling(2)], 1, compare)
    assert np.concatenate(raised) - np.concatenate([falling(2)] * 2) == pytest.approx([0, 0.1, 0.5, 0.6])


def test_a_cartridge_without_word_pieces_neither_gains_nor_loses():
    found = [candidates(2, lambda i: 0.2 * i), candidates(1)]
    raised = add_late_interaction(found, [falling(2), falling(1)], 1, compare)
    assert np.concatenate(raised) - [1, 0.5, 1] == pytest.approx([0, 0.2, 0.1])


def test_nothing_found_is_nothing():
    assert add_late_interaction([], [], 1, compare) == []
    assert [len(one) for one in add_late_interaction([candidates(0, lambda i: 1)], [falling(0)], 1, compare)] == [0]
