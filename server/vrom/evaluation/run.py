"""Run every query through `search_docs`, and save and load the results.

A run is a JSON Lines file of `{"id", "results": [{"source_file", "text"}]}`, results best first.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import orjson

from vrom.answers.document import document_of
from vrom.answers.search import search_docs
from vrom.errors import InvalidArgumentError, NotFoundError
from vrom.evaluation.judge import Result, Section
from vrom.evaluation.questions import AskedQuestion, Gold
from vrom.evaluation.sections import nearest_heading, section_lines
from vrom.library.library import Library
from vrom.search.score.candidates import Mode
from vrom.storage.atomic import replace_file

Run = Mapping[str, Sequence[Result]]
"""Results by query id, best first."""

DEPTH = 20
"""Number of results requested per query."""
_ALL_TOKENS = 20_000


def ask(
    library: Library, questions: Sequence[AskedQuestion], mode: Mode, progress: Callable[[int], None] = lambda _: None
) -> dict[str, list[Result]]:
    """Search for every query, in all cartridges in scope or in those that it names.

    `progress` receives the number of queries done.
    """
    run: dict[str, list[Result]] = {}
    for done, question in enumerate(questions, 1):
        names = list(question.cartridges) or None
        answer = search_docs(library, question.query, names, top_k=DEPTH, max_tokens=_ALL_TOKENS, mode=mode)
        run[question.id] = [Result(passage.source_file, passage.text) for passage in answer.results]
        progress(done)
    return run


def answering_sections(
    library: Library, questions: Sequence[AskedQuestion], corpora: Path | None
) -> dict[str, list[Section]]:
    """The sections that answer each query, from the documents under `corpora`, or from the cartridges if it is None.

    Raises `InvalidArgumentError` if a document or section isn't found there.
    """
    return {question.id: sections_of(library, question, corpora) for question in questions}


def sections_of(library: Library, question: AskedQuestion, corpora: Path | None = None) -> list[Section]:
    """The sections that answer one query, see `answering_sections`."""
    return [_section(library, corpora, question, gold) for gold in question.gold]


def _section(library: Library, corpora: Path | None, question: AskedQuestion, gold: Gold) -> Section:
    name = question.source_file(gold)
    try:
        return Section(name, _lines(library, corpora, name, gold))
    except (InvalidArgumentError, NotFoundError) as error:
        raise InvalidArgumentError(f"Question {question.id!r}, page {name!r}: {error}") from error


def _lines(library: Library, corpora: Path | None, name: str, gold: Gold) -> Counter[str]:
    if corpora is not None:
        try:
            page = (corpora / name).read_text(encoding="utf-8")
        except OSError as error:
            raise InvalidArgumentError(f"{corpora / name}: it can't be read ({error.strerror}).") from error
        except UnicodeError as error:
            raise InvalidArgumentError(f"{corpora / name}: it isn't UTF-8 ({error}).") from error
        return section_lines(page, gold.heading, gold.line)
    for cartridge in library.open_all(library.select([gold.cartridge] if gold.cartridge else None))[0]:
        try:
            page = document_of(cartridge, name).text
        except NotFoundError:
            continue
        return section_lines(page, gold.heading, nearest_heading(page, gold.heading, gold.line))
    raise InvalidArgumentError(f"No mounted cartridge has the page {name!r} that the questions name.")


def save_run(run: Run, file: Path) -> None:
    """Write a run atomically."""
    lines = [
        {"id": i, "results": [{"source_file": r.source_file, "text": r.text} for r in rs]} for i, rs in run.items()
    ]
    replace_file(file, (orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines))


def read_run(file: Path) -> dict[str, list[Result]]:
    """Read a saved run. Raises `InvalidArgumentError` if the file can't be read or isn't a run."""
    run: dict[str, list[Result]] = {}
    try:
        for line in file.read_bytes().splitlines():
            entry = orjson.loads(line)
            run[entry["id"]] = [Result(str(r["source_file"]), str(r["text"])) for r in entry["results"]]
    except OSError as error:
        raise InvalidArgumentError(f"{file}: it can't be read ({error.strerror}).") from error
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise InvalidArgumentError(f"{file}, line {len(run) + 1}: not a line of a run, as --save writes it.") from error
    return run
