import numpy as np
import pytest

from vrom.package.arrays import save_arrays
from vrom.search.stored import stored

ARRAYS = {"one": np.arange(5, dtype=np.int32), "none": np.zeros(0, dtype=np.float32)}


def make():
    return ARRAYS


def fits(arrays):
    return len(arrays["one"]) == 5 and len(arrays["none"]) == 0


def must_not_make():
    pytest.fail("made again what was there")


def same(arrays):
    return arrays.keys() == ARRAYS.keys() and all(np.array_equal(arrays[name], ARRAYS[name]) for name in ARRAYS)


def test_what_was_made_is_opened_as_a_map_the_next_time(tmp_path):
    assert same(stored(tmp_path / "a.bin", make, fits))
    again = stored(tmp_path / "a.bin", must_not_make, fits)
    assert same(again)
    assert not again["one"].flags.owndata
    assert not again["one"].flags.writeable


def test_without_a_file_arrays_stay_in_memory():
    assert same(stored(None, make, fits))


def cut_short(file):
    whole = file.read_bytes()
    file.unlink()
    file.write_bytes(whole[:-4])


def other_bytes(file):
    file.unlink()
    file.write_bytes(b"not an array")


def one_missing(file):
    save_arrays(file, {"one": ARRAYS["one"]}, {})


def too_long(file):
    save_arrays(file, ARRAYS | {"one": np.arange(9)}, {})


def all_missing(file):
    save_arrays(file, {}, {})


def gone(file):
    file.unlink()


@pytest.mark.parametrize("damage", [cut_short, other_bytes, one_missing, too_long, all_missing, gone])
def test_what_is_damaged_is_made_again(tmp_path, damage):
    stored(tmp_path / "a.bin", make, fits)
    damage(tmp_path / "a.bin")
    assert same(stored(tmp_path / "a.bin", make, fits))
    assert same(stored(tmp_path / "a.bin", must_not_make, fits))


def test_nothing_else_is_left_behind(tmp_path):
    stored(tmp_path / "a.bin", make, fits)
    assert {path.name for path in tmp_path.iterdir()} <= {"a.bin", "a.bin.lock"}


def test_where_nothing_can_be_written_arrays_stay_in_memory(tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert same(stored(tmp_path / "file" / "a.bin", make, fits))
