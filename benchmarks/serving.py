"""What vrom adds to a bare MCP server: start, first answer, warm answers. Every figure is a ratio within one run.

    uv run python benchmarks/serving.py [--cartridges DIR] [--rounds 7] [--calls 300]

The bare server is one tool that returns five canned results: the floor that the SDK sets. Both are started in turn,
over stdio, with the same client; medians over the rounds.
"""

import argparse
import asyncio
import itertools
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from rich.console import Console
from rich.table import Table

BARE = """
from mcp.server.mcpserver import MCPServer
server = MCPServer("bare")
ANSWER = "\\n\\n".join(f"**Page > Section {i}** · bare#{i} · page.md\\n\\n" + "word " * 150 for i in range(5))
@server.tool(structured_output=False)
def search_docs(query: str) -> str:
    return ANSWER
server.run("stdio")
"""
QUESTIONS = ["how do I {} a {}", "{} fails with {}", "what is the default of {} in {}", "{} {}"]
WORDS = ["cartridge", "model", "budget", "cursor", "index", "server", "token", "registry", "chunk", "section", "host"]


@dataclass(frozen=True)
class Figures:
    """Seconds of one server's run."""

    handshake: float
    first_answer: float
    repeated: float
    fresh: float
    slowest: float


def main() -> None:
    """Measure and print the table."""
    options = _options()
    server = [sys.executable, "-m", "vrom", "serve"]
    if options.cartridges:
        server += ["--cartridges", str(options.cartridges)]
    bare = [sys.executable, "-c", BARE]
    asyncio.run(_measure(server, 5))  # indexes made, disk warm
    pairs = [
        (asyncio.run(_measure(bare, options.calls)), asyncio.run(_measure(server, options.calls)))
        for _ in range(options.rounds)
    ]
    with tempfile.TemporaryDirectory() as cache:
        cold = [_without_cache(server, Path(cache) / str(i)) for i in range(3)]
    _print_table(pairs, cold)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cartridges", type=Path, help="default: those that vrom finds")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--calls", type=int, default=300)
    return parser.parse_args()


async def _measure(command: Sequence[str], calls: int, environment: dict[str, str] | None = None) -> Figures:
    parameters = StdioServerParameters(command=command[0], args=list(command[1:]), env=environment or dict(os.environ))
    begun = time.perf_counter()
    async with Client(stdio_client(parameters), mode="legacy") as client:
        handshake = time.perf_counter() - begun
        await client.call_tool("search_docs", {"query": "how do I make a cartridge"})
        first = time.perf_counter() - begun
        repeated = [await _timed(client, "how do I make a cartridge") for _ in range(calls)]
        pairs = itertools.islice(itertools.product(QUESTIONS, itertools.permutations(WORDS, 2)), calls)
        fresh = sorted([await _timed(client, question.format(*words)) for question, words in pairs])
    return Figures(
        handshake, first, statistics.median(repeated), statistics.median(fresh), fresh[int(len(fresh) * 0.99)]
    )


async def _timed(client: Client, query: str) -> float:
    begun = time.perf_counter()
    await client.call_tool("search_docs", {"query": query})
    return time.perf_counter() - begun


def _without_cache(server: Sequence[str], home: Path) -> Figures:
    """A run in which no index was ever made: the model is there, the cache is not."""
    home.mkdir()
    known = Path(os.environ.get("VROM_HOME") or "~/.vrom").expanduser()
    for name in ("models", "vroms"):
        if (known / name).exists():
            (home / name).symlink_to(known / name)
    return asyncio.run(_measure(server, 5, {**os.environ, "VROM_HOME": str(home)}))


def _print_table(pairs: Sequence[tuple[Figures, Figures]], cold: Sequence[Figures]) -> None:
    table = Table(title=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for name in ("figure", "bare", "vrom", "ratio", "target"):
        table.add_column(name, justify="left" if name == "figure" else "right")

    def row(figure: str, target: str, bare: Sequence[float], vrom: Sequence[float]) -> None:
        middle = statistics.median(bare), statistics.median(vrom)
        table.add_row(figure, *(f"{value * 1000:.1f} ms" for value in middle), f"{middle[1] / middle[0]:.2f}", target)

    bare, vrom = zip(*pairs, strict=True)
    row("start to handshake", "1.15", [f.handshake for f in bare], [f.handshake for f in vrom])
    row("start to first answer", "1.8", [f.first_answer for f in bare], [f.first_answer for f in vrom])
    row("the same, index never opened", "2.5", [f.first_answer for f in bare], [f.first_answer for f in cold])
    row("warm answer, question known", "", [f.repeated for f in bare], [f.repeated for f in vrom])
    row("warm answer, new question, p50", "3", [f.fresh for f in bare], [f.fresh for f in vrom])
    row("the same, p99 to its own p50", "2", [f.fresh for f in vrom], [f.slowest for f in vrom])
    Console().print(table)


if __name__ == "__main__":
    main()
