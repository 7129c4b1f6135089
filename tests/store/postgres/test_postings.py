"""Postings read in part score as all of them do here, bit for bit."""

import numpy as np
import pytest

from vrom.errors import PackageError, StoreError
from vrom.search.query import TermWeights
from vrom.store.postgres.postings import WantedPostings, packed_postings
from vrom.store.statistics import Statistics, pack, statistics_arrays

WEIGHTS = TermWeights(
    {"kiln": 0.4, "glaz": 0.3, "the": 0.1, "nowher": 0.2}, {("cone", "five"): 0.5, ("a", "b"): 1.0}, 1.0
)


@pytest.fixture
def wanted(cartridge):
    return WantedPostings(Statistics.of(pack(statistics_arrays(cartridge)), cartridge.size), WEIGHTS)


def cut(cartridge, wanted):
    arrays = packed_postings(cartridge.lexical)
    return [arrays[part.array][part.start : part.start + part.length] for part in wanted.parts]


def test_scores_are_the_same_bits(cartridge, wanted):
    wanted.fill(cut(cartridge, wanted))
    for local, stored in (
        (cartridge.lexical.word_scores(WEIGHTS.terms), wanted.word_scores(WEIGHTS.terms)),
        (cartridge.lexical.pair_scores(WEIGHTS.pairs), wanted.pair_scores(WEIGHTS.pairs)),
    ):
        assert any(one.any() for one in local)
        assert [one.tobytes() for one in stored] == [one.tobytes() for one in local]


def test_only_what_the_query_needs_is_wanted(cartridge, wanted):
    whole = sum(map(len, packed_postings(cartridge.lexical)))
    assert 0 < sum(part.length for part in wanted.parts) < whole / 2
    unknown = WantedPostings(
        Statistics.of(pack(statistics_arrays(cartridge)), cartridge.size), TermWeights({"nowher": 1.0}, {}, 1.0)
    )
    assert unknown.parts == []
    unknown.fill([])
    assert not unknown.word_scores({})[0].any()


def test_parts_of_another_length_or_with_numbers_of_no_chunk_are_refused(cartridge, wanted):
    read = cut(cartridge, wanted)
    with pytest.raises(StoreError, match="Load it again"):
        wanted.fill([read[0][:-1], *read[1:]])
    wanted.fill([np.full(len(one) // 4, 10**6, dtype="<i4").tobytes() for one in read])
    with pytest.raises(PackageError):
        wanted.word_scores({})
    with pytest.raises(PackageError):
        wanted.pair_scores({})
