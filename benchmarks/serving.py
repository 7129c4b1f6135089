"""Serving over stdio against a bare MCP server: start, first answer, warm answers."""

import asyncio
import itertools
import statistics
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.corpus import Corpus, questions
from benchmarks.servers import BARE_SERVER, calls, connected, start, vrom_server
from benchmarks.tables import Table, milliseconds, ratio, text
from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import DEFAULT_SPEC

KNOWN = "how do I make a cartridge"


def tables(corpus: Corpus, *, quick: bool) -> list[Table]:
    columns = [text("figure"), milliseconds("base"), milliseconds("vrom"), ratio("ratio"), text("at most")]
    about = "base: an MCPServer with one tool of five canned results, started and asked in turn with vrom"
    table = Table("Serving over stdio", about, columns)
    _add_starts(table, corpus, rounds=4 if quick else 11)
    asyncio.run(_add_calls(table, corpus, rounds=6 if quick else 20, count=50))
    return [table]


def _add(table: Table, figure: str, base: Sequence[float], vrom: Sequence[float], target: str) -> None:
    low, high = statistics.median(base), statistics.median(vrom)
    table.rows.append((figure, low, high, high / low, target))


def _add_starts(table: Table, corpus: Corpus, rounds: int) -> None:
    server, environment = vrom_server(corpus.one), corpus.environment
    for command in (BARE_SERVER, server):
        asyncio.run(start(command, environment, KNOWN))  # bytecode and indexes are made, files are in memory
    bare, warm, cold = [], [], []
    for _ in range(rounds):
        bare.append(asyncio.run(start(BARE_SERVER, environment, KNOWN)))
        warm.append(asyncio.run(start(server, environment, KNOWN)))
        with TemporaryDirectory() as home:
            Path(home, "models").symlink_to(corpus.home / "models")
            cold.append(asyncio.run(start(server, environment | {"VROM_HOME": home}, KNOWN)))
    _add(table, "process start to handshake", [h for h, _ in bare], [h for h, _ in warm], "1.15")
    _add(table, "process start to first answer", [a for _, a in bare], [a for _, a in warm], "1.8")
    _add(table, "the same, index never opened", [a for _, a in bare], [a for _, a in cold], "2.5")


async def _add_calls(table: Table, corpus: Corpus, rounds: int, count: int) -> None:
    """Servers that run side by side and are asked in turn, so that a busy moment is shared by all."""
    embedder = ModelStore(corpus.home / "models").open(DEFAULT_SPEC)
    asked, texts = questions(1), questions(2)
    known = itertools.repeat(KNOWN)
    bare, again, fresh, ten, slowest, embedded = [], [], [], [], [], []
    async with AsyncExitStack() as stack:
        servers = (BARE_SERVER, vrom_server(corpus.one), vrom_server(corpus.ten))
        clients = [await stack.enter_async_context(connected(s, corpus.environment)) for s in servers]
        for client in clients:
            await calls(client, asked, 100)
        for _ in range(rounds):
            bare.append(statistics.median(await calls(clients[0], asked, count)))
            again.append(statistics.median(await calls(clients[1], known, count)))
            took = sorted(await calls(clients[1], asked, 2 * count))
            fresh.append(took[count])
            slowest += took
            ten.append(statistics.median(await calls(clients[2], asked, count)))
            embedded.append(statistics.median([_seconds(embedder.embed_query, next(texts)) for _ in range(count)]))
    _add(table, "warm call, a question asked before, p50", bare, again, "")
    _add(table, "warm call, a new question, p50", bare, fresh, "3")
    _add(table, "of this, embedding the question, p50", bare, embedded, "")
    slowest.sort()
    p99 = slowest[int(len(slowest) * 0.99)]
    _add(table, "a new question, p99 (base: its own p50)", fresh, [p99], "2")
    _add(table, "ten cartridges, p50 (base: one of as many chunks)", fresh, ten, "1.5")


def _seconds(function: object, argument: str) -> float:
    begun = time.perf_counter()
    function(argument)  # type: ignore[operator]
    return time.perf_counter() - begun


if __name__ == "__main__":
    from benchmarks.__main__ import main

    main(["serving"])
