"""Whether two projects that lock different versions of the same libraries each get their own.

    python -m benchmarks.versions OLD NEW

OLD and NEW are folders of projects; `vrom add` has been run in both. Each question of `version_questions.jsonl` is
asked in both, with the library named and without. An answer counts if its passages match the expression expected of
that project; a passage of another version than the project locks is counted apart.
"""

import argparse
import json
import re
import statistics
import time
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

    cartridge: str
    query: str
    expected: tuple[str, str]


def read_questions(file: Path = QUESTIONS) -> list[Question]:
    """Read the questions of a file, one JSON object a line."""
    lines = [json.loads(line) for line in file.read_text().splitlines() if line]
    return [Question(line["cartridge"], line["query"], tuple(line["expected"])) for line in lines]


def ask(
    library: Library, questions: Sequence[Question], which: int, *, named: bool
) -> tuple[list[Question], int, float]:
    """Ask all questions; return those without the expected answer, passages of other versions, and median seconds."""
    missed, foreign, seconds = [], 0, []
    for question in questions:
        query = question.query if named else f"{question.cartridge}: {question.query}"
        begun = time.perf_counter()
        answer = search_docs(library, query, [question.cartridge] if named else None)
        seconds.append(time.perf_counter() - begun)
        text = "\n".join(passage.text for passage in answer.results)
        foreign += sum(passage.version != passage.locked for passage in answer.results)
        if not re.search(question.expected[which], text):
            missed.append(question)
    return missed, foreign, statistics.median(seconds)


def main() -> None:
    """Print a line for each project and way of asking, and the misses."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("projects", nargs=2, type=Path)
    questions = read_questions()
    for which, project in enumerate(parser.parse_args().projects):
        library = library_of(read_settings(project=project))
        library.learn_contents()
        for named in (True, False):
            missed, foreign, seconds = ask(library, questions, which, named=named)
            way = "library named" if named else "library in the question's words"
            right = len(questions) - len(missed)
            print(f"{project.name}, {way}: {right} of {len(questions)}, {foreign} passages of other versions, ", end="")
            print(f"median {seconds * 1000:.1f} ms")
            for question in missed:
                print(f"  missed: {question.cartridge}: {question.query}")


if __name__ == "__main__":
    main()
