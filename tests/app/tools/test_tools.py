"""The tools as functions: what a call answers, without a server, a transport or a protocol."""

import asyncio
from types import SimpleNamespace

import pytest
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError

from vrom.app.connection import Connection
from vrom.app.jobs.workers import Workers
from vrom.app.tools import tools

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on.", "## Errors\n\nIt doesn't boil when it is empty."]}


@pytest.fixture
def call(make_package, library_of):
    """Call a tool on a library with one cartridge, `kettle`."""
    library = library_of(make_package("kettle", PAGES).parent)
    request = SimpleNamespace(lifespan_context=Connection(library, Workers(2)), protocol_version="2026-07-28")
    context = Context(request_context=request)

    def call(tool, **arguments):
        return asyncio.run(tool(context, **arguments))

    return call


def test_a_search_is_passages_and_links_to_their_documents(call):
    result = call(tools.search_docs, query="switch it on", mode="lexical")
    passages, link = result.content
    assert "Fill it, then switch it on." in passages.text
    assert str(link.uri) == "vrom://kettle/kettle.md"
    assert result.structured_content is None


def test_a_search_as_json_is_structured_as_well(call):
    result = call(tools.search_docs, query="switch it on", mode="lexical", response_format="json")
    assert result.structured_content["results"][0]["source_file"] == "kettle.md"


@pytest.mark.parametrize("names", [["kettle"], ["kettle", "kettle"], [], None])
def test_cartridges_are_named_or_all(call, names):
    assert "kettle#" in call(tools.search_docs, query="boil", mode="lexical", cartridges=names).content[0].text


def test_the_text_around_a_passage(call):
    assert "It doesn't boil" in call(tools.get_chunk_context, cartridge="kettle", chunk_id=0).content[0].text


def test_a_document_or_without_one_the_contents(call):
    assert "# Kettle" in call(tools.read_document, cartridge="kettle", source_file="kettle.md").content[0].text
    assert "Contents of kettle" in call(tools.read_document, cartridge="kettle").content[0].text


def test_the_list_of_cartridges(call):
    assert "**kettle** 1.0.0" in call(tools.list_cartridges).content[0].text


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        (tools.search_docs, {"query": "boil", "cartridges": ["ketle"]}),
        (tools.get_chunk_context, {"cartridge": "ketle", "chunk_id": 0}),
        (tools.read_document, {"cartridge": "ketle"}),
    ],
)
def test_an_expected_error_is_one_for_the_client_with_its_remedy(call, tool, arguments):
    with pytest.raises(ToolError, match=r"No cartridge 'ketle'\. Did you mean 'kettle'\?"):
        call(tool, **arguments)
