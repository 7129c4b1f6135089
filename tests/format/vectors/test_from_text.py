"""Vectors read apart from the rest are those that the parser gives; where they can't be, nothing is."""

import json
import struct
from decimal import Decimal

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.format.vectors.from_text import cut_apart

DECIMALS = st.from_regex(r"-?(0|[1-9][0-9]{0,20})\.[0-9]{1,20}", fullmatch=True)
NUMBERS = st.one_of(
    st.floats(-1, 1, width=32).map(lambda value: orjson.dumps(np.float32(value), option=orjson.OPT_SERIALIZE_NUMPY)),
    st.floats(-1, 1).map(orjson.dumps),
    st.integers(-(10**30), 10**30).map(lambda value: b"%d" % value),
    st.from_regex(r"-?0\.[0-9]{1,16}", fullmatch=True).map(str.encode),
    DECIMALS.map(str.encode),
    st.from_regex(r" ?-?[0-9](\.[0-9]{1,3})?[eE][+-]?[0-9]{1,2} ?", fullmatch=True).map(str.encode),
)
NOT_NUMBERS = st.sampled_from(
    [b"", b"-", b"0.", b".5", b"-0.", b"00.5", b"--0.5", b"0.5.5", b"0.1-", b"+0.5", b"1.", b"true", b"null",
     b'"0.5"', b"[0.5", b"NaN", b"1e999", b"0,5", b"0.5]", b"0.\xc3\xa9", b"0.\xff", b"0.5\0", b"0x5", b'"a', b'b"',
     b"{", b"1e39"]
)  # fmt: skip


def document(rows: list[list[bytes]], dim: int, **extra: object) -> bytes:
    nodes = [b'{"vector":[%b],"max_layer":0,"metadata":"{\\"vector\\":[1]}"}' % b",".join(row) for row in rows]
    tail = orjson.dumps({"dim": dim, **extra})
    return b'{"nodes":[\n' + b",\n".join(nodes) + b"]," + tail[1:]


def read_apart(raw: bytes) -> tuple[dict[str, object], np.ndarray] | None:
    apart = cut_apart(raw)
    vectors = apart and apart.vectors()
    return None if vectors is None else (apart.index, vectors)


def parsed(raw: bytes) -> np.ndarray:
    """As the parser reads them; raises where it can't."""
    vectors = [node["vector"] for node in orjson.loads(raw)["nodes"]]
    return np.array([struct.unpack(f"={len(row)}f", struct.pack(f"={len(row)}f", *row)) for row in vectors], np.float32)


def assert_same(found: np.ndarray, expected: np.ndarray) -> None:
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    assert found.tobytes() == expected.tobytes()  # the sign of a zero too


@st.composite
def rows(draw, numbers):
    dim = draw(st.integers(1, 5))
    return draw(st.lists(st.lists(numbers, min_size=dim, max_size=dim), min_size=1, max_size=5))


@pytest.mark.slow
@given(rows(NUMBERS))
def test_the_numbers_are_those_of_the_parser(rows):
    raw = document(rows, len(rows[0]))
    try:
        expected = parsed(raw)
    except (orjson.JSONDecodeError, OverflowError):
        assert read_apart(raw) is None
    else:
        index, vectors = read_apart(raw)
        assert_same(vectors, expected)
        assert [node["metadata"] for node in index["nodes"]] == ['{"vector":[1]}'] * len(rows)
        assert index["dim"] == len(rows[0])


@pytest.mark.slow
@given(rows(NUMBERS))
def test_the_formats_own_way_of_writing_is_read_alike(rows):
    raw = document(rows, len(rows[0])).replace(b'{"vector":', b'{"vector": ').replace(b",", b", ")
    try:
        expected = parsed(raw)
    except (orjson.JSONDecodeError, OverflowError):
        assert read_apart(raw) is None
    else:
        assert_same(read_apart(raw)[1], expected)


@given(st.floats(2**-20, 1, width=32, exclude_max=True), st.integers(8, 22), st.integers(-3, 3), st.booleans())
def test_in_the_middle_between_two_numbers_it_is_rounded_as_by_the_parser(value, digits, off, is_negative):
    number = np.float32(value)
    middle = (Decimal(float(number)) + Decimal(float(np.nextafter(number, np.float32(1))))) / 2
    written = f"{'-' * is_negative}{middle.quantize(Decimal(1).scaleb(-digits)) + off * Decimal(1).scaleb(-digits):f}"
    raw = document([[written.encode(), b"0.1234567890123456789"]], 2)
    assert_same(read_apart(raw)[1], parsed(raw))


def test_numbers_of_double_precision_are_read():
    numbers = np.random.default_rng(0).normal(0, 0.05, (300, 64)).astype(np.float32)
    raw = orjson.dumps({"dim": 64, "nodes": [{"vector": row} for row in numbers.tolist()]})
    assert_same(read_apart(raw)[1], numbers)
    raw = json.dumps(orjson.loads(raw)).encode()
    assert_same(read_apart(raw)[1], numbers)


@pytest.mark.slow
@given(rows(NUMBERS | NOT_NUMBERS))
def test_what_is_read_where_there_are_other_things_among_them_is_what_the_parser_reads(rows):
    raw = document(rows, len(rows[0]))
    found = read_apart(raw)
    if found is not None:
        assert_same(found[1], parsed(raw))


@pytest.mark.parametrize(
    "value", [b"0.", b"-0.", b".5", b"", b"-", b"0.5.5", b"true", b'"0.5"', b"[0.5", b"1e999", b"1e39"]
)
def test_what_is_no_finite_number_is_left_to_the_parser(value):
    assert read_apart(document([[b"0.5", value, b"0.25"]], 3)) is None


def test_many_vectors_are_read_in_several_steps():
    numbers = np.random.default_rng(0).normal(0, 0.05, (700, 64)).astype(np.float32)
    rows = [[orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY) for value in row] for row in numbers]
    assert_same(read_apart(document(rows, 64))[1], numbers)


@pytest.mark.parametrize("other", [b"1", b"1e-5", b"0.1234567890123456789", b"-12.5"])
def test_numbers_that_are_all_written_in_another_way_are_read_too(other):
    rows = [[other] * 64, [b"0.5"] * 64] * 300
    assert_same(read_apart(document(rows, 64))[1], parsed(document(rows, 64)))


ROW = [b"0.5", b"0.25"]
SOUND = document([ROW, ROW], 2)


@pytest.mark.parametrize(
    "raw",
    {
        "cut short": SOUND[:-1],
        "more after it": SOUND + b"x",
        "another dim": document([ROW, ROW], 3),
        "a dim of billions": document([ROW, ROW], 10**9),
        "rows of different lengths": document([ROW, [*ROW, b"0.5"], [b"0.5"]], 2),
        "no dim": SOUND.replace(b'"dim":2', b'"other":2'),
        "dim is true": document([[b"0.5"]], 1).replace(b'"dim":1', b'"dim":true'),
        "no nodes": document([], 2),
        "dim 0": document([[], []], 0),
        "a vector beside the nodes": SOUND[:-1] + b',"x":{"vector":[0.5,0.5]}}',
        "one node's vector elsewhere": SOUND.replace(b'{"vector":[0.5,0.25],', b'{"vector": [0.5,0.25],', 1)[:-1]
        + b',"x":{"vector":[0.5,0.5]}}',
        "a second vector in a node": SOUND.replace(b'"max_layer":0', b'"vector":[1,1]', 1),
        "nodes twice": SOUND[:-1] + b',"nodes":[]}',
        "a key that ends like it": SOUND.replace(b'{"vector"', b'{"\\"vector"'),
        "a string left open before it": SOUND.replace(b'{"vector"', b'"{"vector"', 1),
        "a list of lists": SOUND.replace(b"[0.5,0.25]", b"[[0.5,0.25]]", 1),
        "not closed": b'{"nodes":[{"vector":[0.5',
        "no object": b'[{"vector":[0.5]}]',
        "not UTF-8": SOUND.replace(b"metadata", b"meta\xffdata", 1),
        "empty": b"",
    }.items(),
    ids=lambda named: named[0],
)
def test_what_is_written_in_another_way_is_left_to_the_parser(raw):
    assert read_apart(raw[1]) is None


def test_other_spaces_are_left_to_the_parser_or_read_as_it_does():
    assert read_apart(SOUND.replace(b'{"vector"', b'{ "vector"')) is None
    for between in (b", ", b",  ", b",\n ", b" ,"):
        _, vectors = read_apart(SOUND.replace(b",0.25", between + b"0.25"))
        assert vectors.tolist() == [[0.5, 0.25]] * 2
