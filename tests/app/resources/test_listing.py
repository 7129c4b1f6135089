"""`resources/list`: everything once, a page at a time, and only what a page shows is opened."""

import pytest

from vrom.app.resources.listing import PAGE, ROWS, resource_page
from vrom.errors import InvalidArgumentError
from vrom.index.cartridge import Cartridge

PAGES = {"guide.md": ["# Guide\n\nHow to begin."]}


def pages_of(library):
    cursor = None
    while True:
        page = resource_page(library, cursor)
        yield page.resources
        cursor = page.next_cursor
        if cursor is None:
            return


def uris(library):
    return [resource.uri for page in pages_of(library) for resource in page]


@pytest.fixture
def opened(monkeypatch):
    """The folders that are opened from now on."""
    folders, as_before = [], Cartridge.open
    monkeypatch.setattr(
        Cartridge, "open", lambda folder, *arguments: folders.append(folder.name) or as_before(folder, *arguments)
    )
    return folders


def test_cartridges_come_first_then_their_documents_in_order(make_package, library_of, tmp_path):
    make_package("a", PAGES | {"next.md": ["# Next\n\nHow to go on."]})
    make_package("b", PAGES)
    assert uris(library_of(tmp_path / "cartridges")) == [
        "vrom://a", "vrom://b", "vrom://a/guide.md", "vrom://a/next.md", "vrom://b/guide.md",
    ]  # fmt: skip


@pytest.mark.parametrize("documents", [PAGE - 2, PAGE - 1, PAGE, 2 * PAGE + 1])
def test_a_long_list_comes_in_pages_with_nothing_lost_or_twice(make_package, library_of, tmp_path, documents):
    make_package("many", {f"page_{i:03}.md": [f"# Page {i}"] for i in range(documents)})
    library = library_of(tmp_path / "cartridges")
    pages = list(pages_of(library))
    assert [len(page) for page in pages[:-1]] == [PAGE] * (len(pages) - 1)
    assert 0 < len(pages[-1]) <= PAGE
    assert len(set(uris(library))) == len(uris(library)) == documents + 1


def test_a_page_of_cartridges_opens_none_of_them(make_packages, library_of, opened):
    page = resource_page(library_of(make_packages(150)), None)
    assert [resource.uri for resource in page.resources] == sorted(resource.uri for resource in page.resources)
    assert len(page.resources) == PAGE
    assert opened == []


def test_a_page_of_documents_opens_so_many_cartridges_at_most(make_packages, library_of, opened):
    library = library_of(make_packages(150))
    counts = []
    for _ in pages_of(library):
        counts.append(len(opened))
        opened.clear()
    assert max(counts) <= ROWS
    assert sum(counts) == 150, "each once for the whole list"


def test_only_the_documents_on_the_page_have_a_chunk_decoded(make_package, library_of, tmp_path):
    make_package("many", {f"page_{i:03}.md": [f"# Page {i}", "More."] for i in range(3 * PAGE)})
    library = library_of(tmp_path / "cartridges")
    chunks = library.open("many").chunks
    before = chunks.decoded
    page = resource_page(library, None)
    assert chunks.decoded - before == len(page.resources) - 1


def test_a_broken_package_is_left_out_and_the_others_are_not(make_package, library_of, tmp_path):
    for name in ("a", "b", "c", "d"):
        make_package(name, PAGES)
    (tmp_path / "cartridges" / "b" / "index.json").write_text("{")
    (tmp_path / "cartridges" / "c" / "manifest.json").write_text("{")
    library = library_of(tmp_path / "cartridges")
    assert [uri for uri in uris(library) if uri.endswith(".md")] == ["vrom://a/guide.md", "vrom://d/guide.md"]
    assert [uri for uri in uris(library) if not uri.endswith(".md")] == ["vrom://a", "vrom://d"]


def test_what_people_would_not_see_of_a_title_is_not_there(make_package, library_of, tmp_path, monkeypatch):
    make_package("kettle", {"guide\u202e.md": ["# Guide\n\nHow to begin."]})
    (_, document) = resource_page(library_of(tmp_path / "cartridges"), None).resources
    assert (document.uri, document.name) == ("vrom://kettle/guide%E2%80%AE.md", "kettle/guide.md")
    assert document.title == "Guide"


@pytest.mark.parametrize("cursor", ["made up", "A", "AAAA", "é", "A" * 32, "9" * 1000])
def test_a_cursor_that_was_made_up_is_refused(make_package, library_of, cursor):
    library = library_of(make_package("kettle", PAGES))
    with pytest.raises(InvalidArgumentError, match="cursor"):
        resource_page(library, cursor)


def test_a_cursor_is_good_as_long_as_the_same_cartridges_are_mounted(make_package, make_packages, library_of):
    root = make_packages(PAGE + 1)
    cursor = resource_page(library_of(root), None).next_cursor
    assert resource_page(library_of(root), cursor).resources[0].uri == "vrom://cartridge-99", "for another process, too"
    make_package("another", PAGES)
    with pytest.raises(InvalidArgumentError, match="have changed"):
        resource_page(library_of(root), cursor)
