"""Files of questions in a folder: those kept one by one, and those that were added whole."""

import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import orjson
from filelock import FileLock

from vrom.errors import InvalidArgumentError, NotFoundError
from vrom.evaluation.questions import AskedQuestion, Gold, parse_questions, read_questions
from vrom.evaluation.sections import headings, section_lines
from vrom.storage.atomic import replace_file

KEPT = "kept"
"""Name of the file of questions kept one by one."""
LARGEST = 5_000_000
"""Bytes of a file that is added."""
LONGEST_QUERY = 20_000
_SUFFIX = ".jsonl"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


class QuestionFiles:
    """Files of queries, as `vrom eval` reads them, by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """Names of the files, that of the kept questions first."""
        try:
            found = [path.stem for path in self.folder.iterdir() if path.suffix == _SUFFIX and path.is_file()]
        except OSError:
            return []
        return sorted((name for name in found if _NAME.fullmatch(name)), key=lambda name: (name != KEPT, name))

    def path(self, name: str) -> Path:
        """The file of this name. Raises `NotFoundError` if there is none."""
        if name not in self.names():
            raise NotFoundError("file of questions", name, self.names())
        return self.folder / f"{name}{_SUFFIX}"

    def read(self, name: str) -> list[AskedQuestion]:
        """The questions of a file. Raises `NotFoundError`, and `InvalidArgumentError` if it can't be read."""
        file = self.path(name)
        return read_questions(file) if name == KEPT else list(_read(file, file.stat().st_ino, file.stat().st_mtime_ns))

    def add(self, name: str, content: bytes) -> list[AskedQuestion]:
        """Store a file, and return its questions. A file of this name is replaced.

        Raises `InvalidArgumentError` if the name is taken by the kept questions, or the content isn't questions.
        """
        plain = plain_name(name)
        if plain == KEPT:
            raise InvalidArgumentError(f"{name}: questions that were kept are in the file {KEPT!r}. Name it otherwise.")
        if len(content) > LARGEST:
            raise InvalidArgumentError(f"{name}: it has {len(content):,} bytes; at most {LARGEST:,} are read.")
        found = parse_questions(content, name)
        self.folder.mkdir(parents=True, exist_ok=True)
        replace_file(self.folder / f"{plain}{_SUFFIX}", [content])
        return found

    def remove(self, name: str) -> None:
        """Delete a file. Raises `NotFoundError`."""
        self.path(name).unlink(missing_ok=True)

    def kept(self) -> list[AskedQuestion]:
        """The questions kept one by one, the first one first. Raises `InvalidArgumentError` if they can't be read."""
        return self.read(KEPT) if KEPT in self.names() else []

    def keep(self, query: str, gold: Sequence[Gold], cartridges: Sequence[str] = (), label: str = "") -> AskedQuestion:
        """Keep a question with the sections that answer it; the same question is replaced.

        Raises `InvalidArgumentError` if the query is empty or too long, or if there is no section.
        """
        if not query.strip() or len(query) > LONGEST_QUERY:
            raise InvalidArgumentError(f"query: expected 1 to {LONGEST_QUERY:,} characters.")
        if not gold:
            raise InvalidArgumentError("Choose at least one right answer.")
        asked = "\0".join([query, *cartridges]).encode("utf-8", "replace")
        question = AskedQuestion(
            id=f"kept-{hashlib.sha256(asked).hexdigest()[:12]}",
            query=query,
            gold=tuple(dict.fromkeys(gold)),
            set=label,
            cartridges=tuple(cartridges),
        )
        with self._lock():
            kept = self.kept()
            places = [i for i, one in enumerate(kept) if one.id == question.id]
            self._write([question if i in places else one for i, one in enumerate(kept)] + [question] * (not places))
        return question

    def forget(self, question_id: str) -> None:
        """Remove a kept question. Raises `NotFoundError`."""
        with self._lock():
            kept = self.kept()
            left = [one for one in kept if one.id != question_id]
            if len(left) == len(kept):
                raise NotFoundError("question", question_id, [one.id for one in kept])
            self._write(left)

    def _lock(self) -> FileLock:
        self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder / f".{KEPT}.lock", timeout=10)

    def _write(self, questions: Sequence[AskedQuestion]) -> None:
        file = self.folder / f"{KEPT}{_SUFFIX}"
        if not questions:
            with suppress(FileNotFoundError):
                file.unlink()
            return
        replace_file(file, [orjson.dumps(_line_of(one), option=orjson.OPT_APPEND_NEWLINE) for one in questions])


def plain_name(name: str) -> str:
    """A file's name as the name of a file of questions: no folder, no suffix, no unusual characters.

    >>> plain_name("docs/My questions.jsonl"), plain_name("../../.ssh/keys"), plain_name("***")
    ('My-questions', 'keys', 'questions')
    """
    last = re.split(r"[/\\]", name)[-1]
    stem = last.removesuffix(_SUFFIX).removesuffix(".json")
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._")[:60] or "questions"


def gold_at(text: str, span: tuple[int, int], file: str, cartridge: str) -> Gold:
    """The innermost section at the start of a span of a document's text, or the next one that begins in it.

    What comes before the first heading is answered by the whole document. Raises `InvalidArgumentError` if results
    can't be compared with a section, since it has no line that tells it from others.
    """
    start, end = span
    blank = len(text[start:end]) - len(text[start:end].lstrip())
    first, last = text.count("\n", 0, start + blank), text.count("\n", 0, end)
    found = [(line + 1, name) for line, _, name in headings(text.split("\n")) if name and line <= last]
    above = [one for one in found if one[0] <= first + 1][-1:]
    inside = [one for one in found if one[0] > first + 1]
    if not above and section_lines(text, "", None):
        return Gold(file=file, cartridge=cartridge)
    for line, heading in [*above, *inside]:
        if section_lines(text, heading, line):
            return Gold(file=file, heading=heading, line=line, cartridge=cartridge)
    heading = above[0][1] if above else ""
    raise InvalidArgumentError(f"{file}: the section {heading!r} is too short to be recognised in an answer.")


@lru_cache(maxsize=8)
def _read(file: Path, _inode: int, _changed: int) -> tuple[AskedQuestion, ...]:
    return tuple(read_questions(file))


def _line_of(question: AskedQuestion) -> dict[str, object]:
    return question.model_dump(exclude_defaults=True)
