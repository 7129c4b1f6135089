"""Scores as sums of what each feature contributes."""

import numpy as np
import pytest

from vrom.index.tokens import TokenIndex, token_arrays
from vrom.search.rank import rank

PAGES = {
    "bread.md": [
        "# Bread\n\nBake bread with flour.",
        "## Starter\n\nFeed the starter with flour.",
        "## Starter\n\nDaily.",
    ],
    "history.md": ["# Changelog\n\nBread is baked longer."],
}


@pytest.fixture
def pieced(make_package, library_of, embedder):
    """A cartridge whose word pieces are drawn at random."""
    library = library_of(make_package("baking", PAGES, embedder=embedder).parent)
    opened = library.open("baking")
    random = np.random.default_rng(5)
    codes = [random.integers(0, 2**63, (number, 3)).astype(np.uint64) for number in (9, 4, 7, 5)]
    opened.tokens = TokenIndex.of(token_arrays(random.integers(1, 200, 30_522).astype(np.uint8), codes))
    return library, opened


@pytest.mark.parametrize("mode", ["hybrid", "semantic"])
@pytest.mark.parametrize("query", ["how do I feed the starter of the bread", "when is baking bread done"])
def test_the_score_of_a_hit_is_the_sum_of_its_contributions(pieced, mode, query):
    library, opened = pieced
    ranking = rank([opened], query, mode=mode, embedders=library.embedders, limit=10)
    found = [ranking.scored.contributions(hit) for hit in ranking.hits]
    assert [sum(parts.values()) for parts in found] == pytest.approx([hit.score for hit in ranking.hits], abs=1e-5)
    assert any(parts["tokens"] > 1e-4 for parts in found)
