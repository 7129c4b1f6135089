"""A document that stops its parser is named and skipped; the others are read."""

import subprocess
import time

import pytest

from vrom.builder.document import Document, Remark
from vrom.builder.sources import isolated
from vrom.builder.sources.files.read import read_path
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.isolated import read_isolated

DEFINITIONS = [f".. |a{i}| replace:: {' '.join([f'|a{i - 1}|'] * 10)}" for i in range(9, 0, -1)]
BOMB = "\n".join([*DEFINITIONS, ".. |a0| replace:: x"]) + "\n\nText |a9|.\n"
"""Nested substitutions, the outermost first: 10^9 times x in 900 bytes."""


@pytest.fixture(autouse=True)
def little_time(monkeypatch):
    monkeypatch.setattr(isolated, "SECONDS", 5.0)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_document_that_never_ends_is_read_line_by_line_and_the_next_one_as_ever(tmp_path, monkeypatch):
    (tmp_path / "a.rst").write_text("First\n=====\n\nText of the first.")
    (tmp_path / "b.rst").write_text(BOMB)
    (tmp_path / "c.rst").write_text("Last\n====\n\nText of the last.")
    begun = time.monotonic()
    found = list(read_path(tmp_path))
    assert [one.source_file for one in found if isinstance(one, Document)] == ["a.rst", "b.rst", "c.rst"]
    assert "Text |a9|." in found[1].text
    assert [one.remarks for one in found] == [
        (),
        (Remark("reStructuredText read line by line", "b.rst: parsing it took more than 5 s"),),
        (),
    ]
    assert time.monotonic() - begun < 100


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("rst", "Title\n=====\n\nText.", "# Title"),
        ("html", "<html><body><h1>Title</h1><p>Text.</p></body></html>", "# Title"),
        ("notebook", '{"cells": [{"cell_type": "markdown", "metadata": {}, "source": "# Title"}], "metadata": {}, '
         '"nbformat": 4, "nbformat_minor": 4}', "# Title"),
    ],
)  # fmt: skip
def test_the_parsers_give_what_they_give_without_it(kind, text, expected):
    (document,) = read_isolated(kind, text, "a")
    assert document.text.startswith(expected)
    assert document.title == "Title"


def test_errors_of_a_parser_arrive_as_they_are():
    with pytest.raises(UnreadableError, match="no text besides scripts"):
        list(read_isolated("html", "<script>x</script>", "a.html"))


def test_what_a_parser_prints_is_no_answer_and_surrogates_pass():
    (document,) = read_isolated("rst", ".. image:: nothing.png\n\nText with \ud800.", "a.rst")
    assert "Text with" in document.text


def test_a_child_that_was_killed_between_two_documents_costs_none_of_them():
    list(read_isolated("rst", "Text.", "a.rst"))
    with isolated._children.borrow() as child:
        child._process.kill()
        child._process.wait()
    assert list(read_isolated("rst", "Text.", "a.rst"))


def test_threads_that_read_at_once_have_children_of_their_own():
    with isolated._children.borrow() as one, isolated._children.borrow() as other:
        assert one is not other
    with isolated._children.borrow() as again:
        assert again in (one, other)


def test_a_child_that_ends_within_a_document_is_not_said_to_have_been_slow(monkeypatch):
    monkeypatch.setattr(isolated, "_start", lambda: subprocess.Popen(["false"], stdin=-1, stdout=-1))
    isolated._children.stop()
    with pytest.raises(UnreadableError, match="ended without an answer"):
        list(read_isolated("html", "<p>Text.", "a.html"))


def test_a_module_of_the_working_folder_is_never_imported(tmp_path, monkeypatch):
    (tmp_path / "docutils.py").write_text(f"open({str(tmp_path / 'it-ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    isolated._children.stop()
    assert list(read_isolated("rst", "Text.", "a.rst"))
    assert not (tmp_path / "it-ran").exists()
