"""Generated documents, messages, lists and locks against their readers: no accident, and nothing that takes long.

    uv run python benchmarks/fuzz_inputs.py [--seconds 60] [--seed 0]

Inputs are made of pieces of each format, repeated, nested, cut and mixed. It fails if a reader raises anything but a
`VromError`, or takes more than ten seconds of the processor for an input of at most 200 kB.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from vrom.app.errors.json_rpc import find_error
from vrom.builder.chunking.chunker import chunk_document
from vrom.builder.chunking.token_budget import TokenBudget
from vrom.builder.document import Document
from vrom.builder.sources.files.read import read_content
from vrom.builder.sources.git.read import GitSource, read_git
from vrom.errors import VromError
from vrom.registry.lock import read_lock
from vrom.registry.registry_json import parse_document

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_SECONDS = 10.0
LONGEST = 200_000

PIECES = {
    ".md": [
        "# A\n", "## B {#b}\n", "```py\n", "```\n", "~~~\n", "> ", "- ", "1. ", "| a | b |\n", "|---|---|\n",
        "<!--", "-->", "`", "**", "[x](y)", "[", "](", "\n", "\n\n", "    ", "---\n", "!!! note\n", "<Tabs>",
        "</Tabs>", "word ", "é",
    ],
    ".html": [
        "<div>", "</div>", "<p>", "<pre><code>", "</code></pre>", "<table><tr><td>", "</table>", "<h1>", "</h1>",
        "<li>", "<ul>", "&amp;", "<script>", "</script>", "<!--", "-->", "word ", "<a href=x>", "<", "\n",
    ],
    ".rst": [
        "Title\n=====\n\n", ".. note::\n\n   ", ".. code-block:: py\n\n   ", "``", "|a|",
        ".. |a| replace:: |b|\n", "* ", "\n", "\n\n", "   ", "+---+---+\n", "====  ====\n", ":ref:`x`", "word ",
        "_", "[1]_", "::\n\n",
    ],
    ".ipynb": [
        '{"cells": [', '{"cell_type": "markdown", "metadata": {}, "source": "# A"}', ",", "]", "}",
        '"metadata": {}', '"nbformat": 4', "{", "[", "null", '"',
    ],
    ".txt": [
        "Title\n", "word ", "\n", "\n\n", "    code\n", "| a | b |\n", "- item\n", "Stop now.\n", "=====\n", "(",
        ")",
    ],
}  # fmt: skip
MESSAGE = [
    '{"jsonrpc": "2.0", ',
    '"id": 1, ',
    '"id": 1.5, ',
    '"method": "ping"',
    "}",
    "{",
    "[",
    "]",
    '"',
    "\\ud800",
    ",",
    "null",
]
LIST = [
    '{"vroms": [',
    '{"id": "a", "version": "1", "files": {}}',
    ",",
    "]",
    "}",
    "{",
    "9" * 5_000,
    '"',
    '"versions": [',
]
LOCK = [
    "[[cartridge]]\n",
    'id = "a"\n',
    'version = "1"\n',
    "[",
    "]",
    "=",
    '"',
    "\n",
    "{",
    "}",
    "files = {}\n",
    "9" * 5_000,
]


def made_of(pieces: list[str]) -> str:
    """A text of random pieces: mixed, repeated and cut."""
    count = random.choice([3, 30, 300])
    parts = [random.choice(pieces) * random.choice([1, 1, 1, 2, 50, 5_000]) for _ in range(count)]
    text = "".join(parts)[: random.randint(1, LONGEST)]
    return text[random.randrange(len(text)) :] if random.random() < 0.2 else text


def read_and_cut(suffix: str) -> None:
    """Read a document and cut it into chunks."""
    for found in read_content(made_of(PIECES[suffix]).encode(), f"a{suffix}"):
        if isinstance(found, Document):
            chunk_document(found, TokenBudget(lambda text: len(text) // 4 + 1, 200, 512))


def read_reference(folder: Path) -> None:
    """Read a git reference that a manifest or a user could give."""
    text = made_of(["HEAD", "^", "~", "{", "}", "@", "-", "..", ":", "/", "v1", " ", "\n"])[:200]
    read_git(GitSource(str(folder), text, text))


def main() -> None:
    """Make, read, count."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random.seed(options.seed)
    ends: Counter[str] = Counter()
    slowest: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as scratch:
        lock = Path(scratch, "vrom.lock")
        readers: dict[str, Callable[[], object]] = {
            **{suffix: lambda suffix=suffix: read_and_cut(suffix) for suffix in PIECES},  # type: ignore[misc]
            "message": lambda: find_error(made_of(MESSAGE).encode()),
            "registry": lambda: parse_document(made_of(LIST).encode(), "https://docs.example/registry.json"),
            "lock": lambda: (lock.write_text(made_of(LOCK)), read_lock(lock)),
            "git": lambda: read_reference(Path(scratch)),
        }
        ended = time.monotonic() + options.seconds
        while time.monotonic() < ended:
            name = random.choice(list(readers))
            begun = time.process_time()
            try:
                readers[name]()
                end = "read"
            except VromError as error:
                end = f"refused: {type(error).__name__}"
            ends[f"{name}: {end}"] += 1
            slowest[name] = max(slowest.get(name, 0.0), time.process_time() - begun)
    for end, count in sorted(ends.items()):
        print(f"{count:9,}  {end}")
    print(", ".join(f"slowest {name} {seconds * 1000:.0f} ms" for name, seconds in sorted(slowest.items())))
    sys.exit(max(slowest.values()) > MOST_SECONDS)


if __name__ == "__main__":
    main()
