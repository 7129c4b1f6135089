"""Every transport in both protocol eras, with the real server process, model and index."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from vrom.markdown.fences import fence_after

REAL = Path(__file__).parents[3] / "shared" / "cartridges"
TOOLS = {
    "search_docs": [
        "query",
        "cartridges",
        "top_k",
        "max_tokens",
        "context_window",
        "mode",
        "cursor",
        "response_format",
    ],
    "get_chunk_context": ["cartridge", "chunk_id", "before", "after", "max_tokens", "response_format"],
    "read_document": ["cartridge", "source_file", "section", "max_tokens", "cursor", "response_format"],
    "compare_versions": ["old", "new", "source_file", "max_tokens", "response_format"],
    "list_cartridges": ["query", "response_format"],
}
PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on.", "## Errors\n\n`E_DRY_BOIL`: it was empty."]}

every_transport = pytest.mark.parametrize("transport", ["stdio", "sse", "streamable-http"])
both_eras = pytest.mark.parametrize("era", ["auto", "legacy"])


@pytest.fixture(scope="module")
def kettle(write_package, tmp_path_factory) -> Path:
    """A folder of cartridges that no test changes."""
    return write_package(tmp_path_factory.mktemp("cartridges"), "kettle", PAGES).parent


def text_of(result) -> str:
    return "".join(block.text for block in result.content if block.type == "text")


@pytest.mark.slow
@every_transport
def test_a_cartridge_that_a_registry_lists_and_nobody_mounted_is_named(connect, make_package, environment, transport):
    listed = {"vroms": [{"id": "toaster", "version": "1.0.0", "description": "Browning bread", "files": {}}]}
    (Path(environment["VROM_HOME"]) / "registry.json").write_text(json.dumps(listed))

    async def session():
        async with connect(transport, "auto", make_package("kettle", PAGES).parent) as client:
            found = await client.call_tool("search_docs", {"query": "how does the toaster brown bread"})
            assert "a registry lists what may fit: toaster" in text_of(found)

    asyncio.run(session())


@pytest.mark.slow
@every_transport
@both_eras
def test_an_agent_searches_reads_on_and_lists(module_connect, kettle, transport, era):
    async def session():
        async with module_connect(transport, era, kettle) as client:
            assert "- kettle 1.0.0: Documentation of kettle" in client.instructions
            tools = (await client.list_tools()).tools
            assert {tool.name: list(tool.input_schema["properties"]) for tool in tools} == TOOLS
            assert all(tool.title and tool.annotations.read_only_hint for tool in tools)

            found = await client.call_tool("search_docs", {"query": "E_DRY_BOIL", "mode": "lexical"})
            assert "**Kettle > Errors** · kettle#1 · kettle.md · https://docs.example/kettle" in text_of(found)
            assert found.structured_content is None, "prose belongs in plain content"

            around = await client.call_tool("get_chunk_context", {"cartridge": "kettle", "chunk_id": 1})
            assert "Fill it" in text_of(around)
            page = await client.call_tool("read_document", {"cartridge": "kettle", "source_file": "kettle.md"})
            assert "E_DRY_BOIL" in text_of(page)
            listed = await client.call_tool("list_cartridges", {"response_format": "json"})
            assert listed.structured_content["cartridges"][0]["id"] == "kettle"

            wrong = await client.call_tool("search_docs", {"query": "x", "cartridges": ["kettel"]})
            assert wrong.is_error
            assert "Did you mean 'kettle'?" in text_of(wrong)

    asyncio.run(session())


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="the real package lies beside the project, not in it")
@every_transport
@both_eras
def test_a_package_of_the_format_s_own_builder_answers(module_connect, transport, era):
    async def session():
        async with module_connect(transport, era, REAL) as client:
            question = {"query": "how do I train a model with DPO", "response_format": "json"}
            results = (await client.call_tool("search_docs", question)).structured_content["results"]
            assert "trl/dpo_trainer.md" in [result["source_file"] for result in results[:3]]
            first = results[0]
            place = {"cartridge": first["cartridge"], "chunk_id": first["chunk_id"], "before": 20, "after": 20}
            around = text_of(await client.call_tool("get_chunk_context", place | {"max_tokens": 4000}))
            assert "```python" in around
            assert fence_after(around) is None
            assert len(around) <= 16_000

    asyncio.run(session())


@pytest.mark.slow
def test_a_cartridge_added_replaced_and_removed_shows_up_without_a_restart(connect, make_package, tmp_path):
    async def session():
        root = make_package("kettle", PAGES).parent
        async with connect("stdio", "auto", root) as client:

            async def shows(versions):
                listed = {}
                async with asyncio.timeout(60):  # folders are scanned a few times a second, less often on a slow disk
                    while listed != versions:
                        await asyncio.sleep(0.1)
                        answer = await client.call_tool("list_cartridges", {"response_format": "json"})
                        listed = {entry["id"]: entry["version"] for entry in answer.structured_content["cartridges"]}

            await shows({"kettle": "1.0.0"})
            make_package("toaster", {"toast.md": ["# Toast\n\nPush the lever down."]})
            await shows({"kettle": "1.0.0", "toaster": "1.0.0"})
            found = await client.call_tool("search_docs", {"query": "lever", "mode": "lexical"})
            assert "toaster#0" in text_of(found)
            make_package("toaster", {"toast.md": ["# Toast\n\nTurn the dial."]}, version="2.0.0")
            await shows({"kettle": "1.0.0", "toaster": "2.0.0"})
            shutil.rmtree(root / "toaster")
            await shows({"kettle": "1.0.0"})

    asyncio.run(session())


def test_bad_input_gets_a_clear_error_and_the_others_keep_serving(connect, make_package):
    (make_package("broken", PAGES) / "index.json").write_text('{"nodes": 3}')
    root = make_package("kettle", PAGES).parent

    async def session():
        async with connect("stdio", "auto", root) as client:
            calls = [
                ("search_docs", {"query": ""}, "query: it is empty"),
                ("search_docs", {"query": "x", "top_k": -1}, "top_k: input should be greater than or equal to 1"),
                ("search_docs", {"query": "x", "max_tokens": 3}, "greater than or equal to 200 (given: 3)"),
                ("search_docs", {"query": "x", "mode": "fast"}, "mode: input should be"),
                ("search_docs", {}, "query: field required"),
                ("search_docs", {"query": "x", "cursor": "made up"}, "not made by this tool"),
                ("search_docs", {"query": "x", "colour": "red"}, "has no argument 'colour'"),
                ("get_chunk_context", {"cartridge": "kettle", "chunk_id": 99}, "has chunks 0 to 1."),
                ("get_chunk_context", {"cartridge": "kettle", "chunk_id": -1}, "has chunks 0 to 1."),
                (
                    "get_chunk_context",
                    {"cartridge": "broken", "chunk_id": 0},
                    "nodes: it is an integer, expected a list",
                ),
                ("read_document", {"cartridge": "kettle", "source_file": "kettel.md"}, "Did you mean 'kettle.md'?"),
                ("read_document", {"cartridge": "kettle", "source_file": "../../etc/passwd"}, "No document"),
                ("read_document", {"cartridge": "kettle", "source_file": "kettle.md", "section": "Eror"}, "'Errors'"),
            ]
            for tool, arguments, message in calls:
                result = await client.call_tool(tool, arguments)
                assert result.is_error, arguments
                assert message in text_of(result)
                assert str(root) not in text_of(result)
            long = await client.call_tool("search_docs", {"query": "kettle " * 15_000})
            assert not long.is_error
            assert "Cartridge 'broken' can't be read" in text_of(long)

    asyncio.run(session())
