"""Unpacking of what strangers packed."""

import gzip
import io
import tarfile
import zipfile
from contextlib import suppress
from random import Random

import pytest

from vrom.errors import HubError
from vrom.project.sources import archive
from vrom.project.sources.archive import unpack_release


def write_tar(path, *members):
    """Members are names with contents, or `TarInfo`s."""
    with tarfile.open(path, "w:gz") as tar:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                tar.addfile(member)
            else:
                name, content = member
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    return path


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.fixture
def into(tmp_path):
    (tmp_path / "into").mkdir()
    return tmp_path / "into"


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_files_are_unpacked_and_nothing_else(tmp_path, into):
    path = write_tar(
        tmp_path / "a-1.tar.gz",
        ("a-1/docs/index.md", b"# A"),
        ("../outside.md", b"no"),
        ("/absolute.md", b"no"),
        ("a-1\\windows.md", b"no"),
        special("a-1/link.md", tarfile.SYMTYPE, "/etc/passwd"),
        special("a-1/hard.md", tarfile.LNKTYPE, "a-1/docs/index.md"),
        special("a-1/pipe", tarfile.FIFOTYPE),
        special("a-1/device", tarfile.CHRTYPE),
        ("a-1/docs/index.md", b"twice"),
        ("a-1/docs/index.md/below-a-file", b"no"),
        ("a-1/" + "x" * 300, b"too long for a file system"),
    )
    assert unpack_release(path, into) == 10
    assert files(into) == ["a-1/docs/index.md"]
    assert (into / "a-1/docs/index.md").read_bytes() == b"# A"
    assert files(tmp_path) == ["a-1.tar.gz", "into/a-1/docs/index.md"]


def test_a_link_to_a_folder_leads_nothing_outside(tmp_path, into):
    path = write_tar(
        tmp_path / "a-1.tar.gz", special("a-1/docs", tarfile.SYMTYPE, str(tmp_path)), ("a-1/docs/x.md", b"x")
    )
    assert unpack_release(path, into) == 1
    assert files(into) == ["a-1/docs/x.md"]
    assert not (tmp_path / "x.md").exists()


def test_a_wheel_is_a_zip_file(tmp_path, into):
    with zipfile.ZipFile(tmp_path / "a-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("a/__init__.py", "")
        wheel.writestr("../b.py", "")
        link = zipfile.ZipInfo("a/link.py")
        link.external_attr = 0o120777 << 16
        wheel.writestr(link, "/etc/passwd")
    assert unpack_release(tmp_path / "a-1-py3-none-any.whl", into) == 2
    assert files(into) == ["a/__init__.py"]


@pytest.mark.parametrize("content", [b"", b"\x1f\x8bbroken", b"PK\x03\x04broken", b"a" * 2000])
def test_what_is_no_archive_is_refused(tmp_path, into, content):
    (tmp_path / "a-1.tar.gz").write_bytes(content)
    with pytest.raises(HubError, match=r"a-1\.tar\.gz can't be unpacked"):
        unpack_release(tmp_path / "a-1.tar.gz", into)


def test_an_archive_that_breaks_off_is_refused(tmp_path, into):
    path = write_tar(tmp_path / "a-1.tar.gz", ("a.md", bytes(range(256)) * 1000))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(HubError, match="can't be unpacked"):
        unpack_release(path, into)


def test_one_that_unpacks_to_too_much_is_refused(tmp_path, into, monkeypatch):
    monkeypatch.setattr(archive, "MOST_BYTES", 100_000)
    path = write_tar(tmp_path / "a-1.tar.gz", *((f"{i}.md", bytes(60_000)) for i in range(2)))
    with pytest.raises(HubError, match="unpacks to more than 100,000 bytes"):
        unpack_release(path, into)


def test_one_with_too_many_members_is_refused(tmp_path, into, monkeypatch):
    monkeypatch.setattr(archive, "MOST_MEMBERS", 10)
    path = write_tar(tmp_path / "a-1.tar.gz", *((f"{i}.md", b"") for i in range(11)))
    with pytest.raises(HubError, match="more than 10 members"):
        unpack_release(path, into)


def test_a_file_that_is_too_large_is_left_out(tmp_path, into, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_MEMBER", 10)
    path = write_tar(tmp_path / "a-1.tar.gz", ("large.md", b"x" * 11), ("small.md", b"x"))
    assert unpack_release(path, into) == 1
    assert files(into) == ["small.md"]


@pytest.mark.timeout(30)
def test_a_name_of_gigabytes_is_not_read(tmp_path, into):
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 2**32
    path = tmp_path / "a-1.tar.gz"
    path.write_bytes(gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) + bytes(2**20)))
    with pytest.raises(HubError, match="header"):
        unpack_release(path, into)


def test_what_is_skipped_counts_too(tmp_path, into, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_MEMBER", 10)
    monkeypatch.setattr(archive, "MOST_BYTES", 50_000)
    path = write_tar(tmp_path / "a-1.tar.gz", ("a-1/large", bytes(1_000_000)))
    with pytest.raises(HubError, match="unpacks to more than"):
        unpack_release(path, into)


def test_a_zip_file_with_a_directory_of_gigabytes_is_refused_before_it_is_read(tmp_path, into, monkeypatch):
    monkeypatch.setattr(archive, "MOST_MEMBERS", 3)
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as packed:
        for number in range(100):
            packed.writestr(f"a/{number}.py", "")
    with pytest.raises(HubError, match="directory of"):
        unpack_release(tmp_path / "a.whl", into)


@pytest.mark.parametrize("kind", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_compression_that_needs_much_memory_is_left_out(tmp_path, into, kind):
    with zipfile.ZipFile(tmp_path / "a.whl", "w", kind) as packed:
        packed.writestr("a/__init__.py", "x = 1\n" * 100)
    assert unpack_release(tmp_path / "a.whl", into) == 1
    assert files(into) == []


@pytest.mark.parametrize("seed", range(30))
def test_damaged_archives_are_an_error_or_unpacked_in_part(tmp_path, into, seed):
    random = Random(seed)
    path = write_tar(tmp_path / "a-1.tar.gz", ("a-1/docs/index.md", b"# A" * 1000), ("a-1/b" * 40, b"x"))
    with zipfile.ZipFile(tmp_path / "a.whl", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a/__init__.py", "x = 1\n" * 100)
    for number, one in enumerate((path, tmp_path / "a.whl")):
        content = bytearray(one.read_bytes())
        for _ in range(random.randrange(1, 20)):
            content[random.randrange(len(content))] = random.randrange(256)
        one.write_bytes(content)
        (into / str(number)).mkdir()
        with suppress(HubError):
            unpack_release(one, into / str(number))
