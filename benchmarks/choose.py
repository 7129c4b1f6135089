"""Which of many cartridges a question goes to: how often the right one is among the first, and what choosing costs.

    python -m benchmarks.choose DIR … [--questions FILE] [--copies 10000]

DIR are folders of cartridges, all mounted together. Questions are asked that name no cartridge: those of
`choose_questions.jsonl` and of each FILE, one JSON object a line with `query` and the `library` (or `lib`) that answers
it. Those about a library that isn't mounted are left out, and counted. With `--copies` the cost is also measured among
so many cartridges: copies of the profiles with half of the words replaced and the centres moved.
"""

import argparse
import gc
import json
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from rich.console import Console

from benchmarks.tables import Cell, Column, Table, megabytes, milliseconds, text
from vrom.embedding.recipes import DEFAULT_SPEC
from vrom.library.choice.choice import Choice
from vrom.library.choice.fit import by_words
from vrom.library.choice.profile import Profile, profile_of
from vrom.library.library import SEARCHED, Library
from vrom.library.mount import Mount
from vrom.search.rank import Mode
from vrom.settings import read_settings

if TYPE_CHECKING:
    from vrom.index.cartridge import Cartridge

T = TypeVar("T")
QUESTIONS = Path(__file__).with_name("choose_questions.jsonl")
FIRST = (1, 3, 10)
MISSED = 3
"""Place after which a question is listed."""
MODES: Mapping[Mode, str] = {"hybrid": "words, names, meaning", "lexical": "words, names"}
REPEATED = 3
"""Times that each question is asked for the cost."""
ADDED = 256
"""Profiles that are added together."""


@dataclass(frozen=True)
class Question:
    """A question that names no cartridge, and the one that answers it."""

    query: str
    library: str


def read_questions(file: Path) -> list[Question]:
    """Read the questions of a file, one JSON object a line."""
    lines = [json.loads(line) for line in file.read_text().splitlines() if line]
    return [Question(line["query"], line.get("library") or line["lib"]) for line in lines]


def ranks(library: Library, questions: Sequence[Question], mode: Mode) -> list[int]:
    """Place of the right cartridge for each question, counted from 1; beyond the last one if it isn't chosen."""
    mounts = library.searched_by_default()
    found = []
    for question in questions:
        embed = library.embedding_of(question.query, mode)
        ranked = [mount.id for mount in library.choice.rank(mounts, question.query, max(FIRST), embed)]
        found.append(ranked.index(question.library) + 1 if question.library in ranked else len(mounts) + 1)
    return found


def quality(library: Library, questions: Mapping[str, Sequence[Question]]) -> Table:
    """How often the right cartridge is among the first."""
    columns = [text("questions"), text("chosen by"), Column("asked"), *(_percent(f"first {n}") for n in FIRST)]
    about = f"Questions that name no cartridge, among {len(library.searched_by_default()):,} of them."
    table = Table("The right cartridge", about, columns)
    for name, some in questions.items():
        for mode, by in MODES.items():
            found = ranks(library, some, mode)
            shares = [sum(place <= count for place in found) / len(found) for count in FIRST]
            table.rows.append([name, by, len(some), *shares])
            table.notes += [
                f"{one.library}, place {place if place <= max(FIRST) else '> 10'}: {one.query}"
                for one, place in zip(some, found, strict=True)
                if mode == "hybrid" and place > MISSED
            ]
    return table


def cost(library: Library, questions: Sequence[Question], copies: int) -> Table:
    """Time of a choice and memory, among the mounted cartridges and among so many copies of them."""
    times = [milliseconds("p50"), milliseconds("p95"), milliseconds("p50 by words")]
    kept = [megabytes("file"), megabytes("own memory"), milliseconds("first choice")]
    count = Column("cartridges", "", lambda number: f"{number:,.0f}")
    table = Table(
        "What choosing costs", "The query was embedded before, as the search needs it.", [count, *times, *kept]
    )
    made = [(one, profile_of(cast("Cartridge", one.open(library.cache)))) for one in library.searched_by_default()]
    with tempfile.TemporaryDirectory() as folder:
        table.rows.append(_costs(library, Path(folder) / "one", made, questions))
        if copies:
            table.rows.append(_costs(library, Path(folder) / "many", _copied(made, copies), questions))
    return table


def _costs(
    library: Library, folder: Path, made: Iterable[tuple[Mount, Profile]], questions: Sequence[Question]
) -> list[Cell]:
    """A row of the table: profiles are kept in `folder`, and chosen among as by a process that finds them there."""
    mounts: list[Mount] = []
    writing = Choice(folder)
    for some in _lists(made, ADDED):
        mounts += [mount for mount, _ in some]
        writing.add({mount.key: profile for mount, profile in some}, {mount.key for mount in mounts})
    del writing
    size = sum(file.stat().st_size for file in folder.iterdir())
    embeds = {one.query: library.embedding_of(one.query, "hybrid") for one in questions}
    for embed in embeds.values():
        embed(DEFAULT_SPEC)
    gc.collect()
    before = _own_memory()
    choice, begun = Choice(folder), time.thread_time()
    choice.select(mounts, questions[0].query, SEARCHED, embeds[questions[0].query])
    first = time.thread_time() - begun

    def seconds(mode: Mode) -> list[float]:
        found = []
        for query in list(embeds) * REPEATED:
            begun = time.thread_time()
            choice.select(mounts, query, SEARCHED, embeds[query] if mode == "hybrid" else by_words)
            found.append(time.thread_time() - begun)
        return sorted(found)

    hybrid, worded = seconds("hybrid"), seconds("lexical")
    p95, memory = hybrid[len(hybrid) * 95 // 100], _own_memory() - before
    return [len(mounts), statistics.median(hybrid), p95, statistics.median(worded), size, memory, first]


def _lists(items: Iterable[T], count: int) -> Iterator[list[T]]:
    left = iter(items)
    while some := list(islice(left, count)):
        yield some


def _copied(made: Sequence[tuple[Mount, Profile]], count: int) -> Iterator[tuple[Mount, Profile]]:
    """So many made-up cartridges, each like one of these, but half of its words are its own."""
    draw = np.random.default_rng(17)
    for number in range(count):
        mount, profile = made[number % len(made)]
        terms = profile.terms.copy()
        is_own = draw.random(len(terms)) < 0.5
        terms[is_own] = draw.integers(0, 2**32, int(is_own.sum()), dtype=np.uint32)
        order = np.argsort(terms, kind="stable")
        moved = np.clip(np.rint(profile.centres + draw.normal(0, 3, profile.centres.shape)), -127, 127)
        yield (
            Mount(Path("copies", str(number)), ((number, 0, 0),), mount.manifest),
            replace(
                profile,
                terms=terms[order],
                frequencies=profile.frequencies[order],
                centres=moved.astype(np.int8),
            ),
        )


def _own_memory() -> int:
    """Bytes of this process that no file holds."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["RssAnon"].split()[0]) * 1024


def _percent(name: str) -> Column:
    return Column(name, "%", lambda share: f"{100 * share:.1f}")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--questions", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--copies", type=int, default=0, metavar="COUNT")
    options = parser.parse_args()
    settings = read_settings()
    library = Library(options.folders, cache=settings.cache, models=settings.models)
    begun = time.perf_counter()
    library.learn_contents()
    mounts = library.searched_by_default()
    console = Console(width=110)
    console.print(f"{len(mounts):,} cartridges, learned in {time.perf_counter() - begun:.1f} s.", highlight=False)
    mounted = {mount.id for mount in mounts}
    questions = {}
    for file in [QUESTIONS, *options.questions]:
        every = read_questions(file)
        questions[file.stem] = [one for one in every if one.library in mounted]
        if left_out := len(every) - len(questions[file.stem]):
            console.print(f"{file.name}: {left_out} questions are about a library that isn't mounted.")
    for table in (quality(library, questions), cost(library, list(chain(*questions.values())), options.copies)):
        table.print(console)


if __name__ == "__main__":
    main()
