"""A folder that appears whole or not at all, whatever happens to the process that writes it."""

import os
import sys
import time

import pytest

from vrom.storage import atomic as replace
from vrom.storage.atomic import replacing


def fill(folder, text):
    with replacing(folder) as new:
        (new / "one").write_text(text)
        (new / "two").write_text(text)


def content(folder):
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_the_folder_holds_what_was_written(tmp_path):
    fill(tmp_path / "folder", "new")
    assert content(tmp_path / "folder") == {"one": "new", "two": "new"}


def test_nothing_of_the_old_stays(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "old").write_text("old")
    fill(tmp_path / "folder", "new")
    assert content(tmp_path / "folder") == {"one": "new", "two": "new"}
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


def test_a_failure_changes_nothing(tmp_path):
    fill(tmp_path / "folder", "old")
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "folder") as new:
        (new / "one").write_text((tmp_path / "nowhere").read_text())
    assert content(tmp_path / "folder") == {"one": "old", "two": "old"}
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


def test_what_is_being_written_stands_under_a_name_that_readers_pass_over(tmp_path):
    with replacing(tmp_path / "folder") as new:
        assert new.parent == tmp_path
        assert new.name.startswith(".")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what the file system of others can do isn't known")
def test_the_two_change_places_in_one_step(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    assert replace.exchange(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "one" / "file").read_text() == "other"
    with pytest.raises(FileNotFoundError):
        replace.exchange(tmp_path / "one", tmp_path / "nothing")


class TestWithoutExchange:
    """On a file system that can't let two folders change places."""

    def test_the_old_is_set_aside_first(self, tmp_path):
        for name in ("new", "folder"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "file").write_text(name)
        replace.put_in_place(tmp_path / "new", tmp_path / "folder", exchange=lambda *_: False)
        assert content(tmp_path / "folder") == {"file": "new"}
        assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]

    def test_what_was_set_aside_when_a_process_was_killed_is_put_back(self, tmp_path):
        fill(tmp_path / "folder", "old")
        (tmp_path / "folder").rename(tmp_path / ".folder.old")
        with pytest.raises(FileNotFoundError), replacing(tmp_path / "folder"):
            (tmp_path / "nowhere").read_text()
        assert content(tmp_path / "folder") == {"one": "old", "two": "old"}

    def test_what_was_set_aside_goes_when_the_new_is_there(self, tmp_path):
        fill(tmp_path / ".folder.old", "older")
        fill(tmp_path / "folder", "old")
        fill(tmp_path / "folder", "new")
        assert content(tmp_path / "folder") == {"one": "new", "two": "new"}
        assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


class TestWhatIsLeftHalfWritten:
    """By a process that was killed: the next one that writes beside it, whatever it writes, removes it."""

    def left(self, folder, name, *, age):
        path = folder / f".{name}.0123456789abcdef.new"
        path.mkdir()
        (path / "one").write_text("half")
        moment = time.time() - age
        os.utime(path, (moment, moment))
        return path

    @pytest.mark.parametrize("name", ["folder", "other", "a[b]*"])
    def test_it_goes_when_nobody_is_at_work_on_it(self, tmp_path, name):
        self.left(tmp_path, name, age=2 * replace.ABANDONED_AFTER)
        fill(tmp_path / "folder", "new")
        assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]

    @pytest.mark.skipif(os.name != "posix", reason="there are no such locks")
    def test_it_goes_soon(self, tmp_path):
        self.left(tmp_path, "folder", age=2 * replace.YOUNG)
        fill(tmp_path / "folder", "new")
        assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]

    def test_it_stays_while_it_may_just_have_been_made(self, tmp_path):
        left = self.left(tmp_path, "folder", age=0)
        fill(tmp_path / "folder", "new")
        assert left.exists()

    @pytest.mark.skipif(os.name != "posix", reason="there are no such locks")
    def test_it_stays_while_somebody_is_at_work_on_it_however_long(self, tmp_path):
        with replacing(tmp_path / "slow") as new:
            os.utime(new, (0, 0))
            fill(tmp_path / "folder", "new")
            (new / "one").write_text("new")
        assert content(tmp_path / "slow") == {"one": "new"}

    def test_files_of_others_stay_whatever_they_are_called(self, tmp_path):
        for name in (".folder.new", "0123456789abcdef.new", ".folder.0123456789abcdef.new.txt"):
            (tmp_path / name).mkdir()
            os.utime(tmp_path / name, (0, 0))
        fill(tmp_path / "folder", "new")
        assert len(list(tmp_path.iterdir())) == 4

    def test_a_file_that_was_half_written_goes_too(self, tmp_path):
        (tmp_path / ".file.0123456789abcdef.new").write_text("half")
        os.utime(tmp_path / ".file.0123456789abcdef.new", (0, 0))
        replace.sweep(tmp_path)
        assert list(tmp_path.iterdir()) == []


def test_a_folder_may_have_any_name(tmp_path):
    fill(tmp_path / "a[b]*", "old")
    fill(tmp_path / "a[b]*", "new")
    assert content(tmp_path / "a[b]*") == {"one": "new", "two": "new"}
