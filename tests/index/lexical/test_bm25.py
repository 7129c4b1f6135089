import numpy as np
import pytest

from vrom.format.models import Chunk
from vrom.index.document_table import documents_of
from vrom.index.lexical.bm25 import LexicalIndex
from vrom.index.lexical.build import K1, B
from vrom.index.outline import outline_of
from vrom.index.tokenizer import tokenize


def index_of(texts: list[str], sources: list[str] | None = None) -> LexicalIndex:
    chunks = [
        Chunk(chunk_id=i, text=text, source_file=sources[i] if sources else f"{i}.md") for i, text in enumerate(texts)
    ]
    return LexicalIndex.open(texts, outline_of(chunks, documents_of(chunks)))


def test_weights_are_those_of_bm25():
    texts = ["apple apple pear", "apple", "plum plum plum plum"]
    lengths = [len(tokenize(text)) for text in texts]
    scores, _ = index_of(texts).word_scores({"appl": 1.0})
    norm = [1 - B + B * length / np.mean(lengths) for length in lengths]
    expected = [2 / norm[0] / (2 / norm[0] + K1), 1 / norm[1] / (1 / norm[1] + K1), 0]
    assert scores == pytest.approx(expected, rel=1e-5)


def test_a_section_is_scored_as_one_text():
    index = index_of(["apple pie", "pear pie", "plum cake"], ["a.md", "a.md", "b.md"])
    _, sections = index.word_scores({"appl": 1.0, "pear": 1.0})
    assert sections[0] > 0
    assert sections[1] == 0


def test_document_frequency_counts_chunks():
    index = index_of(["pie pie", "a pie", "cake"])
    assert [index.document_frequency(term) for term in ("pie", "cake", "unknown")] == [2, 1, 0]


def test_a_pair_counts_where_its_words_stand_next_to_each_other_in_order():
    index = index_of(["chat template", "template chat", "chat about a template", "chat", "template"])
    assert index.holders(("chat", "templat")).tolist() == [0]
    assert index.holders(("chat", "unknown")).tolist() == []


def test_a_pair_anywhere_on_a_page_counts_for_the_page_once():
    index = index_of(["chat template", "a chat template", "other"], ["a.md", "a.md", "b.md"])
    chunks, documents = index.pair_scores({("chat", "templat"): 2.0})
    assert chunks.tolist() == [2, 2, 0]
    assert documents.tolist() == [2, 0]


def test_no_pair_runs_from_one_chunk_into_the_next():
    assert index_of(["ends with chat", "template begins"]).holders(("chat", "templat")).tolist() == []


@pytest.mark.parametrize("texts", [[], [""], ["", "..."]])
def test_texts_without_words_can_be_indexed(texts):
    chunks, _ = index_of(texts).word_scores({"word": 1.0})
    assert chunks.tolist() == [0.0] * len(texts)
