"""The first stage of a build: all sources together."""

import http.server
import threading
from pathlib import Path

import pytest

from vrom.builder.document import Skipped
from vrom.builder.read_sources import PartialError, read_documents
from vrom.builder.request import BuildRequest
from vrom.builder.sources import package_source
from vrom.errors import BuildError


@pytest.fixture
def site(tmp_path):
    """The address of a real server with two pages, one of which leads to a third that isn't there."""
    folder = tmp_path / "site"
    (folder / "docs").mkdir(parents=True)
    links = '<a href="/docs/b.html">b</a> <a href="/docs/gone.html">gone</a>'
    for name, body in {"a.html": f"<p>How to warm the pot. {links}</p>", "b.html": "<p>How to boil water.</p>"}.items():
        (folder / "docs" / name).write_text(f"<html><body><main><h1>Page {name}</h1>{body}</main></body></html>")

    class Handler(http.server.SimpleHTTPRequestHandler):
        disable_nagle_algorithm = True

        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/docs/"
    server.shutdown()
    server.server_close()
    thread.join()


def request(*sources: object, **options) -> BuildRequest:
    return BuildRequest(vrom_id="tea", sources=tuple(map(str, sources)), **options)


def crawl(site: str) -> BuildRequest:
    return request(f"{site}a.html", crawl=True, allow_private=True)


def test_sources_are_read_in_their_order(tmp_path):
    for name in ("b.md", "a.md", "logo.png"):
        (tmp_path / name).write_text(f"# Page {name}\n\nText.")
    told: list[int] = []
    read = read_documents(request(tmp_path / "b.md", tmp_path, prefix="p"), tmp_path, progress=told.append)
    assert [document.source_file for document in read.documents] == ["p/b.md", "p/a.md"]
    assert [one.name for one in read.skipped] == ["p/b.md", "*.png"]
    assert told == [1, 2]


def test_what_a_source_turned_out_to_be_is_told(tmp_path):
    read = read_documents(request(package_source("pluggy")), tmp_path)
    [origin] = read.origins
    assert (origin.source, origin.version.split(".")[0].isdigit()) == ("package:pluggy", True)
    assert request("x").version_of(read.origins) == origin.version


def test_a_page_that_could_not_be_fetched_ends_the_build(site, tmp_path):
    with pytest.raises(
        PartialError, match=r"1 page of .* could not be fetched:\n.*gone.html.*404[\s\S]*--allow-partial"
    ):
        read_documents(crawl(site), tmp_path / "pages")


def test_partial_builds_do_without_such_pages_and_name_them(site, tmp_path):
    read = read_documents(crawl(site), tmp_path / "pages", partial=True)
    assert sorted(Path(document.source_file).name for document in read.documents) == ["a.html", "b.html"]
    assert [(one.name, one.failed) for one in read.skipped] == [(f"{site}gone.html", True)]


def test_a_page_that_is_no_documentation_does_not(tmp_path):
    (tmp_path / "a.md").write_text("# A\n\nText.")
    (tmp_path / "b.md").write_text("")
    assert read_documents(request(tmp_path), tmp_path).skipped == [Skipped("b.md", "empty")]


def test_an_empty_folder_is_told_what_is_read(tmp_path):
    with pytest.raises(BuildError, match=r"it has no files\. Supported formats: Markdown, "):
        read_documents(request(tmp_path), tmp_path)


def test_without_any_document_the_reasons_are_named(tmp_path):
    for number in range(12):
        (tmp_path / f"{number:02}.md").write_text("")
    with pytest.raises(BuildError, match=r"No documentation found in .*:\n  00.md: empty\n[\s\S]*… and 2 more"):
        read_documents(request(tmp_path), tmp_path)
