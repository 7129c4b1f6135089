"""Changes that the user of this machine makes from the pages: background jobs, one at a time."""

import itertools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from vrom.errors import VromError

_log = logging.getLogger(__name__)

Progress = Callable[[str, int, int | None], None]
"""Function that is told the stage, how much is done, and how much there is, if known."""
Work = Callable[[Progress], str]
"""Function that does a job and returns what there is to say about its result."""
KEPT = 50
"""Jobs that are remembered."""


@dataclass
class Job:
    """A change, and how far it is."""

    number: int
    title: str
    stage: str = "waiting"
    done: int = 0
    total: int | None = None
    state: str = "running"
    """running, done or failed."""
    message: str = ""
    link: str = ""
    """Address of the page with its result, once it is done."""
    begun: float = field(default_factory=time.monotonic)
    ended: float | None = None

    @property
    def seconds(self) -> float:
        """Seconds that it has taken so far."""
        return (self.ended or time.monotonic()) - self.begun

    def report(self, stage: str, done: int, total: int | None) -> None:
        """Note the progress."""
        self.stage, self.done, self.total = stage, done, total


@dataclass(frozen=True)
class Operations:
    """The changes themselves, as the commands make them; each takes the place where progress is reported."""

    store: Path
    """Folder of the packages that can be updated and removed."""

    pull: Callable[[str, Progress], str]
    update: Callable[[str, Progress], str]
    remove: Callable[[str, Progress], str]
    build: Callable[[str, str, Progress], str]
    preview: Callable[[str, str, Progress], str]


class Changes:
    """Runs changes in the background, one after the other, and remembers the last ones."""

    def __init__(self, operations: Operations, after: Callable[[], object] = lambda: None) -> None:
        self.operations = operations
        self._after = after
        self._numbers = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._lock = threading.Lock()
        self._running = threading.Lock()

    def start(self, title: str, work: Work, link: str = "") -> Job:
        """Start a job; its failure is its message, and `link` the address of the page with its result."""
        with self._lock:
            job = Job(next(self._numbers), title, link=link)
            self._jobs[job.number] = job
            for old in [one for one in self._jobs.values() if one.ended][:-KEPT]:
                del self._jobs[old.number]
        threading.Thread(target=self._run, args=(job, work), name=f"vrom-change-{job.number}", daemon=True).start()
        return job

    def jobs(self) -> list[Job]:
        """The jobs, newest first."""
        with self._lock:
            return sorted(self._jobs.values(), key=lambda job: -job.number)

    def _run(self, job: Job, work: Work) -> None:
        with self._running:
            try:
                job.message, job.state = work(job.report), "done"
            except VromError as error:
                job.message, job.state = str(error), "failed"
            except Exception:  # noqa: BLE001 - it is logged, and shown as the job's result
                _log.exception("%s failed", job.title)
                job.message, job.state = "An error in vrom itself, which is printed in the terminal.", "failed"
            job.ended = time.monotonic()
            self._after()
