"""How often an answer says "Not in these pages", for questions whose answer isn't there and for those whose is.

    python -m benchmarks.absence FOLDER --answerable FILE

FOLDER holds the cartridges that `unanswerable_questions.jsonl` names: datasets, peft, pydantic, trl, uv. FILE has one
JSON object a line with `lib` and `query`, such as the evaluation's questions. Each question is asked of its library, by
words and meaning and by words alone; unanswerable ones in lower case, too, as agents write them.
"""

import argparse
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

from vrom.answers.search import search_docs
from vrom.library.library import Library
from vrom.settings import read_settings

QUESTIONS = Path(__file__).with_name("unanswerable_questions.jsonl")
TOLD = "Not in these pages"


def ask(library: Library, questions: Iterable[tuple[str, str]], mode: str) -> list[str]:
    """The questions whose answer says that it isn't there."""
    answers = ((query, search_docs(library, query, [name], mode=mode)) for name, query in questions)
    return [query for query, answer in answers if any(TOLD in note for note in answer.notes)]


def main() -> None:
    """Print a line for each kind of question and mode."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--answerable", type=Path)
    given = parser.parse_args()
    lines = [json.loads(line) for line in QUESTIONS.read_text().splitlines()]
    kinds = {
        "unanswerable": [(line["cartridge"], line["query"]) for line in lines],
        "the same in lower case": [(line["cartridge"], line["query"].lower()) for line in lines],
    }
    if given.answerable:
        answerable = [json.loads(line) for line in given.answerable.read_text().splitlines()]
        kinds["answerable"] = [(line["lib"], line["query"]) for line in answerable]
    with tempfile.TemporaryDirectory() as cache:
        library = Library([given.folder], cache=Path(cache), models=read_settings().models)
        for mode in ("hybrid", "lexical"):
            for kind, questions in kinds.items():
                told = ask(library, questions, mode)
                print(f"{mode}, {kind}: {len(told)} of {len(questions)} told ({len(told) / len(questions):.0%})")
                if kind == "answerable":
                    print("".join(f"  wrongly: {query}\n" for query in told), end="")


if __name__ == "__main__":
    main()
