import gzip
import io
import os
import time

import pytest

from vrom.errors import HubError
from vrom.registry.offers.files import ABANDONED_AFTER, copy_file, copy_stream, scratch, sweep, unpack_gzip


def test_a_stream_is_copied_up_to_the_limit(tmp_path):
    assert copy_stream(io.BytesIO(b"12345"), tmp_path / "a", 5) == 5
    assert (tmp_path / "a").read_bytes() == b"12345"
    with pytest.raises(HubError, match="b is larger than the limit of 4 bytes"):
        copy_stream(io.BytesIO(b"12345"), tmp_path / "b", 4)
    assert not (tmp_path / "b").exists()


def test_a_file_that_is_there_is_not_written_over(tmp_path):
    (tmp_path / "a").write_bytes(b"mine")
    (tmp_path / "b").write_bytes(b"theirs")
    with pytest.raises(HubError, match="Cannot read or write"):
        copy_file(tmp_path / "b", tmp_path / "a", 100)


@pytest.mark.parametrize(
    "damage", [lambda raw: raw[:-9], lambda raw: b"x" + raw, lambda raw: raw[:20] + b"?" + raw[21:]]
)
def test_a_damaged_gzip_copy_leaves_nothing(tmp_path, damage):
    (tmp_path / "copy.gz").write_bytes(damage(gzip.compress(os.urandom(1000))))
    with pytest.raises(HubError, match="not a valid gzip file"):
        unpack_gzip(tmp_path / "copy.gz", tmp_path / "a", 10_000)
    assert not (tmp_path / "a").exists()


def test_a_scratch_folder_goes_whatever_happens(tmp_path):
    with pytest.raises(ZeroDivisionError), scratch(tmp_path / "downloads") as folder:
        (folder / "file").write_text(str(1 // 0))
    assert list((tmp_path / "downloads").iterdir()) == []


@pytest.mark.timeout(60)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders")
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(HubError, match="is not a file"):
        copy_file(tmp_path / "pipe", tmp_path / "copy", 1000)


def test_what_killed_processes_have_left_goes_after_a_week(tmp_path):
    for name in ("old.part", "new.part"):
        (tmp_path / name).touch()
    (tmp_path / "scratch-old").mkdir()
    long_ago = time.time() - 2 * ABANDONED_AFTER
    for name in ("old.part", "scratch-old"):
        os.utime(tmp_path / name, (long_ago, long_ago))
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["new.part"]
    sweep(tmp_path / "nothing")
