"""Results of evaluations in a folder, for comparison with later ones."""

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from vrom.errors import InvalidArgumentError, NotFoundError
from vrom.evaluation.question_files import plain_name
from vrom.evaluation.report import Evaluation, Summary
from vrom.storage.atomic import replace_file

KEPT = 200
"""Reports that are kept; the oldest is deleted for a new one."""
_NAME = re.compile(r"\d{8}-\d{6}-[A-Za-z0-9._-]{1,60}")


class Reports:
    """Reports by name: the time, and the file of questions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """Names of the reports, newest first."""
        try:
            found = [path.stem for path in self.folder.iterdir() if path.suffix == ".json" and path.is_file()]
        except OSError:
            return []
        return sorted(filter(_NAME.fullmatch, found), reverse=True)

    def save(self, report: Evaluation) -> str:
        """Store a report under a name of its own, which is returned."""
        stamp = re.sub(r"\D", "", report.created_at)
        name = first = f"{stamp[:8]}-{stamp[8:14]}-{plain_name(report.questions)[:50]}"
        for number in itertools.count(2):  # a short evaluation may end in the second of another
            if name not in self.names():
                break
            name = f"{first}-{number}"
        self.folder.mkdir(parents=True, exist_ok=True)
        replace_file(self.folder / f"{name}.json", [report.model_dump_json(exclude={"name"}).encode()])
        for old in self.names()[KEPT:]:
            self.remove(old)
        return name

    def read(self, name: str) -> Evaluation:
        """A report. Raises `NotFoundError`, and `InvalidArgumentError` if it can't be read."""
        if name not in self.names():
            raise NotFoundError("report", name, self.names())
        try:
            found = Evaluation.model_validate_json((self.folder / f"{name}.json").read_bytes())
        except (OSError, ValidationError) as error:
            raise InvalidArgumentError(f"The report {name!r} can't be read. Delete it.") from error
        return found.model_copy(update={"name": name})

    def summaries(self) -> Iterator[Summary]:
        """The figures of the reports that can be read, newest first."""
        for name in self.names():
            file = self.folder / f"{name}.json"
            try:
                yield _summary(file, file.stat().st_mtime_ns)
            except (OSError, ValidationError):
                continue

    def newest(self, questions: str) -> Evaluation:
        """The newest report on a file of questions. Raises `NotFoundError`."""
        for one in self.summaries():
            if one.questions == questions:
                return self.read(one.name)
        raise NotFoundError("report", questions, self.names())

    def before(self, report: Summary) -> list[Summary]:
        """Earlier reports on the same file of questions, newest first."""
        return [one for one in self.summaries() if one.questions == report.questions and one.name < report.name]

    def remove(self, name: str) -> None:
        """Delete a report. Raises `NotFoundError`."""
        if name not in self.names():
            raise NotFoundError("report", name, self.names())
        (self.folder / f"{name}.json").unlink(missing_ok=True)


@lru_cache(maxsize=KEPT)
def _summary(file: Path, _changed: int) -> Summary:
    return Summary.model_validate_json(file.read_bytes()).model_copy(update={"name": file.stem})
