"""The servers that are compared, over stdio, and what a call of them takes."""

import contextlib
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

BARE = """
import sys
from mcp.server.mcpserver import MCPServer
server = MCPServer("bare", log_level="WARNING" if sys.argv[1:] else "INFO")
ANSWER = "\\n\\n".join(f"**Page > Section {i}** · bare#{i} · page.md\\n\\n" + "word " * 150 for i in range(5))
@server.tool(structured_output=False)
def search_docs(query: str) -> str:
    return ANSWER
if sys.argv[1:]:
    server.run("streamable-http", port=int(sys.argv[1]), stateless_http=True)
else:
    server.run("stdio")
"""
"""The floor that the SDK sets: one tool, five canned results."""

BARE_SERVER = (sys.executable, "-c", BARE)


def vrom_server(cartridges: Path, *options: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "vrom", "serve", "--cartridges", str(cartridges), *options)


@contextlib.asynccontextmanager
async def connected(command: Sequence[str], environment: dict[str, str]) -> AsyncIterator[Client]:
    """A client of a server that is started for it."""
    parameters = StdioServerParameters(command=command[0], args=list(command[1:]), env=environment)
    async with Client(stdio_client(parameters), mode="legacy") as client:
        yield client


async def start(command: Sequence[str], environment: dict[str, str], question: str) -> tuple[float, float]:
    """Seconds from the start of the process to the handshake, and to the first answer."""
    begun = time.perf_counter()
    async with connected(command, environment) as client:
        handshake = time.perf_counter() - begun
        await call(client, question)
        return handshake, time.perf_counter() - begun


async def call(client: Client, question: str) -> float:
    """Seconds that an answer takes. Raises `RuntimeError` when it isn't one, or not by words and meaning."""
    begun = time.perf_counter()
    result = await client.call_tool("search_docs", {"query": question})
    seconds = time.perf_counter() - begun
    said = "".join(getattr(block, "text", "") for block in result.content)
    if result.is_error or "\nNote: Searched by words only" in said:
        raise RuntimeError(f"{question!r} was answered with {said[-200:]!r}")
    return seconds


async def calls(client: Client, asked: Iterator[str], count: int) -> list[float]:
    """Seconds of so many calls, one after the other."""
    return [await call(client, next(asked)) for _ in range(count)]
