"""Files of arrays: what is written is read, and what is broken is refused."""

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrom.errors import PackageBrokenError, PackageError, PackageNotFoundError
from vrom.storage.array_file import MAGIC, array_parts, open_arrays, save_arrays

ARRAYS = {
    "numbers": np.arange(10, dtype=np.int64),
    "matrix": np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4),
    "bytes": np.frombuffer(b"text", dtype=np.uint8),
    "none": np.zeros((0, 4), dtype=np.float32),
    "flags": np.array([True, False]),
}


@pytest.fixture
def file(tmp_path):
    save_arrays(tmp_path / "a.bin", ARRAYS, {"kind": "test"})
    return tmp_path / "a.bin"


def test_what_was_saved_is_opened(file):
    found = open_arrays(file)
    assert found.about == {"kind": "test"}
    assert found.arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert found.arrays[name].dtype == array.dtype
        assert found.arrays[name].tolist() == array.tolist()


def test_the_same_arrays_give_the_same_bytes():
    assert b"".join(array_parts(ARRAYS, {})) == b"".join(array_parts(dict(ARRAYS), {}))


def test_a_map_stays_what_it_was_when_another_file_takes_its_place(file):
    before = open_arrays(file).arrays["numbers"]
    save_arrays(file, {"numbers": np.zeros(10, dtype=np.int64)}, {})
    assert before.tolist() == list(range(10))
    assert open_arrays(file).arrays["numbers"].tolist() == [0] * 10


def test_many_arrays_with_long_names_have_room_in_the_header(tmp_path):
    many = {f"array of a name that is long {i}": np.array([i]) for i in range(100)}
    save_arrays(tmp_path / "a.bin", many, {})
    assert [int(array[0]) for array in open_arrays(tmp_path / "a.bin").arrays.values()] == list(range(100))


def changed(raw: bytes, **stated: object) -> bytes:
    """The header with other values for the array `numbers`, in the room that it has."""
    length = int.from_bytes(raw[16:24], "little")
    header = orjson.loads(raw[24 : 24 + length])
    header["arrays"]["numbers"] |= stated
    return raw[:24] + orjson.dumps(header).ljust(length) + raw[24 + length :]


BROKEN = {
    "empty": lambda raw: b"",
    "too short": lambda raw: raw[:20],
    "another file": lambda raw: b"{}" * 40,
    "another version": lambda raw: raw.replace(b"arrays 1", b"arrays 2", 1),
    "cut off": lambda raw: raw[:-1],
    "longer": lambda raw: raw + b"\0",
    "a header without end": lambda raw: MAGIC + (2**63).to_bytes(8, "little") + raw[24:],
    "a header that is no JSON": lambda raw: raw[:24] + b"[" + raw[25:],
    "a header that is a list": lambda raw: raw[:24] + b"[]" + b" " * (int.from_bytes(raw[16:24], "little") - 2) + raw[
        24 + int.from_bytes(raw[16:24], "little") :
    ],
    "beyond the end": lambda raw: changed(raw, shape=[10**6]),
    "beyond all numbers": lambda raw: changed(raw, shape=[2**62, 2**62]),
    "a negative size": lambda raw: changed(raw, shape=[-1]),
    "a size of true": lambda raw: changed(raw, shape=[True]),
    "a size that is a fraction": lambda raw: changed(raw, shape=[1.5]),
    "no shape": lambda raw: changed(raw, shape=None),
    "a shape of many": lambda raw: changed(raw, shape=[1] * 40),
    "a negative offset": lambda raw: changed(raw, offset=-64),
    "an offset beyond the end": lambda raw: changed(raw, offset=2**40),
    "an offset between": lambda raw: changed(raw, offset=3),
    "an offset of nothing": lambda raw: changed(raw, offset=None),
    "objects": lambda raw: changed(raw, dtype="|O"),
    "another type": lambda raw: changed(raw, dtype="<c16"),
    "no type": lambda raw: changed(raw, dtype=[]),
}  # fmt: skip


@pytest.mark.parametrize("damage", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_broken_is_refused_by_name(file, damage):
    raw = file.read_bytes()
    file.unlink()
    file.write_bytes(damage(raw))
    with pytest.raises(PackageBrokenError, match=r"a\.bin"):
        open_arrays(file)


def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(PackageNotFoundError, match="nothing"):
        open_arrays(tmp_path / "nothing")
    with pytest.raises(PackageBrokenError, match="can't be read"):
        open_arrays(tmp_path)


@settings(max_examples=200)
@given(data=st.data())
def test_a_header_with_any_bytes_changed_is_read_or_refused(tmp_path_factory, data):
    raw = bytearray(b"".join(array_parts(ARRAYS, {"kind": "test"})))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, 600))] = data.draw(st.integers(0, 255))
    file = tmp_path_factory.mktemp("arrays") / "a.bin"
    file.write_bytes(bytes(raw))
    try:
        found = open_arrays(file).arrays
    except PackageError:
        return
    assert all(array.sum() is not None for array in found.values() if array.dtype != np.bool_)
