"""The first stage of a build: all sources together."""

import http.server
import threading
from pathlib import Path

import pytest

from vrom.builder.document import Document, Remark, Skipped
from vrom.builder.read_sources import LeftOutError, PartialError, read_documents
from vrom.builder.request import BuildRequest
from vrom.builder.sources.left_out import LeftOut
from vrom.builder.sources.read import package_source
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


def test_a_dead_link_is_named_and_the_build_goes_on(site, tmp_path):
    read = read_documents(crawl(site), tmp_path / "pages")
    assert sorted(Path(document.source_file).name for document in read.documents) == ["a.html", "b.html"]
    assert [(one.name, one.failed) for one in read.skipped] == [(f"{site}gone.html", True)]


def test_a_first_page_that_could_not_be_fetched_ends_the_build(site, tmp_path):
    (tmp_path / "a.md").write_text("# A\n\nText.")
    both = request(tmp_path / "a.md", f"{site}gone.html", allow_private=True)
    with pytest.raises(
        PartialError, match=r"1 page of .* could not be fetched:\n.*gone.html.*404[\s\S]*--allow-partial"
    ):
        read_documents(both, tmp_path / "pages")
    assert len(read_documents(both, tmp_path / "pages", partial=True).documents) == 1


def test_a_site_many_of_whose_pages_could_not_be_fetched_ends_the_build(site, tmp_path):
    links = "".join(f'<a href="/docs/gone-{number}.html">x</a>' for number in range(3))
    (tmp_path / "site" / "docs" / "a.html").write_text(f"<main><h1>Page</h1><p>Text. {links}</p></main>")
    (tmp_path / "more").mkdir()
    for number in range(20):
        (tmp_path / "more" / f"{number}.md").write_text("# A\n\nText.")
    with pytest.raises(PartialError, match="3 pages of"):
        read_documents(request(tmp_path / "more", f"{site}a.html", crawl=True, allow_private=True), tmp_path / "pages")


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


class TestTooMuchLeftOut:
    @pytest.fixture
    def folder(self, tmp_path):
        for number in range(4):
            (tmp_path / f"{number}.md").write_text(f"# Page {number}\n\nText.")
        (tmp_path / "a.sdoc").write_text("Text.")
        return tmp_path

    def test_more_than_a_fifth_is_refused_if_strict(self, folder):
        assert not read_documents(request(folder), folder, strict=True).left_out.is_much
        (folder / "b.sdoc").write_text("Text.")
        assert read_documents(request(folder), folder).left_out.is_much
        with pytest.raises(LeftOutError, match=r"2 of 6 documentation files[\s\S]*\*\.sdoc: documentation that"):
            read_documents(request(folder), folder, strict=True)

    def test_images_and_source_code_do_not_count(self, folder):
        for number in range(100):
            (folder / f"{number}.png").write_bytes(b"x")
        assert not read_documents(request(folder), folder).left_out.is_much


class TestRemarks:
    def documents(self, *lost):
        gone = [Remark("included file not found", f"a{number}.py", lost=is_lost) for number, is_lost in enumerate(lost)]
        return [Document(f"{number}.md", "x", "x", remarks=(remark,)) for number, remark in enumerate(gone)]

    def test_they_are_grouped_by_subject_with_an_example(self):
        guessed = Document("z.md", "x", "x", remarks=(Remark("encoding guessed", "cp1252"),) * 3)
        first, second = LeftOut([guessed, *self.documents(True, True)], []).remarks
        assert (first.subject, first.count, first.pages, first.example, first.page, first.lost) == (
            "included file not found", 2, 2, "a0.py", "0.md", True,
        )  # fmt: skip
        assert (second.subject, second.count, second.pages, second.lost) == ("encoding guessed", 3, 1, False)

    def test_parts_missing_from_more_than_a_fifth_of_the_pages_are_much(self):
        assert LeftOut(self.documents(True, False, False), []).is_much
        assert not LeftOut(self.documents(True, False, False, False, False), []).is_much
        assert LeftOut(self.documents(True, False, False), []).describe() == "parts of 1 of 3 pages"
