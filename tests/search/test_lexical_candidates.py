"""Counting a selection gives what counting everything does."""

import numpy as np
import pytest

from vrom.format.models import Chunk
from vrom.index.document_table import documents_of
from vrom.index.lexical.bm25 import LexicalIndex
from vrom.index.outline import outline_of
from vrom.search import lexical_candidates as module
from vrom.search.lexical_candidates import match_terms
from vrom.search.query import TermWeights

COMMON = ["the", "of", "model", "train"]


def lexical_of(documents: int, *, in_order: bool = True) -> LexicalIndex:
    """Pages of four chunks; the words are drawn as in texts: a few are everywhere, most are rare."""
    draw = np.random.default_rng(5)
    chunks = []
    for i in range(documents * 4):
        words = [f"word{int(rank)}" for rank in np.minimum(draw.zipf(1.3, 30), 3000)]
        text = " ".join([*words, *draw.choice(COMMON, 6)])
        document = i // 4 if in_order else i % documents
        path = (f"Page {document}", f"Section {i % 2}")
        chunks.append(Chunk(chunk_id=i, text=text, source_file=f"{document}.md", heading_path=path))
    return LexicalIndex.open([chunk.text for chunk in chunks], outline_of(chunks, documents_of(chunks)))


WEIGHTS = TermWeights(
    {"the": 0.02, "word2": 0.08, "model": 0.05, "word77": 0.45, "word9": 0.4, "unknown": 0.3},
    {("the", "model"): 0.1, ("word1", "word2"): 0.3, ("not", "there"): 0.4},
    1.0,
)


@pytest.fixture(params=[True, False], ids=["pages in order", "pages mixed"])
def both(request, monkeypatch):
    lexical = lexical_of(150, in_order=request.param)
    whole = match_terms(lexical, WEIGHTS)
    monkeypatch.setattr(module, "WHOLE_UP_TO", 0)
    return whole, match_terms(lexical, WEIGHTS)


def test_a_large_cartridge_is_surveyed_by_a_selection(both):
    assert type(both[0]) is not type(both[1])


def test_the_selection_says_the_same_of_every_chunk(both):
    ids = np.arange(600)
    for part in ("chunk", "section", "pairs", "document_pairs"):
        whole, selected = (getattr(one.words(ids), part) for one in both)
        np.testing.assert_allclose(whole, selected, rtol=1e-6, err_msg=part)
        assert whole.any(), part


def test_the_selection_proposes_the_same_chunks_where_it_reads_everything(both):
    whole, selected = both
    assert sorted(selected.best(20)[0]) == sorted(whole.best(20)[0])


def test_the_best_are_found_by_rare_words_alone(both, monkeypatch):
    whole, selected = both
    monkeypatch.setattr(module, "READ_RARE", 80)
    scores = whole.words(np.arange(600))
    best = np.argsort(-(scores.chunk + scores.section), kind="stable")[:10]
    assert len(set(best) & set(selected.best(100)[0])) >= 9


def test_the_rarest_word_is_read_whatever_it_takes(both, monkeypatch):
    monkeypatch.setattr(module, "READ_RARE", 0)
    assert len(both[1].best(10)[0]) == 10


def test_common_words_are_never_read_through(monkeypatch):
    lexical = lexical_of(150)
    monkeypatch.setattr(module, "WHOLE_UP_TO", 0)
    monkeypatch.setattr(module, "READ_RARE", 80)
    read = []
    of = type(lexical.chunks).of
    monkeypatch.setattr(type(lexical.chunks), "of", lambda self, term: read.append(term) or of(self, term))
    found = match_terms(lexical, WEIGHTS)
    found.words(np.sort(found.best(20)[0]))
    assert lexical.vocabulary.find("the") not in read
    assert lexical.vocabulary.find("word77") in read


def test_no_known_word_proposes_nothing(monkeypatch):
    monkeypatch.setattr(module, "WHOLE_UP_TO", 0)
    found = match_terms(lexical_of(10), TermWeights({"unknown": 1.0}, {}, 1.0))
    assert found.best(10)[0].tolist() == []
    assert found.words(np.arange(3)).chunk.tolist() == [0, 0, 0]


def test_a_place_that_is_not_there_is_an_error():
    from dataclasses import replace

    from vrom.errors import PackageError

    lexical = lexical_of(10)
    broken = replace(lexical.chunks, units=np.full_like(lexical.chunks.units, 2**30), is_checked=False)
    with pytest.raises(PackageError, match="aren't there"):
        match_terms(replace(lexical, chunks=broken), WEIGHTS)
