"""What a question costs, in counts that don't depend on the machine: files opened, texts embedded."""

import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest

from vrom.answers.search import search_docs
from vrom.library.library import SEARCHED, Library

PAGES = {
    f"page{i}.md": [f"# Kettle {i}\n\n" + f"Fill it, then switch it on, {i} times. " * 20, f"## Errors {i}\n\nEmpty."]
    for i in range(8)
}
QUESTION = "how do I switch the kettle on"

_opened: list[str] | None = None


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _opened is not None and isinstance(arguments[0], str | bytes | Path):
        _opened.append(str(arguments[0]))


sys.addaudithook(_note)  # it can't be taken away again, and does nothing while nobody counts


@contextmanager
def files_opened():
    """The paths that are opened meanwhile, by whichever thread."""
    global _opened
    _opened = found = []
    try:
        yield found
    finally:
        _opened = None


@pytest.fixture(scope="module")
def root(write_package: Callable[..., Path], tmp_path_factory, embedder) -> Path:
    """Two packages of the same pages, embedded once for all tests."""
    root = tmp_path_factory.mktemp("cartridges")
    for name in ("kettle", "toaster"):
        write_package(root, name, PAGES, embedder=embedder)
    return root


@pytest.fixture
def library(root: Path, library_of: Callable[[Path], Library]) -> Library:
    library = library_of(root)
    search_docs(library, "warm up")
    return library


@pytest.fixture
def embedded(library: Library, monkeypatch) -> list[str]:
    """Every text that the model is given from now on."""
    (spec,) = {mount.manifest.embedding_spec for mount in library.mounts() if mount.manifest}
    session, texts = library.embedders.get(spec)._model, []

    def counted(embed):
        def count(given, **options):
            texts.extend(given)
            return embed(given, **options)

        return count

    for name in ("query_embed", "passage_embed"):
        monkeypatch.setattr(session, name, counted(getattr(session, name)))
    return texts


def test_a_question_is_embedded_once_for_all_cartridges(library, embedded):
    search_docs(library, QUESTION)
    assert embedded == [QUESTION]


def test_a_question_asked_again_or_read_on_embeds_nothing(library, embedded):
    first = search_docs(library, QUESTION, top_k=2)
    del embedded[:]
    search_docs(library, QUESTION)
    assert search_docs(library, QUESTION, top_k=2, cursor=first.next_cursor).results
    assert embedded == []


def test_a_search_by_words_embeds_nothing(library, embedded):
    search_docs(library, "kettle errors", mode="lexical")
    assert embedded == []


def test_a_warm_question_opens_no_file(library):
    with files_opened() as opened:
        search_docs(library, QUESTION)
    assert opened == []


def test_a_cartridge_that_nobody_searches_is_not_read(make_package, library_of, embedder):
    root = make_package("kettle", PAGES, embedder=embedder).parent
    make_package("toaster", PAGES, embedder=embedder)
    library = library_of(root)
    with files_opened() as opened:
        search_docs(library, QUESTION, ["kettle"])
    of_the_other = {Path(path).name for path in opened if "toaster" in path}
    assert of_the_other == {"manifest.json"}


def test_of_very_many_cartridges_a_prompt_opens_those_that_its_question_goes_to(make_packages, library_of):
    library = library_of(make_packages(SEARCHED + 20))
    library.open_all(library.select(None, "how do I use topic30"))
    opened = [mount.id for mount in library.mounts() if mount.cartridge]
    assert len(opened) == SEARCHED
    assert "cartridge-30" in opened
    with files_opened() as read:
        search_docs(library, "how do I use topic30", mode="lexical")
    assert not [path for path in read if "cartridge-" in path]
