"""Read queries with the sections that answer them from a JSON Lines file.

A line is `{"id", "query", "gold": [{"file", "heading", "line", "cartridge"}], "set", "lib", "cartridges"}`. `set` and
`lib` group the figures; `lib` is the folder of the gold sections' documents. `line` (from 1) distinguishes equal
headings; without `heading`, the whole document is the answer. `cartridge` is the one that holds the document, by
default any; `cartridges` are those that are searched, by default all in scope.
"""

from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from vrom.errors import InvalidArgumentError


class Gold(BaseModel):
    """A section that answers a query."""

    model_config = ConfigDict(frozen=True)

    file: str
    heading: str = ""
    line: int | None = None
    cartridge: str = ""


class AskedQuestion(BaseModel):
    """A query and the sections that answer it."""

    model_config = ConfigDict(frozen=True)

    id: str
    query: str
    gold: tuple[Gold, ...]
    set: str = ""
    lib: str = ""
    cartridges: tuple[str, ...] = ()

    def source_file(self, gold: Gold) -> str:
        """The `source_file` of a gold section's document in a cartridge."""
        return f"{self.lib}/{gold.file}" if self.lib else gold.file


def read_questions(file: Path) -> list[AskedQuestion]:
    """Read a file of queries. Raises `InvalidArgumentError`, with the line number of an invalid line."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise InvalidArgumentError(f"{file}: it can't be read ({error.strerror}).") from error
    return parse_questions(raw, str(file))


def parse_questions(raw: bytes, name: str) -> list[AskedQuestion]:
    """The queries of a file with this content. Raises `InvalidArgumentError` with `name` and the invalid line."""
    questions: list[AskedQuestion] = []
    for number, line in enumerate(raw.splitlines(), 1):
        if not line.strip():
            continue
        try:
            questions.append(AskedQuestion.model_validate(orjson.loads(line)))
        except (orjson.JSONDecodeError, ValidationError) as error:
            problem = error.errors(include_url=False)[0] if isinstance(error, ValidationError) else str(error)
            what = f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" if isinstance(problem, dict) else problem
            raise InvalidArgumentError(f"{name}, line {number}: {what}. Expected id, query and gold.") from error
    if not questions:
        raise InvalidArgumentError(f"{name}: it holds no questions.")
    return questions
