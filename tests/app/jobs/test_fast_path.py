import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from mcp.client import Client

from vrom.answers.search import search_docs
from vrom.app.jobs import fast_path
from vrom.app.jobs.fast_path import LONGEST_QUERY, is_short
from vrom.app.server import create_server
from vrom.library.library import Library

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on.", "## Errors\n\nIt doesn't boil when it is empty."]}
QUESTION = "how do I switch it on"


@pytest.fixture
def library(make_package: Callable[..., Path], library_of: Callable[[Path], Library], embedder) -> Library:
    for name in ("kettle", "toaster"):
        root = make_package(name, PAGES, embedder=embedder).parent
    return library_of(root)


@pytest.fixture
def searched(library) -> Library:
    """After a search of all cartridges."""
    search_docs(library, QUESTION)
    return library


def test_the_first_search_is_not_short_and_the_next_one_is(library):
    assert not is_short(library, library.select(None, QUESTION), QUESTION)
    search_docs(library, QUESTION)
    assert is_short(library, library.select(None, QUESTION), QUESTION)
    assert is_short(library, library.select(["toaster"], QUESTION), QUESTION)


def test_a_cartridge_that_was_not_searched_yet_has_to_be_opened(library):
    search_docs(library, QUESTION, ["kettle"])
    assert is_short(library, library.select(["kettle"], QUESTION), QUESTION)
    assert not is_short(library, library.select(["toaster"], QUESTION), QUESTION)
    assert not is_short(library, library.select(None, QUESTION), QUESTION)


def test_one_that_was_opened_and_not_searched_or_by_words_alone_has_more_to_make(library):
    library.open("kettle")
    assert not is_short(library, library.select(["kettle"], QUESTION), QUESTION)
    search_docs(library, QUESTION, ["kettle"], mode="lexical")
    assert not is_short(library, library.select(["kettle"], QUESTION), QUESTION)


def test_one_that_was_replaced_has_to_be_opened_again(searched, make_package, embedder):
    root = searched.mount("kettle").folder.parent
    assert make_package("kettle", PAGES | {"new.md": ["# New"]}, embedder=embedder).parent == root
    searched.refresh(force=True)
    assert not is_short(searched, searched.select(None, QUESTION), QUESTION)


def test_one_that_was_closed_to_make_room_has_to_be_opened_again(searched):
    searched.mount("kettle").close()
    assert not is_short(searched, searched.select(None, QUESTION), QUESTION)


def test_without_its_model_a_search_is_never_known_to_be_short(make_package, tmp_path):
    root = make_package("kettle", PAGES).parent
    library = Library([root], cache=tmp_path / "cache", models=tmp_path / "none")
    search_docs(library, QUESTION)
    assert not is_short(library, library.select(None, QUESTION), QUESTION)


def test_long_questions_and_many_chunks_are_not_short(searched, monkeypatch):
    everything = searched.select()
    assert is_short(searched, everything, "x" * LONGEST_QUERY)
    assert not is_short(searched, everything, "x" * (LONGEST_QUERY + 1))
    monkeypatch.setattr(fast_path, "MOST_CHUNKS", 3)
    assert is_short(searched, searched.select(["kettle"], QUESTION), QUESTION)
    assert not is_short(searched, searched.select(None, QUESTION), QUESTION)


def test_the_server_searches_in_a_worker_first_and_then_on_its_loop(library, monkeypatch):
    from vrom.answers import search

    threads: list[str] = []

    search_selected = search.search_selected

    def noted(*arguments, **options):
        threads.append("loop" if threading.current_thread() is threading.main_thread() else "worker")
        return search_selected(*arguments, **options)

    monkeypatch.setattr(search, "search_selected", noted)

    async def ask() -> None:
        async with Client(create_server(library, warm=False)) as client:
            for question in (QUESTION, QUESTION, "x" * (LONGEST_QUERY + 1)):
                await client.call_tool("search_docs", {"query": question})

    asyncio.run(ask())
    assert threads == ["worker", "loop", "worker"]
