"""Postings: which cartridges have a term, and how often."""

import numpy as np
import pytest

from vrom.library.choice.postings import Postings, level_of
from vrom.library.choice.profile import hashes_of


def postings(*cartridges):
    terms = [hashes_of(one) for one in cartridges]
    order = [sorted(one, key=lambda term: hashes_of([term])[0]) for one in cartridges]
    return Postings.of(terms, [np.array([cartridges[i][term] for term in one]) for i, one in enumerate(order)])


def holders(found, *terms):
    return [rows.tolist() for term in terms for rows, _ in found.find(hashes_of([term]))]


def test_a_term_gives_the_cartridges_that_have_it():
    found = postings({"glaze": 3, "kiln": 1}, {"sail": 2}, {"kiln": 7})
    assert holders(found, "glaze", "kiln", "sail", "unknown") == [[0], [0, 2], [1], []]


@pytest.mark.parametrize("frequency", [1, 2, 3, 17, 999, 40_000])
def test_frequencies_are_kept_to_three_percent(frequency):
    [(_, frequencies)] = postings({"kiln": frequency}).find(hashes_of(["kiln"]))
    assert frequencies == pytest.approx([frequency], rel=0.03)


def test_a_frequency_beyond_the_largest_counts_as_the_largest():
    assert level_of(np.array([10**9, 0])).tolist() == [255, 0]


def test_joined_postings_leave_out_what_isnt_kept():
    first, second = postings({"kiln": 1}, {"glaze": 1}), postings({"kiln": 4})
    found = Postings.joined([first, second], [np.array([-1, 0]), np.array([1])])
    assert holders(found, "kiln", "glaze") == [[1], [0]]


def test_no_cartridges_are_postings_too():
    assert holders(Postings.of([]), "kiln") == [[]]
    assert Postings.of([]).fits()
