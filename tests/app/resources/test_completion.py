"""What completion costs, in counts: cartridges opened, chunks decoded."""

import asyncio

import pytest
from mcp.client import Client
from mcp.types import ResourceTemplateReference

from vrom.app.server import create_server
from vrom.index.cartridge import Cartridge
from vrom.library.library import SEARCHED

SECTION = ResourceTemplateReference(uri="vrom://{cartridge}/{+path}#{heading}")
CHUNK = ResourceTemplateReference(uri="vrom://{cartridge}/chunks/{chunk_id}")
PAGES = {f"page_{i:02}.md": [f"# Page {i}\n\nIt begins.", f"## Part {i}\n\nIt goes on."] for i in range(20)}


def complete(library, template, name, typed="", given=None):
    async def session():
        async with Client(create_server(library, warm=False)) as client:
            return (await client.complete(template, {"name": name, "value": typed}, given)).completion.values

    return asyncio.run(session())


@pytest.fixture
def library(make_package, library_of):
    return library_of(make_package("kettle", PAGES))


@pytest.mark.parametrize(
    ("template", "name", "last"),
    [(SECTION, "heading", "Part 19"), (SECTION, "path", "page_19.md"), (CHUNK, "chunk_id", "39")],
)
def test_nothing_is_decoded_to_say_what_a_whole_cartridge_has(library, template, name, last):
    chunks = library.open("kettle").chunks
    before = chunks.decoded
    assert last in complete(library, template, name, given={"cartridge": "kettle"})
    assert chunks.decoded == before


def test_headings_of_a_page_decode_that_page_alone(library):
    chunks = library.open("kettle").chunks
    before = chunks.decoded
    given = {"cartridge": "kettle", "path": "page_07.md"}
    assert complete(library, SECTION, "heading", given=given) == ["Page 7", "Part 7"]
    assert chunks.decoded - before == 2


@pytest.mark.parametrize("name", ["path", "heading"])
def test_of_very_many_cartridges_those_are_opened_that_fit_what_was_typed(make_packages, library_of, monkeypatch, name):
    opened, as_before = [], Cartridge.open
    monkeypatch.setattr(
        Cartridge, "open", lambda folder, *arguments: opened.append(folder.name) or as_before(folder, *arguments)
    )
    library = library_of(make_packages(60))
    assert complete(library, SECTION, "cartridge", "cartridge-5")[0] == "cartridge-5"
    assert opened == []
    complete(library, SECTION, name, "topic50")
    assert len(opened) == SEARCHED
    assert "cartridge-50" in opened
