"""The index of words against a count made word by word."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.format.models import Chunk
from vrom.index.document_table import documents_of
from vrom.index.lexical import build as lexical_build
from vrom.index.lexical.bm25 import LexicalIndex
from vrom.index.lexical.build import lexical_arrays
from vrom.index.lexical.folding import FOLDED
from vrom.index.outline import outline_of
from vrom.index.tokenizer import compounds, terms_of, tokenize

WORDS = ["pear", "plum tree", "load_dataset", "é", "DPOTrainer", "C++", ".", "日本語"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), max_size=7)


def indexed(texts: list[str], documents: list[str]):
    chunks = [
        Chunk(chunk_id=i, text=text, source_file=document, heading_path=("Guide", document))
        for i, (text, document) in enumerate(zip(texts, documents, strict=True))
    ]
    outline = outline_of(chunks, documents_of(chunks))
    return LexicalIndex.of(lexical_arrays(iter(texts), outline), outline)


def heads(text: str) -> list[str]:
    return [terms_of(word)[0] for word in compounds(text) if terms_of(word)]


@pytest.mark.slow
@pytest.mark.parametrize("block", [2, lexical_build.BLOCK])
@given(TEXTS, st.data())
def test_every_term_and_pair_is_found_where_it_stands(block, texts, data):
    documents = data.draw(st.lists(st.sampled_from(["a plum.md", "pear.md"]), min_size=len(texts), max_size=len(texts)))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lexical_build, "BLOCK", block)
        index = indexed(texts, documents)
    fields = [[text, f"Guide \n {document}"] for text, document in zip(texts, documents, strict=True)]
    terms = [Counter(term for field in both for term in tokenize(field)) for both in fields]
    pairs = [{pair for field in both for pair in pairwise(heads(field))} for both in fields]
    assert {term for term in index.vocabulary if not term.startswith(FOLDED)} == set().union(*terms)
    terms = [said | Counter({"~e": said["é"]}) if said["é"] else said for said in terms]
    for term in index.vocabulary:
        units, weights = index.chunks.of(index.vocabulary.find(term))
        assert units.tolist() == [i for i, said in enumerate(terms) if term in said]
        assert np.all((weights > 0) & (weights < 1))
    for pair in set().union(*pairs):
        assert index.holders(pair).tolist() == [i for i, said in enumerate(pairs) if pair in said]
    assert len(index.pairs) == len(set().union(*pairs))


@pytest.mark.parametrize("largest", [0, 5, 2**23, 2**31 - 1])
def test_pairs_stand_in_order_however_many_terms_there_are(largest):
    chance = np.random.default_rng(0)
    (one, other), owners = chance.integers(0, largest + 1, (2, 200)), chance.integers(0, 32_768, 200)
    one, other, owners = (np.append(part, part[:50]) for part in (one, other, owners))
    keys, owners_of = lexical_build._each_once(one, other, owners)
    expected = sorted(set(zip(one.tolist(), other.tolist(), owners.tolist(), strict=True)))
    assert list(zip((keys >> 32).tolist(), (keys & 2**32 - 1).tolist(), owners_of.tolist(), strict=True)) == expected
