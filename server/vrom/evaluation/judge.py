"""Judging what was found, by its text alone, so that any way of cutting documents can be compared with any other.

A result covers a section when at least half of its own characters are lines of that section, or when it holds at least
half of the section's characters, in the same file.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from vrom.evaluation.sections import telling_lines

HALF = 0.5


@dataclass(frozen=True)
class Result:
    """One result of a search."""

    source_file: str
    text: str


@dataclass(frozen=True)
class Section:
    """A section that answers: its page, and its lines with how often each occurs."""

    source_file: str
    lines: Counter[str]


@dataclass(frozen=True)
class Figures:
    """How well one question was answered, or the mean over several; each from 0 to 1."""

    ndcg: float
    """nDCG@10; a section counts once, for the first result that covers it."""
    hit1: float
    hit5: float
    hit10: float
    mrr: float
    cov: float
    """Whether a covering result ends within the budget of tokens (characters / 4) of the ranked results."""

    def as_dict(self) -> dict[str, float]:
        """The figures by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def covered(sections: Sequence[Section], result: Result) -> set[int]:
    """Which of `sections` a result covers."""
    own = telling_lines(result.text)
    size = sum(map(len, own)) or 1
    hits = set()
    for i, section in enumerate(sections):
        if section.source_file != result.source_file:
            continue
        inside = [line for line in own if line in section.lines]
        whole = sum(len(line) * count for line, count in section.lines.items()) or 1
        if sum(map(len, inside)) / size >= HALF or sum(map(len, set(inside))) / whole >= HALF:
            hits.add(i)
    return hits


def judge(sections: Sequence[Section], results: Sequence[Result], budget: int) -> Figures:
    """The figures of one question. `budget` is in tokens."""
    seen: set[int] = set()
    gain, tokens = 0.0, 0.0
    first: int | None = None
    answered = False
    for rank, result in enumerate(results):
        hits = covered(sections, result)
        if rank < 10 and hits - seen:
            gain += 1 / math.log2(rank + 2)
            seen |= hits
        if hits and first is None:
            first = rank
        tokens += len(result.text) / 4
        answered = answered or (bool(hits) and tokens <= budget)
    ideal = sum(1 / math.log2(rank + 2) for rank in range(min(len(sections), 10)))

    def within(depth: int) -> float:
        return float(first is not None and first < depth)

    return Figures(
        ndcg=gain / ideal if ideal else 0.0,
        hit1=within(1),
        hit5=within(5),
        hit10=within(10),
        mrr=0.0 if first is None else 1 / (first + 1),
        cov=float(answered),
    )


def mean(figures: Sequence[Figures]) -> Figures:
    """The mean over questions."""
    count = len(figures) or 1
    return Figures(**{name: sum(one.as_dict()[name] for one in figures) / count for name in Figures.__annotations__})


def by_group(groups: Mapping[str, Sequence[str]], figures: Mapping[str, Figures]) -> dict[str, Figures]:
    """The mean of each group of question ids."""
    return {name: mean([figures[i] for i in ids]) for name, ids in groups.items()}
