"""Folders and files as sources."""

import os

import pytest

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.files import read as files
from vrom.builder.sources.files.foreign_formats import find_way_round
from vrom.builder.sources.read import read_sources
from vrom.errors import BuildError


@pytest.fixture
def read(tmp_path):
    """Write files by name and content, and read the folder that holds them."""

    def read(files, prefix=""):
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(read_sources([tmp_path], prefix))

    return read


def names(found):
    return [one.source_file for one in found if isinstance(one, Document)]


def skipped(found):
    return {one.name: one.reason for one in found if isinstance(one, Skipped)}


def test_every_kind_of_file_is_read(read):
    notebook = (
        '{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [{"cell_type": "markdown", "metadata": {}, '
    )
    found = read(
        {
            "a.md": "# Title\n\nText.",
            "b.rst": "Title\n=====\n\nText.",
            "c.html": "<h1>Title</h1><p>Text.</p>",
            "d.ipynb": notebook + '"source": "# Title\\n\\nText."}]}',
            "e.txt": "# Title\n\nText.",
            "llms-full.txt": "# Title\n\nText.",
        }
    )
    assert {(one.title, one.text.strip()) for one in found} == {("Title", "# Title\n\nText.")}
    assert len(found) == 6


def test_documents_are_named_by_their_path_in_the_folder_in_order(read):
    assert names(read({"b.md": "x", "a/c.mdx": "x", "a/b.txt": "x", "A.rst": "x"})) == [
        "A.rst",
        "a/b.txt",
        "a/c.mdx",
        "b.md",
    ]


@pytest.mark.parametrize("prefix", ["trl", "trl/", "/trl/"])
def test_a_prefix_goes_before_the_path(read, prefix):
    assert names(read({"a/b.md": "x"}, prefix)) == ["trl/a/b.md"]


def test_a_single_file_goes_by_its_name(tmp_path):
    file = tmp_path / "page.md"
    file.write_text("x")
    assert names(read_sources([file])) == ["page.md"]
    assert names(read_sources([str(file)], "p")) == ["p/page.md"]


def test_of_two_pages_with_one_name_the_first_counts(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.md").write_text(folder)
    found = list(read_sources([tmp_path / "one", tmp_path / "two"]))
    assert [one.text for one in found if isinstance(one, Document)] == ["one"]
    assert "prefix" in skipped(found)["a.md"]


def test_a_source_that_is_not_there_is_an_error_before_anything_is_read(tmp_path):
    (tmp_path / "a.md").write_text("x")
    with pytest.raises(BuildError, match="does not exist"):
        next(read_sources([tmp_path, tmp_path / "missing"]))


def test_what_is_hidden_or_put_there_by_tools_is_not_read(read):
    assert names(read({".git/a.md": "x", "node_modules/a.md": "x", ".a.md": "x", "a.md": "x"})) == ["a.md"]


def test_files_of_other_kinds_are_counted(read):
    assert skipped(read({"a.png": "x", "b.png": "x", "LICENSE": "x", "a.md": "x"})) == {
        "*.png": "not documentation (2 files)",
        "files without a suffix": "not documentation (1 file)",
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"text\0more", "binary file: NUL byte at 4"),
        (b"\xff\xfea", "UTF-16"),
        (b"x" * 1_000_001, "a line of 1,000,001 characters"),
        (b"GIF89a\x81\x01\x02\xff\xfe\x80\x90" * 50, "neither UTF-8"),
    ],
)
def test_a_file_that_holds_no_text_is_named_with_the_reason(read, content, reason):
    found = read({"bad.md": content, "good.md": "x"})
    assert reason in skipped(found)["bad.md"]
    assert names(found) == ["good.md"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (
            "script.html",
            "<html><body><script>" + "x = 1;" * 1_000 + "</script></body></html>",
            "no text besides scripts",
        ),
        ("data.ipynb", "{}", "not a Jupyter notebook"),
        ("index.rst", ".. toctree::\n\n   a", "no text, only directives"),
    ],
)
def test_a_page_without_documentation_is_named_with_the_reason(read, name, content, reason):
    found = read({name: content, "z.md": "x"})
    assert reason in skipped(found)[name]
    assert names(found) == ["z.md"]


def test_a_file_that_may_not_be_read_is_named(read, tmp_path):
    (tmp_path / "link.md").symlink_to(tmp_path / "nowhere")
    assert "cannot be read" in skipped(read({"good.md": "x"}))["link.md"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Größe\r\nund\rmehr".encode(), "Größe\nund\nmehr"),
        ("\ufeffGröße".encode(), "Größe"),
        ("Größe".encode("utf-16"), "Größe"),
        ("Die Größe des Fußes überrascht selbst Ärzte in Österreich.".encode("latin-1"), "Die Größe des Fußes"),
        ("It’s a word – here… and there’s more".encode().decode("cp1252").encode(), "It’s a word –"),
    ],
)
def test_text_of_any_encoding_is_read(read, content, text):
    [document] = read({"a.md": content})
    assert document.text.startswith(text)


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("a.md", "# Stated", "Stated"),
        ("dpo_trainer.md", "Text.", "Dpo trainer"),
        ("data-sets/index.md", "Text.", "Data sets"),
        ("data/README.md", "Text.", "Data"),
        ("FAQ.txt", "Text.", "FAQ"),
    ],
)
def test_the_title_of_a_page_without_one_is_its_name(read, name, content, title):
    [document] = read({name: content})
    assert document.title == title


@pytest.mark.timeout(60)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_nobody_waits_for_a_pipe(read, tmp_path):
    os.mkfifo(tmp_path / "b.md")
    found = read({"a.md": "# A"})
    assert names(found) == ["a.md"]
    assert "a pipe" in skipped(found)["b.md"]


def test_a_file_larger_than_any_documentation_is_named(read, monkeypatch):
    monkeypatch.setattr("vrom.builder.sources.files.read.LARGEST_FILE", 10)
    assert "more than the limit of 10" in skipped(read({"a.md": "x" * 11}))["a.md"]


def test_formats_that_a_name_tells_are_read(read):
    found = read(
        {
            "a.adoc": "= Title\n\nText.",
            "b.org": "#+TITLE: Title\n\nText.",
            "c.pod": "=head1 NAME\n\nTitle\n",
            "d.Rd": "\\name{Title}\\title{Title}\\description{Text.}",
            "e.texi": "@settitle Title\n@top Title\nText.\n",
            "f.dbk": "<article><title>Title</title><para>Text.</para></article>",
        }
    )
    assert [one.title for one in found] == ["Title"] * 6


def test_formats_that_the_content_tells_are_read_and_others_of_the_name_counted(read):
    found = read(
        {
            "api.yaml": "openapi: 3.0.0\ninfo: {title: Jobs}\npaths: {}\n",
            "ci.yaml": "jobs: {}\n",
            "events.json": '{"asyncapi": "2.0.0", "info": {"title": "Jobs"}}',
            "package.json": "{}",
            "put.3": ".TH PUT 3\n.SH NAME\nput\n",
            "lib.so.1": "\x7fELF\0",
            "book.xml": "<book><title>Jobs</title><para>Text.</para></book>",
            "pom.xml": "<project/>",
            "old.txt": "= Jobs\n\nText.\n\n== Part\n\n[source]\n----\nx\n----\n",
            "key.asc": "-----BEGIN PGP SIGNATURE-----\n",
        }
    )
    assert names(found) == ["api.yaml", "book.xml", "events.json", "old.txt", "put.3"]
    assert set(skipped(found)) == {"*.yaml", "*.json", "*.1", "*.xml", "*.asc"}


def test_binary_formats_get_their_bytes(read):
    found = read({"a.pdf": b"%PDF-1.4\n\xff\0", "b.docx": b"PK\3\4\0"})
    assert "PDF" in skipped(found)["a.pdf"]
    assert skipped(found)["b.docx"] == "not a DOCX document"


class TestDocumentationWithoutAReader:
    def test_it_is_told_from_what_is_no_documentation_and_comes_first(self, read):
        found = read({"a.png": "x", "a.sdoc": "x", "b.SDOC": "x", "a.py": "x", "a.md": "x"})
        kinds = [one for one in found if isinstance(one, Skipped)]
        assert [(one.name, one.lost, one.count) for one in kinds] == [
            ("*.sdoc", True, 2), ("*.png", False, 1), ("*.py", False, 1),
        ]  # fmt: skip
        assert kinds[0].reason == "documentation that vrom can't read (2 files)"
        assert "HTML" in kinds[0].way_round

    @pytest.mark.parametrize("name", ["a.doc", "a.textile", "a.md.erb", "guide.html.j2", "a.epub"])
    def test_each_has_a_way_round(self, name):
        assert find_way_round(name)

    @pytest.mark.parametrize("name", ["a.png", "a.py", "lib.so.1", "v1.2", "a.erb", "LICENSE", ".gitignore", "a.json"])
    def test_other_files_are_none(self, name):
        assert not find_way_round(name)


@pytest.mark.parametrize("error", [KeyError("br"), RecursionError(), IndexError(), MemoryError()])
def test_a_reader_that_fails_costs_one_page(read, monkeypatch, error):
    def fail(text, name):
        raise error

    monkeypatch.setitem(files._READERS, ".md", fail)
    found = read({"a.md": "x", "b.txt": "Text."})
    assert names(found) == ["b.txt"]
    [one] = [one for one in found if isinstance(one, Skipped)]
    assert (one.name, one.reason, one.lost) == ("a.md", f"its reader fails: {type(error).__name__}", True)


@pytest.mark.parametrize(("content", "lost"), [(b"", False), (b"\xff\xfea", True), (b"text\0more", True)])
def test_an_empty_file_is_no_loss_and_a_damaged_one_is(read, content, lost):
    [one] = [one for one in read({"a.md": content}) if isinstance(one, Skipped)]
    assert one.lost is lost


class TestLinks:
    def test_linked_folders_within_are_read_by_their_own_path_if_that_is_read(self, read, tmp_path):
        read({"real/a.md": "x"})
        (tmp_path / "also").symlink_to("real")
        found = read({})
        assert names(found) == ["real/a.md"]
        assert skipped(found) == {"also": "a link to a folder that is read already"}

    def test_linked_folders_within_are_read_by_the_link_s_name_if_nothing_else_leads_there(self, read, tmp_path):
        read({"_build/guide/deep/a.md": "x", "docs/b.md": "x"})
        (tmp_path / "docs" / "guide").symlink_to("../_build/guide")
        assert names(read({})) == ["docs/b.md", "docs/guide/deep/a.md"]

    def test_circles_of_links_come_to_an_end(self, read, tmp_path):
        read({"a/a.md": "x", "b/b.md": "x"})
        (tmp_path / "a" / "b").symlink_to(tmp_path / "b")
        (tmp_path / "b" / "a").symlink_to(tmp_path / "a")
        (tmp_path / "b" / "self").symlink_to(".")
        (tmp_path / "top").symlink_to(tmp_path)
        (tmp_path / "loop").symlink_to("loop")
        (tmp_path / "loop.md").symlink_to("loop.md")
        found = read({})
        assert names(found) == ["a/a.md", "b/b.md"]
        assert "cannot be read" in skipped(found)["loop.md"]

    def test_links_out_of_the_folder_are_named_and_not_read(self, tmp_path):
        outside, docs = tmp_path / "outside", tmp_path / "docs"
        for folder in (outside, docs):
            folder.mkdir()
            (folder / "a.md").write_text("x")
        (docs / "linked").symlink_to(outside)
        (docs / "b.md").symlink_to("../outside/a.md")
        found = list(read_sources([docs], "p"))
        assert names(found) == ["p/a.md"]
        left_out = {one.name: one for one in found if isinstance(one, Skipped)}
        assert set(left_out) == {"p/linked", "p/b.md"}
        assert all("a link out of the folder, to " in one.reason and one.lost for one in left_out.values())

    def test_a_source_that_is_a_link_itself_is_read(self, read, tmp_path):
        read({"real/a.md": "x"})
        (tmp_path / "link").symlink_to("real")
        assert names(read_sources([tmp_path / "link"])) == ["a.md"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_what_may_not_be_entered_is_named(read, tmp_path):
    read({"a.md": "x", "closed/b.md": "x", "c.md": "x"})
    (tmp_path / "closed").chmod(0)
    (tmp_path / "c.md").chmod(0)
    found = read({})
    (tmp_path / "closed").chmod(0o700)
    assert skipped(found) == {
        "closed": "a folder that cannot be read: Permission denied", "c.md": "cannot be read: Permission denied",
    }  # fmt: skip
