"""Judge results by their text alone, so that different ways of chunking documents can be compared.

A result covers a section of the same document if at least half of the result's characters are lines of the section, or
if the result contains at least half of the section's characters.
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
    """A section that answers a query: its document, and its lines with their counts."""

    source_file: str
    lines: Counter[str]


@dataclass(frozen=True)
class Figures:
    """Figures of one query, or means over several; each from 0 to 1."""

    ndcg: float
    """nDCG@10; each section counts once, for the first result that covers it."""
    hit1: float
    hit5: float
    hit10: float
    mrr: float
    cov: float
    """1 if a covering result ends within the token budget (characters / 4) of the ranked results, else 0."""

    def as_dict(self) -> dict[str, float]:
        """The figures by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def covered(sections: Sequence[Section], result: Result) -> set[int]:
    """Indexes of the `sections` that a result covers."""
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
    """The figures of one query. `budget` is in tokens."""
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
    """The mean of each figure over queries; 0 if there are none."""
    count = len(figures) or 1
    return Figures(**{name: sum(one.as_dict()[name] for one in figures) / count for name in Figures.__annotations__})


def by_group(groups: Mapping[str, Sequence[str]], figures: Mapping[str, Figures]) -> dict[str, Figures]:
    """The mean figures of each group of query ids."""
    return {name: mean([figures[i] for i in ids]) for name, ids in groups.items()}
