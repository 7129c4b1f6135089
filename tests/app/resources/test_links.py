"""Search results link to the documents that they come from."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp.client import Client

from vrom.answers.models import Passage
from vrom.app.resources.links import SINCE, TITLE, links
from vrom.app.server import create_server

PAGES = {
    "kettle.md": ["# Kettle\n\nFill it, then switch it on.", "## Errors\n\n`E_DRY_BOIL`: it was empty."],
    "parts/the lid.md": ["# Lid\n\nClose the lid before you switch it on."],
}
SEARCH = {"query": "switch it on", "mode": "lexical"}


def passage(source_file="kettle.md", cartridge="kettle", title="Kettle"):
    return Passage(
        cartridge=cartridge, version="1.0.0", chunk_id=0, doc_title=title, section_heading="", heading_path=[],
        source_file=source_file, url="", text="", prev_chunk_id=None, next_chunk_id=None, token_estimate=0,
    )  # fmt: skip


def size(found) -> int:
    """Characters in the longest form that hosts make of links."""
    return sum(len(link.model_dump_json(by_alias=True, exclude_none=True)) for link in found)


@pytest.mark.parametrize("era", ["auto", "legacy"])
@pytest.mark.parametrize("response_format", ["markdown", "json"])
def test_an_answer_ends_with_a_link_for_each_document_that_can_be_read(
    make_package, library_of, tmp_path, era, response_format
):
    make_package("kettle", PAGES)
    server = create_server(library_of(tmp_path / "cartridges"), warm=False)

    async def session():
        async with Client(server, mode=era) as client:
            found = await client.call_tool("search_docs", SEARCH | {"response_format": response_format})
            text, *linked = found.content
            assert text.type == "text"
            assert {link.type for link in linked} == {"resource_link"}
            assert {link.uri for link in linked} == {"vrom://kettle/kettle.md", "vrom://kettle/parts/the%20lid.md"}
            assert {link.name for link in linked} == {"Kettle", "The Lid"}
            assert all(link.annotations.audience == ["user"] for link in linked), "models have the passage's own line"
            for link in linked:
                assert "switch it on" in (await client.read_resource(link.uri)).contents[0].text

    asyncio.run(session())


@pytest.mark.slow
def test_a_client_from_before_there_were_links_gets_none(serve, make_package):
    answer = serve(make_package("kettle", PAGES).parent).call("search_docs", **SEARCH)  # names no protocol version
    assert b"kettle#0" in answer.body
    assert b"resource_link" not in answer.body
    assert links([passage()], "2025-03-26", 8000, 0) == links([passage()], None, 8000, 0) == []
    assert links([passage()], SINCE, 8000, 0)


@given(
    st.lists(st.builds(passage, st.text(min_size=1), st.sampled_from(["kettle", "toaster"]), st.text())),
    st.integers(800, 80_000),
    st.integers(0, 80_000),
)
def test_the_whole_answer_stays_within_its_limit_and_links_take_a_twentieth(passages, limit, taken):
    found = links(passages, SINCE, limit, taken)
    assert size(found) <= max(0, min(limit / 20, limit - taken))
    assert len({link.uri for link in found}) == len(found)
    assert all(len(link.name) <= TITLE and "\n" not in link.name for link in found)


def test_the_best_passages_are_linked_first():
    passages = [passage(f"page-{number}.md") for number in range(20)]
    assert [link.uri for link in links(passages, SINCE, 8000, 0)] == [f"vrom://kettle/page-{i}.md" for i in range(3)]
