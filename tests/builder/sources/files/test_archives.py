"""Compressed files and zip files as sources."""

import gzip
import io
import zipfile

import pytest

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.files import archives
from vrom.builder.sources.files.read import read_content
from vrom.builder.sources.read import read_sources


def make_zip(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def read(content, name):
    found = list(read_content(content, name))
    documents = {one.source_file: one.text for one in found if isinstance(one, Document)}
    return documents, {one.name: one.reason for one in found if isinstance(one, Skipped)}


def test_a_compressed_page_is_read_by_the_name_within():
    documents, _ = read(gzip.compress(b"# Title\n"), "man/a.md.gz")
    assert documents == {"man/a.md": "# Title\n"}


def test_every_page_of_a_zip_file_is_read_and_the_rest_counted():
    content = make_zip({"site/index.md": "# One", "site/b.rst": "Two\n===\n", "logo.png": "x", "in.zip": make_zip({})})
    documents, skipped = read(content, "docs.zip")
    assert set(documents) == {"docs.zip/site/index.md", "docs.zip/site/b.rst"}
    assert skipped == {"*.png": "not documentation (1 file)", "*.zip": "not documentation (1 file)"}


@pytest.mark.parametrize("name", ["../out.md", "/tmp/out.md", "a/../../out.md", "c:\\out.md", "a\x01.md"])
def test_nothing_is_written_outside(name, tmp_path):
    documents, skipped = read(make_zip({name: "# Out", "in.md": "# In"}), "docs.zip")
    assert set(documents) == {"docs.zip/in.md"}
    assert "not safe" in skipped["docs.zip/*"]


def test_links_in_a_zip_file_are_left_out():
    link = zipfile.ZipInfo("link.md")
    link.external_attr = 0o120777 << 16
    documents, skipped = read(make_zip({link: "/etc/passwd", "in.md": "# In"}), "docs.zip")
    assert set(documents) == {"docs.zip/in.md"}
    assert skipped == {"docs.zip/*": "not a regular file (1 file)"}


def test_a_zip_bomb_is_cut_off(monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_RATIO", 20)
    documents, skipped = read(make_zip({"a.md": "# In", "bomb.md": "x" * 5_000_000}), "docs.zip")
    assert set(documents) == {"docs.zip/a.md"}
    assert "too large" in skipped["docs.zip/*"]


def test_a_gzip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr("vrom.builder.sources.files.read.LARGEST_FILE", 1_000_000)
    assert "once unpacked" in read(gzip.compress(bytes(3_000_000)), "a.md.gz")[1]["a.md.gz"]


@pytest.mark.parametrize("name", ["a.md.gz", "a.zip"])
@pytest.mark.parametrize(
    "content",
    [b"nothing", gzip.compress(b"# x" * 900)[:40], make_zip({"a.md": "# x"})[:60]],
    ids=["text", "gzip", "zip"],
)
def test_damaged_archives_are_named(content, name):
    documents, skipped = read(content, name)
    assert not documents
    assert "damaged" in skipped[name]


def test_in_a_folder_only_archives_of_documentation_are_opened(tmp_path):
    (tmp_path / "docs.zip").write_bytes(make_zip({"a.md": "# A"}))
    (tmp_path / "data.zip").write_bytes(make_zip({"a.bin": "x"}))
    (tmp_path / "put.3.gz").write_bytes(gzip.compress(b".TH PUT 3\n.SH NAME\nput\n"))
    (tmp_path / "log.1.gz").write_bytes(gzip.compress(b"started\n"))
    found = list(read_sources([tmp_path]))
    assert {one.source_file for one in found if isinstance(one, Document)} == {"docs.zip/a.md", "put.3"}
    assert {one.name: one.reason for one in found if isinstance(one, Skipped)} == {
        "*.gz": "not documentation (1 file)",
        "*.zip": "not documentation (1 file)",
    }
