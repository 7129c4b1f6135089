"""What each clever part brings to those who wait: the same run with it and without, in turn.

    uv run --with rapidfuzz python benchmarks/worth.py --cartridges DIR --home HOME [--rounds 7]

A server is started with one part at a time replaced by the plain thing (the SDK's streams, anyio's threads, fastembed
as it is, …), in turn with the server as it is; a time is the median over the rounds. HOME holds the model, and its
cache the opened cartridges. Reading, indexing and spelling are timed in this process.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

WITHOUT = {
    "everything as it is": "",
    "garbage collector": "import contextlib, vrom.app.jobs.garbage_collector as m\n"
    "m.pause_garbage_collection = contextlib.nullcontext",
    "import of fastembed without its hub": "import importlib, vrom.embedding.onnx.import_fastembed as m\n"
    "m.import_without_hub = lambda: importlib.import_module('fastembed')",
    "model laid out and mapped": "import vrom.embedding.onnx.processor as m\n"
    "m.describe_processor = lambda: ''\nm.may_saturate = lambda *_: False",
    "streams": "import vrom.app.stdio.streams as m, mcp.server.stdio\nm.host_streams = mcp.server.stdio.stdio_server",
    "watchdog": "import vrom.app.stdio.watchdog as m\nm.guard_stdin = lambda *_: None",
    "fast path": "import vrom.app.jobs.fast_path as m\nm.is_short = lambda *_: False",
    "worker threads": "import functools, anyio, vrom.app.jobs.workers as m\n"
    "async def run(self, function, /, *arguments, **options):\n"
    "    return await anyio.to_thread.run_sync(functools.partial(function, *arguments, **options))\n"
    "m.Workers.run = run\nimport vrom.app.jobs.fast_path as f\nf.is_short = lambda *_: False",
}
"""Code that runs before the server; the last is compared with the fast path's, since it needs threads to be used."""

QUERIES = [f"how do I set the {word} of a {thing}" for word in ("rate", "size", "name", "mode", "path", "seed", "loss")
           for thing in ("model", "dataset", "trainer", "tokenizer", "callback", "config", "adapter")]  # fmt: skip


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cartridges", type=Path, required=True)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    times: dict[str, list[tuple[float, float, float]]] = {name: [] for name in WITHOUT}
    serve(WITHOUT["everything as it is"], options)  # the caches
    for _ in range(options.rounds):
        for name, prelude in WITHOUT.items():
            times[name].append(serve(prelude, options))
    print("| without | handshake, ms | first answer, ms | warm call, ms |\n| --- | ---: | ---: | ---: |")
    for name, rounds in times.items():
        print(
            f"| {name} | "
            + " | ".join(f"{statistics.median(column) * 1000:.1f}" for column in zip(*rounds, strict=True))
            + " |"
        )
    print("\n| part | with, ms | without, ms | ratio |\n| --- | ---: | ---: | ---: |")
    for name, (fast, plain) in in_process(options.cartridges).items():
        print(f"| {name} | {fast * 1000:.1f} | {plain * 1000:.1f} | {plain / fast:.2f} |")


def serve(prelude: str, options: argparse.Namespace) -> tuple[float, float, float]:
    """Seconds to the handshake, to the first answer, and of a warm call (median)."""
    code = f"{prelude}\nimport sys\nsys.argv = ['vrom', 'serve']\nfrom vrom.cli import main\nmain()"
    environment = {**os.environ, "VROM_HOME": str(options.home), "VROM_CARTRIDGES": str(options.cartridges)}
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def ask(number: int, method: str, **params: object) -> None:
            message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            process.stdin.write(json.dumps(message).encode() + b"\n")
            process.stdin.flush()
            while json.loads(process.stdout.readline()).get("id") != number:
                pass

        client = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "worth", "version": "1"}}
        ask(0, "initialize", **client)
        handshake = time.perf_counter() - begun
        process.stdin.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
        ask(1, "tools/call", name="search_docs", arguments={"query": "how do I begin"})
        first = time.perf_counter() - begun
        calls = []
        for number, query in enumerate(QUERIES, 2):
            asked = time.perf_counter()
            ask(number, "tools/call", name="search_docs", arguments={"query": query})
            calls.append(time.perf_counter() - asked)
        process.kill()
    return handshake, first, statistics.median(calls)


def in_process(cartridges: Path) -> dict[str, tuple[float, float]]:
    """Seconds with and without a part: reading vectors, cutting words, correcting spelling."""
    import numpy as np

    from vrom.format import read
    from vrom.index.cartridge import Cartridge
    from vrom.index.lexical import bulk_tokenizer, term_ids
    from vrom.index.lexical.build import lexical_arrays
    from vrom.index.lexical.spelling import nearest
    from vrom.index.tokenizer import compounds

    folder = max(
        (file.parent for file in cartridges.glob("*/index.json")), key=lambda path: (path / "index.json").stat().st_size
    )
    cut_apart, cut = read.cut_apart, bulk_tokenizer.cut

    def cut_plainly(texts: Sequence[str]) -> list[bulk_tokenizer.Cut]:
        numbers: dict[str, int] = {}
        words = [compounds(text) for text in texts]
        places = [numbers.setdefault(word, len(numbers)) for of_text in words for word in of_text]
        return [bulk_tokenizer.Cut(list(numbers), np.array(places), np.array(list(map(len, words))))]

    package = read.read_package(folder)
    cartridge = Cartridge.open(folder)
    texts = [chunk.text for chunk in package.chunks]
    outline = cartridge.outline
    vocabulary = [
        word for word in {term for text in texts for term in text.lower().split()} if word.isalpha() and len(word) > 4
    ]
    typos = [word[:3] + word[4:] for word in sorted(vocabulary)[::37] if len(word) > 6][:100]

    def correct() -> None:
        for typo in typos:
            nearest(typo, cartridge.lexical.speller.candidates(typo))

    found = {
        "vectors from the text of index.json": (
            timed(lambda: read.read_package(folder)),
            timed(lambda: patched(read, "cut_apart", lambda *_: None, lambda: read.read_package(folder))),
        ),
        "words cut in bulk": (
            timed(lambda: lexical_arrays(texts, outline)),
            timed(lambda: patched(term_ids, "cut", cut_plainly, lambda: lexical_arrays(texts, outline))),
        ),
    }
    read.cut_apart, term_ids.cut = cut_apart, cut
    try:
        from rapidfuzz import process
    except ImportError:
        return found
    by_letter: dict[str, list[str]] = {}
    for word in vocabulary:
        by_letter.setdefault(word[0], []).append(word)
    found["100 typos corrected (without: rapidfuzz over the words of the first letter)"] = (
        timed(correct),
        timed(lambda: [process.extractOne(typo, by_letter.get(typo[0], []), score_cutoff=80) for typo in typos]),
    )
    return found


def timed(work: Callable[[], object], rounds: int = 5) -> float:
    """Median seconds."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def patched(module: object, name: str, value: object, work: Callable[[], object]) -> object:
    """The result of `work` with an attribute of a module replaced."""
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        return work()
    finally:
        setattr(module, name, before)


if __name__ == "__main__":
    main()
