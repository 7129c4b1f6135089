"""Profiles: what is known of a cartridge without opening it."""

import numpy as np
import pytest

from vrom.format.models import AWAITED
from vrom.index.cartridge import Cartridge
from vrom.index.tokenizer import tokenize
from vrom.library.choice.profile import CENTRES, SCALE, grouped, hashes_of, make_profile, profile_of, without_centres


@pytest.fixture
def cartridge(make_package, embedder):
    pages = {
        "glaze.md": ["# Glaze\n\nWipe the glaze.", "## Firing\n\nThe kiln fires the glaze."],
        "kiln.md": ["# Kiln"],
    }
    return Cartridge.open(make_package("pottery", pages, embedder=embedder, description="Clay and fire"))


def test_it_has_the_words_with_the_number_of_chunks_that_contain_them(cartridge):
    profile = profile_of(cartridge)
    frequencies = dict(zip(profile.terms.tolist(), profile.frequencies.tolist(), strict=True))
    for term in ("glaze", "kiln", "wipe"):
        assert frequencies[hashes_of([term])[0]] == cartridge.lexical.document_frequency(term)
    assert profile.words == profile.frequencies.sum()


def test_it_has_what_is_said_about_it(cartridge):
    profile = profile_of(cartridge)
    assert profile.name.tolist() == hashes_of(tokenize("pottery")).tolist()
    assert set(hashes_of(tokenize("clay pottery")).tolist()) <= set(profile.about.tolist())


def test_it_has_the_direction_of_each_document(cartridge):
    profile = profile_of(cartridge)
    assert profile.spec == cartridge.manifest.embedding_spec
    whole = profile.centres.astype(np.float32) / SCALE
    assert np.vecdot(whole, cartridge.document_centres) == pytest.approx([1, 1], abs=0.02)


def test_of_many_documents_it_has_the_directions_of_groups(cartridge):
    topics = np.linalg.qr(np.random.default_rng(0).standard_normal((384, 3)))[0].T.astype(np.float32)
    rows = np.repeat(topics, 200, axis=0)
    assert len(grouped(rows, CENTRES)) <= CENTRES
    assert (np.max(topics @ grouped(rows, 8).T, axis=1) > 0.99).all()
    hashes = np.array([1, 2], dtype=np.uint32)
    assert len(make_profile(cartridge.manifest, hashes, np.array([1, 1]), rows, 0.1).centres) <= CENTRES


def test_as_long_as_vectors_are_awaited_it_has_no_directions(cartridge):
    awaiting = cartridge.manifest.model_copy(update={"build": {"vectors": AWAITED}})
    profile = make_profile(awaiting, np.array([1], dtype=np.uint32), np.array([1]), cartridge.document_centres, 0.1)
    assert profile.spec is None
    assert not len(profile.centres)


def test_without_directions_the_words_stay(cartridge):
    profile = without_centres(profile_of(cartridge))
    assert len(profile.terms)
    assert not len(profile.centres)


def test_numbers_that_are_none_are_no_direction(cartridge):
    rows = np.full((2, 384), np.nan, dtype=np.float32)
    profile = make_profile(cartridge.manifest, np.array([1], dtype=np.uint32), np.array([1]), rows, 0.1)
    assert not profile.centres.any()


def test_terms_with_the_same_hash_are_one_term(cartridge):
    same = np.array([5, 5, 9], dtype=np.uint32)
    profile = make_profile(cartridge.manifest, same, np.array([2, 3, 1]), cartridge.document_centres, 0.1)
    assert profile.terms.tolist() == [5, 9]
    assert profile.frequencies.tolist() == [5, 1]
