"""Figures of an evaluation by mode and group, and its questions, the worst ones first."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from vrom.errors import InvalidArgumentError
from vrom.evaluation.compare import Difference, difference
from vrom.evaluation.judge import Figures, Result, Section, by_group, judge
from vrom.evaluation.questions import AskedQuestion
from vrom.evaluation.run import Run, ask, sections_of
from vrom.library.library import Library
from vrom.search.score.candidates import Mode

COMPARED = ("ndcg", "hit5", "cov")
"""Figures whose differences are told."""
_FOUND = 3


class Answered(BaseModel):
    """One query: what was expected, and what each mode found."""

    id: str
    query: str
    set: str = ""
    cartridges: list[str] = []
    expected: list[str]
    """File and heading of each section."""
    figures: dict[str, dict[str, float]]
    """Figures by mode."""
    found: dict[str, list[str]]
    """File and first line of the best results by mode."""


class Summary(BaseModel):
    """Figures of an evaluation, without its questions."""

    name: str = ""
    questions: str
    """Name of the file."""
    created_at: str
    modes: dict[str, dict[str, dict[str, float]]]
    """Mean figures by mode and group of queries; the group `all` is first. `n` is the number of queries."""
    left_out: list[str] = []
    """Problem of each query that couldn't be judged."""


class Evaluation(Summary):
    """Result of asking a file of queries."""

    budget: int
    cartridges: list[str]
    """Those in scope, with their versions."""
    differences: dict[str, dict[str, dict[str, Any]]] = {}
    answered: list[Answered]


def evaluate(
    library: Library,
    questions: Sequence[AskedQuestion],
    name: str,
    modes: Sequence[Mode],
    budget: int,
    progress: Callable[[str, int, int], None],
) -> Evaluation:
    """Ask all questions in each mode, and judge the results by the cartridges' own documents.

    A question whose sections aren't there is left out. Raises `InvalidArgumentError` if that leaves none.
    """
    sections: dict[str, list[Section]] = {}
    left_out: list[str] = []
    for question in questions:
        try:
            sections[question.id] = sections_of(library, question)
        except InvalidArgumentError as error:
            left_out.append(str(error))
    asked = [question for question in questions if question.id in sections]
    if not asked:
        raise InvalidArgumentError(f"No question could be judged. {left_out[0]}")
    runs: dict[str, Run] = {}
    for mode in modes:
        runs[mode] = ask(library, asked, mode, lambda done, mode=mode: progress(mode, done, len(asked)))  # type: ignore[misc]
    figures = judge_all(asked, sections, runs, budget)
    summary = summarize(asked, figures, modes[0])
    return Evaluation(
        questions=name,
        created_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        budget=budget,
        cartridges=[f"{one.id}@{one.version}" for one in library.select().mounts],
        modes=summary["modes"],
        differences=summary["differences"],
        answered=[_answered(question, figures, runs) for question in worst_first(asked, figures[modes[0]])],
        left_out=left_out,
    )


def judge_all(
    asked: Sequence[AskedQuestion], sections: Mapping[str, Sequence[Section]], runs: Mapping[str, Run], budget: int
) -> dict[str, dict[str, Figures]]:
    """Figures of each query in each run."""
    return {name: {q.id: judge(sections[q.id], run.get(q.id, ()), budget) for q in asked} for name, run in runs.items()}


def summarize(
    asked: Sequence[AskedQuestion], figures: Mapping[str, Mapping[str, Figures]], first: str
) -> dict[str, dict[str, Any]]:
    """`modes`: mean figures by run and group; `differences`: those of the run `first` from each other one."""
    groups = {"all": [q.id for q in asked]}
    for q in asked:
        for name in dict.fromkeys(filter(None, (q.set, q.lib))):
            groups.setdefault(name, []).append(q.id)
    modes: dict[str, Any] = {}
    differences: dict[str, Any] = {}
    for mode, found in figures.items():
        means = by_group(groups, found)
        modes[mode] = {name: {**one.as_dict(), "n": len(groups[name])} for name, one in means.items()}
        if mode != first:
            pairs = [(found[q.id].as_dict(), figures[first][q.id].as_dict()) for q in asked]
            differences[f"{first} against {mode}"] = compare(pairs)
    return {"modes": modes, "differences": differences}


def compare(pairs: Sequence[tuple[Mapping[str, float], Mapping[str, float]]]) -> dict[str, dict[str, Any]]:
    """Difference of the second from the first of each pair of figures, for the figures in `COMPARED`."""
    return {name: _told(difference([a[name] for a, _ in pairs], [b[name] for _, b in pairs])) for name in COMPARED}


def worst_first(asked: Sequence[AskedQuestion], figures: Mapping[str, Figures]) -> list[AskedQuestion]:
    """Queries by their nDCG."""
    return sorted(asked, key=lambda q: figures[q.id].ndcg)


def expected_of(question: AskedQuestion) -> list[str]:
    """File and heading of each section that answers a query."""
    return [f"{question.source_file(gold)}: {gold.heading}" for gold in question.gold]


def found_in(results: Sequence[Result]) -> list[str]:
    """File and first line of the best results."""
    return [f"{one.source_file}: {_first_line(one.text)}" for one in results[:_FOUND]]


def _answered(
    question: AskedQuestion, figures: Mapping[str, Mapping[str, Figures]], runs: Mapping[str, Run]
) -> Answered:
    return Answered(
        id=question.id,
        query=question.query,
        set=question.set,
        cartridges=list(question.cartridges),
        expected=expected_of(question),
        figures={mode: found[question.id].as_dict() for mode, found in figures.items()},
        found={mode: found_in(run.get(question.id, ())) for mode, run in runs.items()},
    )


def _told(found: Difference) -> dict[str, Any]:
    return {"mean": found.mean, "low": found.low, "high": found.high, "real": found.real}


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.split("\n") if line.strip()), "")[:80]
