"""Mutated companions of one cartridge among two: whatever they hold, the other one answers, and quickly.

    uv run python benchmarks/fuzz_library.py [--seconds 60] [--seed 0]

Both packages are packed, without `index.json`. In each round bytes of a companion of the second are changed, and a new
library is searched, listed and read. It fails if a call raises anything but a `VromError`, if the first cartridge's
passages are missing from a search of both, or if a call takes more than two seconds.
"""

import argparse
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from fuzz_reader import BYTE_MUTATIONS, _sound_package

from vrom.answers.cartridges.listing import list_cartridges
from vrom.answers.context import get_chunk_context
from vrom.answers.read_document import read_document
from vrom.answers.search import search_docs
from vrom.errors import VromError
from vrom.format.companions import NAMES
from vrom.index.pack.write import pack
from vrom.library.library import Library

MOST_SECONDS = 2.0
QUERY = "boil water"


def main() -> None:
    """Damage, ask, count."""
    options = _options()
    random.seed(options.seed)
    logging.disable(logging.CRITICAL)
    ends: Counter[str] = Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "cartridges")
        for name in ("kettle", "other"):
            _sound_package(root / name)
            for file in root.joinpath(name).iterdir():  # other texts: of equal ones the second would not be shown
                file.write_text(file.read_text().replace('"kettle"', f'"{name}"').replace("kettle --boil", name))
            pack(root / name)
            (root / name / "index.json").unlink()
        files = [file for name in NAMES.values() if (file := root / "other" / name).exists()]
        ended = time.monotonic() + options.seconds
        while time.monotonic() < ended:
            file = random.choice(files)
            whole = file.read_bytes()
            file.write_bytes(_same_length(random.choice(BYTE_MUTATIONS)(whole), whole))
            for name, call in CALLS.items():
                begun = time.perf_counter()
                ends[f"{name}: {_end_of(call, root, Path(scratch, 'models'))}"] += 1
                slowest = max(slowest, time.perf_counter() - begun)
            file.write_bytes(whole)
    for end, count in sorted(ends.items()):
        print(f"{count:9,}  {end}")
    print(f"slowest {slowest * 1000:.0f} ms")
    sys.exit(slowest > MOST_SECONDS)


def _same_length(changed: bytes, whole: bytes) -> bytes:
    """Most mutants as long as the original: the others are refused by their size."""
    return changed if random.random() < 0.1 else changed[: len(whole)].ljust(len(whole), b"\0")


def _search_both(library: Library) -> str:
    answer = search_docs(library, QUERY, mode="lexical", top_k=10)
    assert "kettle" in {passage.cartridge for passage in answer.results}, answer.notes
    return "answered" if "other" in {passage.cartridge for passage in answer.results} else "answered by the first alone"


def _list_both(library: Library) -> str:
    states = {entry.id: entry.state for entry in list_cartridges(library).cartridges}
    assert states["kettle"] == "ready", states
    return "listed"


CALLS: dict[str, Callable[[Library], object]] = {
    "search of both": _search_both,
    "search of the damaged one": lambda library: search_docs(library, QUERY, ["other"], mode="lexical") and "answered",
    "list": _list_both,
    "document": lambda library: read_document(library, "other", "page1.md") and "read",
    "context": lambda library: get_chunk_context(library, "other", 2) and "read",
}


def _end_of(call: Callable[[Library], object], root: Path, models: Path) -> object:
    try:
        return call(Library([root], cache=root.parent / "cache", models=models))
    except VromError as error:
        return f"refused: {type(error).__name__}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
