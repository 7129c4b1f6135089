"""Which of many cartridges a question goes to: how often the right one is among the first, and what choosing costs.

    python -m benchmarks.choose DIR … [--questions FILE] [--among 10000]

DIR are folders of cartridges, all mounted together. Questions are asked that name no cartridge: those of
`choose_questions.jsonl` and of each FILE, one JSON object a line with `query` and the `library` (or `lib`) that answers
it. Those about a library that isn't mounted are left out, and counted. With `--among` they are also asked among so many
cartridges, most of them made up: of words and directions drawn from the profiles of all, and as large as these.
"""

import argparse
import json
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, product
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from rich.console import Console

from benchmarks.tables import Cell, Column, Table, megabytes, milliseconds, text
from vrom.embedding.recipes import DEFAULT_SPEC
from vrom.library.choice.choice import Choice
from vrom.library.choice.fit import by_words
from vrom.library.choice.profile import Profile, hashes_of, profile_of
from vrom.library.library import SEARCHED, Library
from vrom.library.mount import Mount
from vrom.search.score.candidates import Mode
from vrom.settings import read_settings

if TYPE_CHECKING:
    from vrom.index.cartridge import Cartridge

T = TypeVar("T")
QUESTIONS = Path(__file__).with_name("choose_questions.jsonl")
FIRST = (1, 3, 10)
BEYOND = max(FIRST) + 1
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


@dataclass(frozen=True)
class Mounted:
    """Cartridges to choose among, and the folder that their profiles are kept in."""

    mounts: Sequence[Mount]
    folder: Path

    @classmethod
    def keep(cls, made: Iterable[tuple[Mount, Profile]], folder: Path) -> "Mounted":
        """Keep profiles as a server does that learns them, some at a time."""
        mounts: list[Mount] = []
        choice = Choice(folder)
        for some in _lists(made, ADDED):
            mounts += [mount for mount, _ in some]
            choice.add({mount.key: profile for mount, profile in some}, {mount.key for mount in mounts})
        return cls(mounts, folder)


def quality(library: Library, questions: Mapping[str, Sequence[Question]], places: Sequence[Mounted]) -> Table:
    """How often the right cartridge is among the first."""
    columns = [text("questions"), text("chosen by"), _count("among"), _count("asked")]
    table = Table("The right cartridge", "", [*columns, *(_percent(f"first {n}") for n in FIRST)])
    for mounted, (name, some), (mode, by) in product(places, questions.items(), MODES.items()):
        found = ranks(library, mounted, some, mode)
        shares = [sum(place <= count for place in found) / len(found) for count in FIRST]
        table.rows.append([name, by, len(mounted.mounts), len(some), *shares])
        if mode == "hybrid" and mounted is places[0]:
            missed = [(one, place) for one, place in zip(some, found, strict=True) if place > MISSED]
            table.notes += [
                f"place {place if place < BEYOND else '> 10'}, {q.library}: {q.query}" for q, place in missed
            ]
    return table


def _place(place: int) -> str:
    return f"place {place}" if place < BEYOND else f"beyond place {BEYOND - 1}"


def ranks(library: Library, mounted: Mounted, questions: Sequence[Question], mode: Mode) -> list[int]:
    """Place of the right cartridge for each question, counted from 1; `BEYOND` if it isn't among the first."""
    choice, found = Choice(mounted.folder), []
    for question in questions:
        embed = library.embedding_of(question.query, mode)
        ranked = [mount.id for mount in choice.rank(mounted.mounts, question.query, max(FIRST), embed)]
        found.append(ranked.index(question.library) + 1 if question.library in ranked else BEYOND)
    return found


def cost(library: Library, questions: Sequence[Question], places: Sequence[Mounted]) -> Table:
    """Time of a choice and memory."""
    times = [milliseconds("p50"), milliseconds("p95"), milliseconds("p50 by words")]
    kept = [megabytes("file"), megabytes("own memory"), milliseconds("first choice")]
    about = "Processor time of this thread. The query was embedded before, as the search needs it."
    rows = [_costs(library, mounted, questions) for mounted in places]
    return Table("What choosing costs", about, [_count("among"), *times, *kept], rows)


def _costs(library: Library, mounted: Mounted, questions: Sequence[Question]) -> list[Cell]:
    """Choose as a server does that finds the profiles in its cache."""
    size = sum(file.stat().st_size for file in mounted.folder.iterdir())
    embeds = {one.query: library.embedding_of(one.query, "hybrid") for one in questions}
    for embed in embeds.values():
        embed(DEFAULT_SPEC)
    memory = _own_memory(mounted, questions[0].query)
    choice, begun = Choice(mounted.folder), time.thread_time()
    choice.select(mounted.mounts, questions[0].query, SEARCHED, embeds[questions[0].query])
    first = time.thread_time() - begun

    def seconds(mode: Mode) -> list[float]:
        found = []
        for query in list(embeds) * REPEATED:
            begun = time.thread_time()
            choice.select(mounted.mounts, query, SEARCHED, embeds[query] if mode == "hybrid" else by_words)
            found.append(time.thread_time() - begun)
        return sorted(found)

    hybrid, worded = seconds("hybrid"), seconds("lexical")
    p95 = hybrid[len(hybrid) * 95 // 100]
    return [len(mounted.mounts), statistics.median(hybrid), p95, statistics.median(worded), size, memory, first]


def _lists(items: Iterable[T], count: int) -> Iterator[list[T]]:
    left = iter(items)
    while some := list(islice(left, count)):
        yield some


def _make_up(made: Sequence[tuple[Mount, Profile]], count: int) -> Iterator[tuple[Mount, Profile]]:
    """So many cartridges of words and directions drawn from all of these, each as large as one of them."""
    draw = np.random.default_rng(17)
    terms = np.concatenate([profile.terms for _, profile in made])
    frequencies = np.concatenate([profile.frequencies for _, profile in made])
    centres = np.concatenate([profile.centres for _, profile in made])
    for number in range(count):
        profile = made[number % len(made)][1]
        drawn = draw.integers(0, len(terms), len(profile.terms))
        held, first = np.unique(terms[drawn], return_index=True)
        near = centres[draw.integers(0, len(centres), len(profile.centres))]
        near = np.clip(np.rint(near + draw.normal(0, 3, near.shape)), -127, 127).astype(np.int8)
        about = hashes_of([f"made up {number}"])
        yield (
            Mount(Path("made-up", str(number)), ((number, 0, 0),), None),
            replace(profile, name=about, about=about, terms=held, frequencies=frequencies[drawn[first]], centres=near),
        )


def _own_memory(mounted: Mounted, query: str) -> int:
    """Bytes that a choice keeps beside its mapped files."""
    tracemalloc.start()
    choice = Choice(mounted.folder)
    choice.select(mounted.mounts, query, SEARCHED)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return held


def _count(name: str) -> Column:
    return Column(name, "", lambda number: f"{number:,.0f}")


def _percent(name: str) -> Column:
    return Column(name, "%", lambda share: f"{100 * share:.1f}")


def main() -> None:
    """Ask, and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--questions", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--among", type=int, default=0, metavar="COUNT")
    options = parser.parse_args()
    settings = read_settings()
    library = Library(options.folders, cache=settings.cache, models=settings.models)
    mounts = library.searched_by_default()
    console = Console(width=110)
    mounted = {mount.id for mount in mounts}
    questions = {}
    for file in [QUESTIONS, *options.questions]:
        every = read_questions(file)
        questions[file.stem] = [one for one in every if one.library in mounted]
        if left_out := len(every) - len(questions[file.stem]):
            console.print(f"{file.name}: {left_out} questions are about a library that isn't mounted.")
    with tempfile.TemporaryDirectory() as folder:
        made = [(mount, profile_of(cast("Cartridge", mount.open(library.cache)))) for mount in mounts]
        places = [Mounted.keep(made, Path(folder) / "real")]
        if options.among > len(made):
            made_up = _make_up(made, options.among - len(made))
            places.append(Mounted.keep(chain(made, made_up), Path(folder) / "many"))
        quality(library, questions, places).print(console)
        cost(library, list(chain(*questions.values())), places).print(console)


if __name__ == "__main__":
    main()
