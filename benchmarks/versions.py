"""Whether two projects that lock different versions of the same libraries each get their own.

    python -m benchmarks.versions OLD NEW

OLD and NEW are folders of projects; `vrom add` has been run in both. Each question of `version_questions.jsonl` about a
library that both lock is asked in both, with the library named and without. An answer counts if its passages match the
expression expected of that project; a passage of another version than the project locks is counted apart.
"""

import argparse
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vrom.answers.search import search_docs
from vrom.cli.options import library_of
from vrom.library.library import Library
from vrom.settings import read_settings

QUESTIONS = Path(__file__).with_name("version_questions.jsonl")


@dataclass(frozen=True)
class Question:
    """A question, and what its answer must contain in the older and in the newer project."""

    cartridges: tuple[str, str]
    """The library's cartridge in the older and in the newer project, which differ if it was renamed."""
    query: str
    expected: tuple[str, str]


def read_questions(file: Path = QUESTIONS) -> list[Question]:
    """Read the questions of a file, one JSON object a line."""
    lines = [json.loads(line) for line in file.read_text().splitlines() if line]
    return [Question(_pair(line["cartridge"]), line["query"], tuple(line["expected"])) for line in lines]


def _pair(cartridge: str | list[str]) -> tuple[str, str]:
    older, newer = (cartridge, cartridge) if isinstance(cartridge, str) else cartridge
    return older, newer


def ask(
    library: Library, questions: Sequence[Question], which: int, *, named: bool
) -> tuple[list[Question], int, float]:
    """Ask all questions; return those without the expected answer, passages of other versions, and median seconds."""
    missed, foreign, seconds = [], 0, []
    for question in questions:
        cartridge = question.cartridges[which]
        query = question.query if named else f"{cartridge.removeprefix('npm.')}: {question.query}"
        begun = time.perf_counter()
        answer = search_docs(library, query, [cartridge] if named else None)
        seconds.append(time.perf_counter() - begun)
        text = "\n".join(passage.text for passage in answer.results)
        foreign += sum(passage.version != passage.locked for passage in answer.results)
        if not re.search(question.expected[which], text):
            missed.append(question)
    return missed, foreign, statistics.median(seconds)


def _by_library(questions: Sequence[Question], missed: Sequence[Question], which: int) -> str:
    """How many questions of each library were answered: `pydantic 12/14, httpx 4/4`."""
    asked = Counter(question.cartridges[which] for question in questions)
    lost = Counter(question.cartridges[which] for question in missed)
    return ", ".join(f"{name} {count - lost[name]}/{count}" for name, count in asked.items())


def main() -> None:
    """Print a line for each project and way of asking, and the misses."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("projects", nargs=2, type=Path)
    projects = parser.parse_args().projects
    libraries = [library_of(read_settings(project=project)) for project in projects]
    mounted = [{mount.id for mount in library.mounts()} & library.scope.direct for library in libraries]
    questions = [one for one in read_questions() if all(map(set.__contains__, mounted, one.cartridges))]
    for which, (project, library) in enumerate(zip(projects, libraries, strict=True)):
        library.learn_contents()
        for named in (True, False):
            missed, foreign, seconds = ask(library, questions, which, named=named)
            way = "library named" if named else "library in the question's words"
            right = len(questions) - len(missed)
            print(f"{project.name}, {way}: {right} of {len(questions)}, {foreign} passages of other versions, ", end="")
            print(f"median {seconds * 1000:.1f} ms")
            print(f"  {_by_library(questions, missed, which)}")
            for question in missed:
                print(f"  missed: {question.cartridges[which]}: {question.query}")


if __name__ == "__main__":
    main()
