import numpy as np
import pytest

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
    assert same(stored(tmp_path / "a", make, fits))
    again = stored(tmp_path / "a", must_not_make, fits)
    assert same(again)
    assert isinstance(again["one"], np.memmap)


def test_without_a_folder_arrays_stay_in_memory():
    assert same(stored(None, make, fits))


def cut_short(folder):
    file = folder / "one.npy"
    file.write_bytes(file.read_bytes()[:-4])


def other_bytes(folder):
    (folder / "one.npy").write_bytes(b"not an array")


def one_missing(folder):
    (folder / "none.npy").unlink()


def too_long(folder):
    np.save(folder / "one.npy", np.arange(9))


def all_missing(folder):
    for file in folder.iterdir():
        file.unlink()


def pickled(folder):
    np.save(folder / "one.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)


@pytest.mark.parametrize("damage", [cut_short, other_bytes, one_missing, too_long, all_missing, pickled])
def test_what_is_damaged_is_made_again(tmp_path, damage):
    stored(tmp_path / "a", make, fits)
    damage(tmp_path / "a")
    assert same(stored(tmp_path / "a", make, fits))
    assert same(stored(tmp_path / "a", must_not_make, fits))


def test_nothing_else_is_left_behind(tmp_path):
    stored(tmp_path / "a", make, fits)
    assert {path.name for path in tmp_path.iterdir()} <= {"a", "a.lock"}


def test_where_nothing_can_be_written_arrays_stay_in_memory(tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert same(stored(tmp_path / "file" / "a", make, fits))
