"""Folders of built sites."""

from vrom.builder.document import Document
from vrom.builder.sources.read import read_sources


def test_copies_of_the_sources_are_passed_over_where_the_pages_are_read(tmp_path):
    (tmp_path / "_sources").mkdir()
    (tmp_path / "_sources" / "guide.rst.txt").write_text("Guide\n=====\n\nText.")
    (tmp_path / "_sources" / "lonely.rst.txt").write_text("Lonely\n======\n\nText.")
    (tmp_path / "guide.html").write_text("<main><h1>Guide</h1><p>Text.</p></main>")
    found = list(read_sources([tmp_path]))
    names = {entry.source_file for entry in found if isinstance(entry, Document)}
    assert names == {"_sources/lonely.rst.txt", "guide.html"}
    assert [(entry.name, entry.reason) for entry in found if not isinstance(entry, Document)] == [
        ("_sources", "sources of pages that are read (1 file)")
    ]


def test_of_a_docset_the_pages_are_read_under_their_own_names(tmp_path):
    pages = tmp_path / "Lib.docset" / "Contents" / "Resources" / "Documents"
    pages.mkdir(parents=True)
    (pages / "guide.html").write_text("<main><h1>Guide</h1><p>Text.</p></main>")
    (pages.parent / "docSet.dsidx").write_bytes(b"SQLite format 3\0")
    assert [entry.source_file for entry in read_sources([pages.parents[2]]) if isinstance(entry, Document)] == [
        "guide.html"
    ]
