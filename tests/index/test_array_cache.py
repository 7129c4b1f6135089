import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from vrom.index import array_cache as module
from vrom.index.array_cache import stored, wait_until_written
from vrom.storage.array_file import open_arrays, save_arrays

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


LARGE = {"one": np.arange(2**20, dtype=np.int32)}
"""What is written by a thread."""


def large_fits(arrays):
    return len(arrays["one"]) == 2**20


@pytest.fixture
def slow_disk(monkeypatch):
    """Writing waits until it is let on."""
    may_go_on = threading.Event()

    def save(file, arrays, about):
        may_go_on.wait()
        save_arrays(file, arrays, about)

    monkeypatch.setattr(module, "save_arrays", save)
    yield may_go_on
    may_go_on.set()
    wait_until_written()


def test_large_arrays_are_used_before_they_are_written(tmp_path, slow_disk):
    made = stored(tmp_path / "a.bin", lambda: LARGE, large_fits)
    assert made is LARGE
    assert not (tmp_path / "a.bin").exists()
    slow_disk.set()
    wait_until_written()
    assert np.array_equal(open_arrays(tmp_path / "a.bin").arrays["one"], LARGE["one"])
    assert {path.name for path in tmp_path.iterdir()} <= {"a.bin", "a.bin.lock"}


def test_who_asks_for_them_meanwhile_waits(tmp_path, slow_disk):
    stored(tmp_path / "a.bin", lambda: LARGE, large_fits)
    threading.Timer(0.1, slow_disk.set).start()
    again = stored(tmp_path / "a.bin", must_not_make, large_fits)
    assert not again["one"].flags.owndata


def test_what_is_to_follow_follows_when_the_file_is_there(tmp_path, slow_disk):
    done = []
    stored(tmp_path / "a.bin", lambda: LARGE, large_fits, lambda: done.append((tmp_path / "a.bin").exists()))
    assert done == []
    slow_disk.set()
    wait_until_written()
    stored(tmp_path / "a.bin", must_not_make, large_fits, lambda: done.append("again"))
    stored(tmp_path / "small.bin", make, fits, lambda: done.append((tmp_path / "small.bin").exists()))
    assert done == [True, "again", True]


def test_the_largest_are_given_back_to_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_WORTH_A_THREAD", range(1, 2**20))
    assert not stored(tmp_path / "a.bin", lambda: LARGE, large_fits)["one"].flags.owndata


def test_where_writing_fails_later_arrays_stay_in_memory(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "save_arrays", fail)
    for _ in range(2):
        assert stored(tmp_path / "a.bin", lambda: LARGE, large_fits) is LARGE
        wait_until_written()
    assert {path.name for path in tmp_path.iterdir()} <= {"a.bin.lock"}


END = """
import sys
from pathlib import Path
import numpy as np
from vrom.index.array_cache import stored
stored(Path(sys.argv[1]), lambda: {"one": np.arange(2**20, dtype=np.int32)}, lambda found: True)
"""


@pytest.mark.timeout(60)
def test_a_process_ends_when_its_files_are_there_and_another_opens_them(tmp_path):
    subprocess.run([sys.executable, "-c", END, str(tmp_path / "a.bin")], check=True)
    assert large_fits(stored(tmp_path / "a.bin", must_not_make, large_fits))


def test_what_a_killed_process_has_left_is_removed(tmp_path):
    left = tmp_path / ".a.bin.0123456789abcdef.new"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    stored(tmp_path / "a.bin", make, fits)
    assert not left.exists()


@pytest.mark.timeout(60)
@pytest.mark.timeout(30)
def test_a_stopped_process_that_holds_the_lock_does_not_stop_this_one(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.2)
    code = "import sys, time, filelock; one = filelock.FileLock(sys.argv[1]); one.acquire()"
    code += "; print('held', flush=True); time.sleep(60)"
    command = [sys.executable, "-c", code, str(tmp_path / "a.bin.lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        os.kill(holder.pid, signal.SIGSTOP)
        try:
            assert same(stored(tmp_path / "a.bin", make, fits))
            assert not (tmp_path / "a.bin").exists()
        finally:
            holder.kill()
    assert same(stored(tmp_path / "a.bin", make, fits))
    assert (tmp_path / "a.bin").exists()
