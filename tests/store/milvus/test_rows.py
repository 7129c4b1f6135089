"""Numbers and texts that stand for rows of a cartridge in Milvus."""

import numpy as np
import pytest

from vrom.errors import StoreError
from vrom.store.milvus.expressions import one_of, within
from vrom.store.milvus.rows import decode, encode, extended, sparse
from vrom.store.milvus.schema import NUMBERS, PART, UNITS, pair_dimensions, row_id, split_ids, term_dimensions


def test_an_id_is_split_into_what_it_was_made_of():
    made = [(1, 0, False), (NUMBERS - 1, UNITS - 1, True), (7, 5, True)]
    ids = np.array([row_id(number, unit, is_whole=whole) for number, unit, whole in made])
    assert ids.dtype == np.int64
    assert list(zip(*(part.tolist() for part in split_ids(ids)), strict=True)) == [
        (number, whole, unit) for number, unit, whole in made
    ]


def test_dimensions_are_those_that_milvus_has():
    hashes = np.array([0, 1, 2**32 - 1, 77], dtype=np.uint32)
    for dimensions in (term_dimensions(hashes), pair_dimensions(hashes, hashes[::-1])):
        assert ((dimensions >= 1) & (dimensions <= 2**32 - 2)).all()
    assert pair_dimensions(hashes[3:], hashes[:1]) != pair_dimensions(hashes[:1], hashes[3:])


def test_weights_of_one_dimension_are_added_up():
    assert sparse(np.array([5, 3, 5]), np.array([1.0, 2.0, 0.5])) == {3: 2.0, 5: 1.5}


def test_bytes_are_the_same_after_their_parts_are_joined():
    data = np.random.default_rng(0).bytes(200_000)
    parts = encode(data)
    assert len(parts) > 2
    assert max(map(len, parts)) <= PART
    assert decode(dict(enumerate(parts))) == data


@pytest.mark.parametrize("parts", [{}, {1: "eJw="}, {0: "%"}, {0: "AAAA"}])
def test_bytes_of_which_a_part_is_missing_or_damaged_are_refused(parts):
    with pytest.raises(StoreError, match="Load it again"):
        decode(parts)


def test_an_inner_product_is_the_similarity_of_a_euclidean_cartridge():
    random = np.random.default_rng(1)
    rows, query = random.normal(size=(5, 8)).astype(np.float32), random.normal(size=8).astype(np.float32)
    query /= np.linalg.norm(query)
    stored = extended(rows, "Euclidean", (1 - np.einsum("ij,ij->i", rows, rows)) / 2)
    (asked,) = extended(query[None], "Euclidean", 1)
    assert stored @ asked == pytest.approx(1 - np.square(rows - query).sum(axis=1) / 2, abs=1e-5)
    assert extended(rows, "Cosine", 1) is rows


def test_every_expression_is_bounded_to_spaces_whose_names_are_quoted():
    assert within({"b", 'a"]'}, "id in [1] or true") == 'space in ["a\\"]","b"] and (id in [1] or true)'
    assert one_of("cartridge", [3, 1]) == "cartridge in [3,1]"
