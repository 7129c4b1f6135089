"""Archives: nothing is written outside, whatever their members are called or claim to be."""

import io
import json
import stat
import tarfile
import zipfile
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vrom.errors import HubError
from vrom.registry.offers.archive import MAX_MEMBERS, is_archive, unpack
from vrom.registry.offers.offers import from_path

LIMIT = 1_000_000
GOOD = {"manifest.json": b"{}", "index.json": b"[1]"}


def make_zip(file, members):
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members:
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = name
            archive.writestr(info, content)
    return file


def make_tar(file, members, **attributes):
    with tarfile.open(file, "w:gz") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            for key, value in attributes.get(name, {}).items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(content))
    return file


MAKERS = pytest.mark.parametrize("make", [make_zip, make_tar])


@pytest.fixture
def into(tmp_path):
    folder = tmp_path / "outer" / "into"
    folder.mkdir(parents=True)
    return folder


def written(into):
    """Everything below the folder around the target, by path relative to the target."""
    return {str(path.relative_to(into.parent)) for path in into.parent.rglob("*") if path.is_file()}


@MAKERS
@pytest.mark.parametrize("prefix", ["", "kettle/", "./"])
def test_a_package_lies_at_the_top_or_in_one_folder(make, into, tmp_path, prefix):
    members = [(prefix + name, content) for name, content in GOOD.items()]
    unpack(make(tmp_path / "a", [*members, (prefix + "README.md", b"read me")]), into, LIMIT)
    assert {file.name: file.read_bytes() for file in into.iterdir()} == GOOD


@MAKERS
@pytest.mark.parametrize(
    "name",
    [
        "../evil.json", "a/../../evil.json", "/evil.json", "//evil.json", "..\\evil.json", "C:\\evil.json",
        "C:/evil.json", "C:evil.json", "a\\b.json", "..", "/", "a/..",
    ],
)  # fmt: skip
def test_a_member_that_would_leave_the_folder_refuses_the_archive(make, into, tmp_path, name):
    with pytest.raises(HubError, match="would be written outside the target folder"):
        unpack(make(tmp_path / "a", [*GOOD.items(), (name, b"[]")]), into, LIMIT)
    assert not any("evil" in path for path in written(into))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
@pytest.mark.parametrize("name", ["index.json", "other"])
def test_a_link_or_a_device_in_a_tar_refuses_it(into, tmp_path, kind, name):
    archive = make_tar(
        tmp_path / "a", [("manifest.json", b"{}"), (name, b"")], **{name: {"type": kind, "linkname": "/etc/passwd"}}
    )
    with pytest.raises(HubError, match="is a link or a device"):
        unpack(archive, into, LIMIT)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK])
def test_a_link_or_a_device_in_a_zip_refuses_it(into, tmp_path, kind):
    with zipfile.ZipFile(tmp_path / "a", "w") as archive:
        info = zipfile.ZipInfo("index.json")
        info.external_attr = (kind | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(HubError, match="is a link or a device"):
        unpack(tmp_path / "a", into, LIMIT)


@pytest.mark.timeout(60)
class TestBombs:
    def test_a_zip_that_unpacks_to_too_much(self, into, tmp_path):
        with zipfile.ZipFile(tmp_path / "a", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("index.json", b"0" * 50_000_000)
        with pytest.raises(HubError, match=f"limit of {LIMIT:,} bytes"):
            unpack(tmp_path / "a", into, LIMIT)
        assert sum(path.stat().st_size for path in into.rglob("*")) == 0

    def test_several_files_share_the_limit(self, into, tmp_path):
        with zipfile.ZipFile(tmp_path / "a", "w", zipfile.ZIP_DEFLATED) as archive:
            for name in ("a.json", "b.json", "c.json"):
                archive.writestr(name, b"0" * 400_000)
        with pytest.raises(HubError, match="larger than the limit"):
            unpack(tmp_path / "a", into, LIMIT)

    def test_a_tar_that_unpacks_to_too_much_in_a_file_nobody_wants(self, into, tmp_path):
        archive = make_tar(tmp_path / "a", [("film.mp4", b"0" * 50_000_000), *GOOD.items()])
        with pytest.raises(HubError, match="unpacks to more than the allowed"):
            unpack(archive, into, LIMIT)

    def test_a_tar_whose_header_claims_a_name_of_a_gigabyte(self, into, tmp_path):
        info = tarfile.TarInfo("././@LongLink")
        info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1 << 30
        (tmp_path / "a").write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
        with pytest.raises(HubError, match="header of 1073741824 bytes"):
            unpack(tmp_path / "a", into, LIMIT)

    @MAKERS
    def test_too_many_members(self, make, into, tmp_path):
        archive = make(tmp_path / "a", [(f"{number}.txt", b"") for number in range(MAX_MEMBERS + 1)])
        with pytest.raises(HubError, match="exceeds the limit of 10000 members"):
            unpack(archive, into, LIMIT * 100)

    @MAKERS
    def test_too_many_json_files(self, make, into, tmp_path):
        with pytest.raises(HubError, match="exceeds the limit of 16 files"):
            unpack(make(tmp_path / "a", [(f"{number}.json", b"") for number in range(17)]), into, LIMIT)

    def test_a_compression_that_takes_memory_at_will(self, into, tmp_path):
        with zipfile.ZipFile(tmp_path / "a", "w", zipfile.ZIP_LZMA) as archive:
            archive.writestr("manifest.json", b"{}")
        with pytest.raises(HubError, match="does not use deflate"):
            unpack(tmp_path / "a", into, LIMIT)


@MAKERS
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice_is_refused(make, into, tmp_path):
    with pytest.raises(HubError, match="occurs twice"):
        unpack(make(tmp_path / "a", [*GOOD.items(), ("manifest.json", b"[]")]), into, LIMIT)


@MAKERS
def test_an_archive_without_a_package_or_with_several_says_so(make, into, tmp_path):
    with pytest.raises(HubError, match=r"no manifest\.json"):
        unpack(make(tmp_path / "a", [("index.json", b"[]")]), into, LIMIT)
    for left in into.iterdir():
        left.unlink()
    with pytest.raises(HubError, match="2 packages, expected one"):
        unpack(make(tmp_path / "b", [("a/manifest.json", b"{}"), ("b/manifest.json", b"{}")]), into, LIMIT)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04", b"\x1f\x8b\x08", b"\x1f\x8b" + bytes(100)])
def test_what_is_no_archive_is_an_error_not_a_crash(into, tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(HubError):
        unpack(tmp_path / "a", into, LIMIT)


@MAKERS
def test_an_archive_that_was_cut_off_is_an_error_not_a_crash(make, into, tmp_path):
    whole = make(
        tmp_path / "a", [("manifest.json", b"{}" * 1000), ("index.json", zlib.compress(bytes(5000)))]
    ).read_bytes()
    for end in range(0, len(whole) - 30, 13):
        (tmp_path / "a").write_bytes(whole[:end])
        with pytest.raises(HubError):
            unpack(tmp_path / "a", into, LIMIT)
        for file in into.iterdir():
            file.unlink()


NAMES = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20),
    st.lists(
        st.sampled_from(["..", ".", "a", "", "C:", "~", "manifest.json", "evil.json"]), min_size=1, max_size=5
    ).map("/".join),
)


@MAKERS
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(names=st.lists(NAMES, min_size=1, max_size=4))
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_whatever_members_are_called_nothing_is_written_outside(make, names, tmp_path_factory):
    tmp = tmp_path_factory.mktemp("case")
    into = tmp / "outer" / "into"
    into.mkdir(parents=True)
    try:
        archive = make(tmp / "a", [(name, b"{}") for name in names])
    except (ValueError, OSError):
        return  # a name that the format can't hold
    try:
        unpack(archive, into, LIMIT)
    except HubError:
        pass
    else:
        assert (into / "manifest.json").is_file()
        assert all(path.suffix == ".json" and path.parent == into for path in into.rglob("*"))
    assert {path.name for path in tmp.iterdir()} == {"a", "outer"}
    assert [path.name for path in (tmp / "outer").iterdir()] == ["into"]


@pytest.mark.parametrize("suffix", [".zip", ".tar.gz", ".tgz", ".tar", ".vrom", ".ZIP"])
def test_archives_are_known_by_their_names(tmp_path, suffix):
    (tmp_path / f"a{suffix}").touch()
    assert is_archive(tmp_path / f"a{suffix}")
    assert not is_archive(tmp_path / "missing.zip")


@MAKERS
def test_a_package_in_an_archive_is_offered(make, kettle, downloads, tmp_path):
    members = [(f"kettle/{file.name}", file.read_bytes()) for file in kettle.iterdir()]
    archive = make(tmp_path / "kettle.vrom", members)
    with from_path(archive, downloads) as offer:
        assert (offer.id, offer.version, offer.origin.address) == ("kettle", "1.0.0", str(archive))
        (tmp_path / "into").mkdir()
        offer.bring(tmp_path / "into", lambda *_: None)
    assert json.loads((tmp_path / "into" / "manifest.json").read_bytes())["vrom_id"] == "kettle"
    assert list((tmp_path / "downloads").iterdir()) == []
