"""Questions with the sections that answer them, from a file of JSON lines.

A line is `{"id", "query", "gold": [{"file", "heading", "line"}], "set", "lib"}`. `set` and `lib` group the figures;
`lib` is the folder that the gold's files are in. `line` (from 1) tells headings of one name apart; without `heading`
the whole page answers.
"""

from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from vrom.errors import InvalidArgumentError


class Gold(BaseModel):
    """A section that answers."""

    model_config = ConfigDict(frozen=True)

    file: str
    heading: str = ""
    line: int | None = None


class AskedQuestion(BaseModel):
    """A question and what answers it."""

    model_config = ConfigDict(frozen=True)

    id: str
    query: str
    gold: tuple[Gold, ...]
    set: str = ""
    lib: str = ""

    def source_file(self, gold: Gold) -> str:
        """A gold section's page, as a cartridge names it."""
        return f"{self.lib}/{gold.file}" if self.lib else gold.file


def read_questions(file: Path) -> list[AskedQuestion]:
    """Read a file of questions. Raises `InvalidArgumentError` with the line that is wrong."""
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
