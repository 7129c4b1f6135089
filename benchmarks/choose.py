"""Which of many cartridges a question goes to: how often the right one is among the first, and what choosing costs.

    python -m benchmarks.choose DIR … [--questions FILE] [--copies 10000]

DIR are folders of cartridges, all mounted together. Questions are asked that name no cartridge: those of
`choose_questions.jsonl` and of each FILE, one JSON object a line with `query` and the `library` (or `lib`) that answers
it. Those about a library that isn't mounted are left out, and counted. With `--copies` the cost is also measured among
so many cartridges: copies of the profiles with half of the words replaced and the centres moved.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console

from benchmarks.tables import Column, Table, megabytes, milliseconds, text
from vrom.library.choice.choice import Choice
from vrom.library.choice.profile import Profile, profile_of
from vrom.library.choice.segment import Segment
from vrom.library.library import Library
from vrom.library.mount import Mount
from vrom.settings import read_settings

QUESTIONS = Path(__file__).with_name("choose_questions.jsonl")
FIRST = (1, 3, 10)
REPEATED = 3
"""Times that each question is asked, after once for the embedding's cache."""


@dataclass(frozen=True)
class Question:
    """A question that names no cartridge, and the one that answers it."""

    query: str
    library: str


def read_questions(file: Path) -> list[Question]:
    """Read the questions of a file, one JSON object a line."""
    lines = [json.loads(line) for line in file.read_text().splitlines() if line]
    return [Question(line["query"], line.get("library") or line["lib"]) for line in lines]


def ranks(library: Library, questions: Sequence[Question], mode: str) -> list[int]:
    """Place of the right cartridge for each question, counted from 1; beyond the last one if it isn't chosen."""
    mounts = library.searched_by_default()
    found = []
    for question in questions:
        embed = library.embedding_of(question.query, mode)
        ranked = [mount.id for mount in library.choice.rank(mounts, question.query, max(FIRST), embed)]
        found.append(ranked.index(question.library) + 1 if question.library in ranked else len(mounts) + 1)
    return found


def seconds_of(choose: Callable[[str], object], questions: Sequence[Question]) -> list[float]:
    """Time of each choice, with the query embedded before."""
    found = []
    for question in questions:
        choose(question.query)
        for _ in range(REPEATED):
            begun = time.perf_counter()
            choose(question.query)
            found.append(time.perf_counter() - begun)
    return found
