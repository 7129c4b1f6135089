"""Calls over stdio while cartridges beside the asked one are damaged: right answers, no hang, flat memory.

    uv run python benchmarks/soak_faults.py [--seconds 600] [--seed 0]

One server mounts three packed cartridges. `steady` stays whole. `victim` and `other` are replaced, truncated in place,
overwritten, made unreadable, removed, and their companions replaced by pipes, a few times a second, under a server that
is asked as fast as it answers. It fails if a call fails, if the passages of `steady` differ from those at the start, if
a call takes more than two seconds, or if the server's memory in the last quarter is 10 % above that in the first.
"""

import argparse
import asyncio
import os
import random
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from fuzz_reader import _sound_package
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from vrom.format.companions import NAMES
from vrom.index.pack.write import pack

MOST_SECONDS, MOST_GROWTH = 2.0, 1.10
ASKED = "boil water step"


def main() -> None:
    """Serve, damage, ask, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random.seed(options.seed)
    with tempfile.TemporaryDirectory() as scratch:
        sound, root = Path(scratch, "sound"), Path(scratch, "cartridges")
        for name in ("steady", "victim", "other"):
            _sound_package(sound / name)
            for file in ("manifest.json", "index.json", "chunks.json"):
                path = sound / name / file
                path.write_text(path.read_text().replace('"kettle"', f'"{name}"').replace("kettle --boil", name))
            pack(sound / name)
            (sound / name / "index.json").unlink()
            shutil.copytree(sound / name, root / name)
        problems = asyncio.run(_soak(sound, root, Path(scratch, "home"), options.seconds))
    for problem in problems:
        print(problem)
    sys.exit(bool(problems))


async def _soak(sound: Path, root: Path, home: Path, seconds: float) -> list[str]:
    environment = {**os.environ, "VROM_HOME": str(home), "VROM_CARTRIDGES": str(root)}
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "vrom", "serve", "--log-level", "error"], env=environment
    )
    faults: Counter[str] = Counter()
    ended = threading.Event()
    damaging = threading.Thread(target=_damage, args=(sound, root, faults, ended))
    problems: Counter[str] = Counter()
    latencies: list[float] = []
    memory: list[float] = []
    async with Client(stdio_client(server)) as client:
        process = _server_process()
        expected = await _ask_steady(client)
        damaging.start()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            arguments: dict[str, object] = random.choice(
                [{}, {}, {"cartridges": ["steady"]}, {"cartridges": ["victim"]}]
            )
            begun = time.perf_counter()
            answer = await client.call_tool(
                "search_docs", {"query": ASKED, "mode": "lexical", "top_k": 10, **arguments}
            )
            latencies.append(time.perf_counter() - begun)
            text = answer.content[0].text  # type: ignore[union-attr]
            if arguments.get("cartridges") != ["victim"] and answer.is_error:
                problems[f"failed: {text[:150]}"] += 1
            if arguments.get("cartridges") == ["steady"] and text != expected:
                problems["another answer of the steady cartridge"] += 1
            memory.append(_memory(process))
        ended.set()
        damaging.join()
        if await _ask_steady(client) != expected:
            problems["another answer at the end"] += 1
    quarter = len(memory) // 4
    growth = statistics.median(memory[-quarter:]) / statistics.median(memory[:quarter])
    print(f"{len(latencies):,} calls, {sum(faults.values()):,} faults: {dict(faults)}")
    print(f"p50 {statistics.median(latencies) * 1000:.1f} ms, slowest {max(latencies) * 1000:.0f} ms")
    print(f"memory × {growth:.2f}")
    if max(latencies) > MOST_SECONDS:
        problems["a call took too long"] += 1
    if growth > MOST_GROWTH:
        problems["memory grows"] += 1
    return [f"{count:6,} × {problem}" for problem, count in problems.items()]


async def _ask_steady(client: Client) -> str:
    arguments = {"query": ASKED, "mode": "lexical", "top_k": 10, "cartridges": ["steady"]}
    return (await client.call_tool("search_docs", arguments)).content[0].text  # type: ignore[union-attr]


def _damage(sound: Path, root: Path, faults: Counter[str], ended: threading.Event) -> None:
    while not ended.wait(random.uniform(0.05, 0.4)):
        name = random.choice(["victim", "other"])
        fault = random.choice(list(FAULTS))
        faults[fault] += 1
        try:
            FAULTS[fault](sound / name, root / name)
        except OSError:
            _replace(sound / name, root / name)


def _replace(sound: Path, folder: Path) -> None:
    new = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(sound, new)
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)


def _truncate(_: Path, folder: Path) -> None:
    file = random.choice([folder / NAMES["contents"], folder / NAMES["words"]])
    os.truncate(file, random.randrange(max(1, file.stat().st_size)))


def _overwrite(_: Path, folder: Path) -> None:
    file = random.choice([folder / NAMES["contents"], folder / NAMES["words"]])
    with file.open("r+b") as stream:
        stream.seek(random.randrange(256, max(257, file.stat().st_size)))
        stream.write(random.randbytes(64))


def _make_pipe(_: Path, folder: Path) -> None:
    file = random.choice([folder / NAMES["contents"], folder / NAMES["words"]])
    file.unlink()
    os.mkfifo(file)


FAULTS: dict[str, Callable[[Path, Path], None]] = {
    "replaced": _replace,
    "truncated": _truncate,
    "overwritten": _overwrite,
    "pipe": _make_pipe,
    "unreadable": lambda _, folder: (folder / "manifest.json").chmod(0),
    "removed": lambda _, folder: shutil.rmtree(folder),
    "no manifest": lambda _, folder: (folder / "manifest.json").write_text("{"),
    "repaired": _replace,
}


def _server_process() -> int:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = re.search(r"PPid:\s+(\d+)", (process / "status").read_text())
            if parent and int(parent[1]) == os.getpid() and b"serve" in (process / "cmdline").read_bytes():
                return int(process.name)
        except OSError:
            continue
    raise RuntimeError("the server isn't there")


def _memory(process: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return float(found[1]) if found else 0.0


if __name__ == "__main__":
    main()
