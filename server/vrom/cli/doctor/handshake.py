"""Check the server as a host uses it: start it as a process, perform the MCP handshake over stdio, and search."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from vrom.cli.console import format_count
from vrom.cli.doctor.checks import Check
from vrom.installation import reinstallation_command

if TYPE_CHECKING:
    from mcp.client import Client

TOOLS = {"search_docs", "get_chunk_context", "read_document", "list_cartridges"}

_PATIENCE = 30
"""Timeout in seconds, similar to that of hosts."""


def check_server(command: Sequence[str], roots: Sequence[Path], environment: dict[str, str]) -> list[Check]:
    """Start the server with these cartridges like a host; return the checks of the handshake and of a search."""
    arguments = [*command[1:], *(part for root in roots for part in ("--cartridges", str(root)))]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        try:
            return asyncio.run(asyncio.wait_for(_session(command[0], arguments, environment, log), _PATIENCE))
        except TimeoutError:
            found = f"no response within {_PATIENCE} s"
        except Exception as error:  # noqa: BLE001 - whatever ends the connection is what was found
            found = next((str(cause) for cause in _causes(error) if str(cause)), repr(error))
        log.seek(0)
        last = (log.read().strip().splitlines() or [""])[-1]
    remedy = f"Run it in a terminal and read its log: {' '.join(command)}"
    return [Check("handshake", "problem", f"{found}{f'; last line of its log: {last}' if last else ''}", remedy)]


async def _session(command: str, arguments: list[str], environment: dict[str, str], log: TextIO) -> list[Check]:
    from mcp.client import Client
    from mcp.client.stdio import StdioServerParameters, stdio_client

    begun = time.perf_counter()
    parameters = StdioServerParameters(command=command, args=arguments, env=environment)
    async with Client(stdio_client(parameters, errlog=log)) as client:
        names = {tool.name for tool in (await client.list_tools()).tools}
        seconds = time.perf_counter() - begun
        if missing := TOOLS - names:
            remedy = f"Reinstall vrom: {reinstallation_command()}"
            return [Check("handshake", "problem", f"the server lacks {', '.join(sorted(missing))}", remedy)]
        found = f"MCP over stdio in {seconds:.1f} s, {format_count(len(names), 'tool')}"
        return [Check("handshake", "ok", found), *[check async for check in _search(client)]]


async def _search(client: "Client") -> AsyncIterator[Check]:
    """Search the first usable cartridge for the title of one of its documents."""
    listed = await _call(client, "list_cartridges", {})
    if "error" in listed:
        yield Check("search", "problem", listed["error"], f"Reinstall vrom: {reinstallation_command()}")
        return
    ready = [entry["id"] for entry in listed.get("cartridges", ()) if entry["state"] != "broken"]
    if not ready:
        return
    contents = await _call(client, "read_document", {"cartridge": ready[0]})
    titles = [entry["doc_title"] or entry["source_file"] for entry in contents.get("documents", ())]
    query = titles[0] if titles else ready[0]
    begun = time.perf_counter()
    answer = await _call(client, "search_docs", {"query": query, "cartridges": ready[:1], "top_k": 3})
    milliseconds = (time.perf_counter() - begun) * 1000
    asked = f"“{query}” in {ready[0]}"
    if not answer.get("results"):
        remedy = f"Try vrom search {ready[0]} {query!r}; if it finds nothing, rebuild the cartridge."
        yield Check("search", "problem", answer.get("error") or f"{asked}: no results", remedy)
        return
    notes = "".join(f"; {note}" for note in answer.get("notes", ()))
    found = (
        f"{asked}: {format_count(len(answer['results']), 'passage')} in {milliseconds:.0f} ms including loading{notes}"
    )
    yield Check("search", "warning" if notes else "ok", found, "See the check of the model above." if notes else "")


async def _call(client: "Client", tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The structured content of a tool's result; `{"error": …}` if the tool returned an error."""
    result = await client.call_tool(tool, arguments | {"response_format": "json"})
    if result.is_error:
        return {"error": " ".join(getattr(block, "text", "") for block in result.content)}
    return result.structured_content or {}


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The individual errors in an exception group."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _causes(inner)
    else:
        yield error
