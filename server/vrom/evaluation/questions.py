"""Read queries with the sections that answer them from a JSON Lines file.

A line is `{"id", "query", "gold": [{"file", "heading", "line"}], "set", "lib"}`. `set` and `lib` group the figures;
`lib` is the folder of the gold sections' documents. `line` (from 1) distinguishes equal headings; without `heading`,
the whole document is the answer.
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


class AskedQuestion(BaseModel):
    """A query and the sections that answer it."""

    model_config = ConfigDict(frozen=True)

    id: str
    query: str
    gold: tuple[Gold, ...]
    set: str = ""
    lib: str = ""

    def source_file(self, gold: Gold) -> str:
        """The `source_file` of a gold section's document in a cartridge."""
        return f"{self.lib}/{gold.file}" if self.lib else gold.file


def read_questions(file: Path) -> list[AskedQuestion]:
    """Read a file of queries. Raises `InvalidArgumentError`, with the line number of an invalid line."""
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise InvalidArgumentError(f"{file}: it can't be read ({error.strerror}).") from error
    questions: list[AskedQuestion] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            questions.append(AskedQuestion.model_validate(orjson.loads(line)))
        except (orjson.JSONDecodeError, ValidationError) as error:
            problem = error.errors(include_url=False)[0] if isinstance(error, ValidationError) else str(error)
            what = f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" if isinstance(problem, dict) else problem
            raise InvalidArgumentError(f"{file}, line {number}: {what}. Expected id, query and gold.") from error
    if not questions:
        raise InvalidArgumentError(f"{file}: it holds no questions.")
    return questions
