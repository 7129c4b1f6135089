"""Calls that take long: they hold up no other, can be cancelled, and say that they are at work."""

import asyncio

import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp.types import (
    GetPromptRequest,
    GetPromptRequestParams,
    ListResourcesRequest,
    ReadResourceRequest,
    ReadResourceRequestParams,
)
from pydantic import TypeAdapter

from vrom.app.jobs import progress
from vrom.app.server import create_server

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on."]}
KETTLE = {"query": "kettle", "cartridges": ["kettle"], "mode": "lexical"}
ANY_RESULT = TypeAdapter(dict)
SLOW = {"query": "time", "cartridges": ["slow"], "mode": "lexical"}

every_transport = pytest.mark.parametrize("transport", ["stdio", "sse", "streamable-http"])
both_eras = pytest.mark.parametrize("era", ["auto", "legacy"])


@pytest.mark.slow
@every_transport
def test_slow_calls_hold_up_no_other(connect, slow_package, make_package, transport):
    async def session(slow):
        make_package("kettle", PAGES)
        async with connect(transport, "auto", slow.folder.parent) as client:
            waiting = [asyncio.create_task(client.call_tool("search_docs", SLOW)) for _ in range(12)]
            while not slow.is_awaited():
                await asyncio.sleep(0.05)
            found = await client.call_tool("search_docs", KETTLE)
            assert "kettle#0" in found.content[0].text
            assert not any(call.done() for call in waiting)
            slow.release()
            for call in waiting:
                assert "slow#0" in (await call).content[0].text

    with slow_package("slow") as slow:
        asyncio.run(session(slow))


@pytest.mark.slow
@both_eras
@every_transport
def test_a_call_that_its_client_gives_up_is_dropped(connect, slow_package, make_package, transport, era):
    async def session(slow):
        make_package("kettle", PAGES)
        async with connect(transport, era, slow.folder.parent) as client:
            with pytest.raises(MCPError, match=r"[Tt]imed out"):
                await client.call_tool("search_docs", SLOW, read_timeout_seconds=0.5)
            slow.release()
            found = await client.call_tool("search_docs", SLOW)
            assert "slow#0" in found.content[0].text

    with slow_package("slow") as slow:
        asyncio.run(session(slow))


@both_eras
def test_a_call_that_is_given_up_opens_no_further_cartridge(slow_package, library_of, era):
    async def session(one, other):
        server = create_server(library_of(one.folder.parent), warm=False)
        async with Client(server, mode=era) as client:
            with pytest.raises(MCPError, match=r"[Tt]imed out"):
                await client.call_tool("search_docs", {"query": "time", "mode": "lexical"}, read_timeout_seconds=0.5)
            one.release()
            found = await client.call_tool("search_docs", SLOW | {"cartridges": ["one"]})
            assert "one#0" in found.content[0].text
            assert not other.is_awaited()

    with slow_package("one") as one, slow_package("other") as other:
        asyncio.run(session(one, other))


@pytest.mark.slow
@both_eras
def test_a_client_that_asks_for_it_hears_that_a_call_is_at_work(connect, slow_package, era):
    heard = []

    async def session(slow):
        async def hear(passed, total, message):
            heard.append((passed, total, message))
            if len(heard) == 2:
                slow.release()

        async with connect("stdio", era, slow.folder.parent) as client:
            found = await client.call_tool("search_docs", SLOW, progress_callback=hear)
            assert "slow#0" in found.content[0].text
            quick = await client.call_tool("search_docs", SLOW, progress_callback=hear)
            assert not quick.is_error

    with slow_package("slow") as slow:
        asyncio.run(session(slow))
    assert [passed for passed, _, _ in heard] == [progress.SECONDS, 2 * progress.SECONDS]
    assert [message for _, _, message in heard] == [f"at work for {n} s: opening slow, 1 of 1" for n in (1, 2)]


@pytest.mark.slow
@both_eras
@pytest.mark.parametrize("what", ["list", "read", "prompt"])
def test_other_requests_that_open_cartridges_say_so_too(connect, slow_package, era, what):
    heard = []

    async def session(slow):
        async def hear(passed, total, message):
            heard.append(message)
            slow.release()

        async with connect("stdio", era, slow.folder.parent) as client:
            requests = {
                "list": ListResourcesRequest(),
                "read": ReadResourceRequest(params=ReadResourceRequestParams(uri="vrom://slow")),
                "prompt": GetPromptRequest(
                    params=GetPromptRequestParams(name="answer_from_docs", arguments={"question": "time"})
                ),
            }
            await client.session.send_request(requests[what], ANY_RESULT, progress_callback=hear)

    with slow_package("slow") as slow:
        asyncio.run(session(slow))
    assert heard[0].startswith("at work for 1 s")
