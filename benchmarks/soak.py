"""Eight clients at once for ten thousand calls, over stdio and over HTTP: errors, memory, latency.

    python benchmarks/soak.py [--calls 10000] [--clients 8] [--transport stdio|streamable-http] [--cartridges DIR]

Over stdio each client starts a server of its own, as hosts do; over HTTP all share one. Every client asks again as soon
as it has its answer. It fails when a call fails, when a server's memory in the last quarter of the run is more than
5 % above that in the first, or when the 99th percentile of the latency is more than three times the median.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

SERVE = [sys.executable, "-m", "vrom", "serve"]
WARM_CALLS = 25
MOST_GROWTH = 1.05
MOST_SPREAD = 3.0


def main() -> None:
    options = arguments()
    reports = [soak(transport, options) for transport in options.transport or ["stdio", "streamable-http"]]
    sys.stdout.write(json.dumps(reports, indent=2) + "\n")
    if not all(report["passed"] for report in reports):
        sys.exit(1)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--transport", choices=["stdio", "streamable-http"], action="append")
    parser.add_argument("--cartridges", type=Path, help="default: those that vrom finds")
    return parser.parse_args()


def soak(transport: str, options: argparse.Namespace) -> dict[str, object]:
    """Run all clients to their end and report on them and on their servers."""
    where = ["--cartridges", str(options.cartridges)] if options.cartridges else []
    with listening(transport, where) as url:
        return asyncio.run(_soak(transport, url, where, options))


async def _soak(transport: str, url: str, where: list[str], options: argparse.Namespace) -> dict[str, object]:
    latencies: list[float] = []
    errors: list[str] = []
    async with contextlib.AsyncExitStack() as connections:
        clients = [await connections.enter_async_context(connected(url, where)) for _ in range(options.clients)]
        subjects = await look_around(clients[0])
        await asyncio.gather(*(ask(client, subjects.calls(WARM_CALLS, -1), [], errors) for client in clients))
        memory = Memory(servers_of(os.getpid()))
        begun = time.perf_counter()
        for_each = options.calls // options.clients
        asking = [ask(client, subjects.calls(for_each, n), latencies, errors) for n, client in enumerate(clients)]
        await asyncio.gather(*asking)
        seconds = time.perf_counter() - begun
        memory.stop()
    return report(transport, options.clients, latencies, errors, memory, seconds)


def connected(url: str, where: list[str]) -> Client:
    parameters = StdioServerParameters(command=SERVE[0], args=[*SERVE[1:], *where], env=dict(os.environ))
    return Client(url or stdio_client(parameters))


async def ask(client: Client, calls: list[tuple[str, dict[str, object]]], latencies: list[float], errors: list[str]):
    """Make calls one after the other; latencies in seconds."""
    for number, (name, given) in enumerate(calls):
        begun = time.perf_counter()
        try:
            result = await client.call_tool(name, given)
            if result.is_error:
                errors.append(f"call {number}, {name} {given}: {result.content}")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is to be reported
            errors.append(f"call {number}, {name} {given}: {error!r}")
        latencies.append(time.perf_counter() - begun)


def report(
    transport: str, clients: int, latencies: list[float], errors: list[str], memory: "Memory", seconds: float
) -> dict[str, object]:
    p50, p99 = (1000 * statistics.quantiles(latencies, n=100)[place - 1] for place in (50, 99))
    first, last = memory.first_and_last_quarter()
    return {
        "transport": transport,
        "clients": clients,
        "calls": len(latencies),
        "errors": len(errors),
        "first_errors": errors[:3],
        "calls_per_second": round(len(latencies) / seconds, 1),
        "p50_ms": round(p50, 2),
        "p99_ms": round(p99, 2),
        "max_ms": round(1000 * max(latencies), 2),
        "p99_over_p50": round(p99 / p50, 2),
        "rss_mb_first_quarter": round(first, 1),
        "rss_mb_last_quarter": round(last, 1),
        "passed": not errors and last <= first * MOST_GROWTH and p99 <= p50 * MOST_SPREAD,
    }


@dataclass
class Subjects:
    """What there is to ask about: a cartridge's words, its chunks and its documents."""

    words: list[str]
    places: list[tuple[str, int, str]]

    def calls(self, count: int, seed: int) -> list[tuple[str, dict[str, object]]]:
        """Calls as agents make them, mostly searches, then reading on. No search repeats, so none is remembered."""
        chance = random.Random(seed)
        return [self._search(chance) if chance.random() < 0.7 else self._read(chance) for _ in range(count)]

    def _search(self, chance: random.Random) -> tuple[str, dict[str, object]]:
        query = f"how do I use {' '.join(chance.sample(self.words, 5))}"
        return "search_docs", {"query": query, "max_tokens": chance.choice([1000, 2000, 4000])}

    def _read(self, chance: random.Random) -> tuple[str, dict[str, object]]:
        cartridge, chunk_id, source_file = chance.choice(self.places)
        if chance.random() < 0.5:
            return "get_chunk_context", {"cartridge": cartridge, "chunk_id": chunk_id}
        return "read_document", {"cartridge": cartridge, "source_file": source_file}


async def look_around(client: Client) -> Subjects:
    listed = await client.call_tool("list_cartridges", {"response_format": "json"})
    subjects = Subjects([], [])
    for cartridge in [entry["id"] for entry in listed.structured_content["cartridges"] if entry["state"] == "ready"]:
        given = {
            "query": "usage",
            "cartridges": [cartridge],
            "response_format": "json",
            "top_k": 20,
            "max_tokens": 20_000,
        }
        found = await client.call_tool("search_docs", given)
        for hit in found.structured_content["results"]:
            subjects.places.append((cartridge, hit["chunk_id"], hit["source_file"]))
            subjects.words += re.findall(r"[A-Za-z_]{4,}", hit["text"])
    subjects.words = sorted(set(subjects.words))
    return subjects


class Memory(threading.Thread):
    """Resident memory of processes, sampled while they work."""

    def __init__(self, servers: list[int]) -> None:
        super().__init__(daemon=True)
        self._servers = servers
        self._samples: list[float] = []
        self._ended = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._ended.wait(0.5):
            self._samples.append(resident_megabytes(self._servers))

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def first_and_last_quarter(self) -> tuple[float, float]:
        quarter = max(1, len(self._samples) // 4)
        return statistics.mean(self._samples[:quarter]), statistics.mean(self._samples[-quarter:])


def resident_megabytes(processes: list[int]) -> float:
    listed = subprocess.run(["ps", "-o", "rss=", "-p", ",".join(map(str, processes))], capture_output=True, text=True)
    return statistics.mean(map(int, listed.stdout.split())) / 1024


def servers_of(process: int) -> list[int]:
    listed = subprocess.run(["ps", "-ww", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    return [int(pid) for pid, parent, command in rows if int(parent) == process and " serve" in command]


@contextlib.contextmanager
def listening(transport: str, where: list[str]) -> Iterator[str]:
    """The address of a server over HTTP; over stdio none, since each client starts its own."""
    if transport == "stdio":
        yield ""
        return
    command = [*SERVE, "--transport", transport, "--port", "0", *where]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        found = re.search(r"http://\S+", server.stderr.readline())
        assert found
        threading.Thread(target=server.stderr.read, daemon=True).start()
        yield found[0]
        server.terminate()


if __name__ == "__main__":
    main()
