"""Changes as background jobs, one at a time: their stages, their reports, and an end to them."""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from vrom.app.explorer.changes.report import Report
from vrom.errors import VromError
from vrom.storage.waiting import ended_by

if TYPE_CHECKING:
    from vrom.app.explorer.changes.operations import Operations

_log = logging.getLogger(__name__)

KEPT = 50
"""Jobs that are remembered."""

State = Literal["waiting", "running", "done", "failed", "cancelled"]


class JobCancelledError(BaseException):
    """Raised in a job that was cancelled, where it next reports its progress or waits for something.

    Not an `Exception`: work that goes on after any failure, such as that of one of many packages, must end as well.
    """


@dataclass
class Stage:
    """A stage of a job."""

    name: str
    done: int = 0
    total: int | None = None
    """None if unknown."""
    begun: float | None = None
    ended: float | None = None

    @property
    def state(self) -> Literal["coming", "running", "done"]:
        """Its state by its times."""
        return "coming" if self.begun is None else "running" if self.ended is None else "done"

    @property
    def seconds(self) -> float:
        """Seconds that it has taken so far."""
        return 0.0 if self.begun is None else (self.ended or time.monotonic()) - self.begun


@dataclass
class Job:
    """A change, and how far it is."""

    number: int
    title: str
    state: State = "waiting"
    stages: list[Stage] = field(default_factory=list)
    in_bytes: bool = False
    """True if stages count bytes."""
    result: Report | None = None
    """The report; while the job runs, an interim one."""
    problem: str = ""
    link: str = ""
    """Address of the page with its result, once it is done."""
    begun: float | None = None
    ended: float | None = None
    is_cancelled: bool = False

    @property
    def is_over(self) -> bool:
        """True if nothing more will happen."""
        return self.state in {"done", "failed", "cancelled"}

    @property
    def seconds(self) -> float:
        """Seconds that it has taken so far."""
        return 0.0 if self.begun is None else (self.ended or time.monotonic()) - self.begun

    @property
    def summary(self) -> str:
        """The result in a sentence; while it runs, the present stage."""
        if self.problem:
            return self.problem.partition("\n")[0]
        if self.is_over and self.result:
            return self.result.summary
        return next((stage.name for stage in reversed(self.stages) if stage.state == "running"), self.state)

    def expect(self, *names: str) -> None:
        """Show these stages as coming."""
        known = {stage.name for stage in self.stages}
        self.stages += [Stage(name) for name in names if name not in known]

    def report(self, name: str, done: int, total: int | None) -> None:
        """Note the progress of a stage; the first report of a stage ends the others.

        Raises `JobCancelledError` if the job was cancelled.
        """
        self.check()
        now = time.monotonic()
        stage = next((one for one in self.stages if one.name == name), None)
        if stage is None:
            stage = Stage(name)
            at = next((i for i, one in enumerate(self.stages) if one.state == "coming"), len(self.stages))
            self.stages.insert(at, stage)
        if stage.begun is None:
            stage.begun = now
            self._end_stages(now, but=stage)
        stage.done, stage.total = done, total

    def check(self) -> None:
        """Raise `JobCancelledError` if the job was cancelled."""
        if self.is_cancelled:
            raise JobCancelledError

    def show(self, report: Report) -> None:
        """Show an interim result."""
        self.result = report

    def end(self, state: State, *, problem: str = "") -> None:
        """Note how it ended."""
        self.ended = time.monotonic()
        if state == "done":
            self._end_stages(self.ended)
        self.problem, self.state = problem, state

    def _end_stages(self, now: float, but: Stage | None = None) -> None:
        for one in self.stages:
            if one.state == "running" and one is not but:
                one.ended = now


Work = Callable[[Job], Report]
"""Function that does a job."""


class Changes:
    """Runs jobs in the background, one after the other, and remembers the last ones; `after` is called after each."""

    def __init__(self, operations: "Operations", after: Callable[[], object] = lambda: None) -> None:
        self.operations = operations
        self._after = after
        self._numbers = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._lock = threading.Lock()
        self._running = threading.Lock()

    def start(self, title: str, work: Work, link: str = "") -> Job:
        """Start a job; its failure is its problem, and `link` the address of the page with its result."""
        with self._lock:
            job = Job(next(self._numbers), title, link=link)
            self._jobs[job.number] = job
            for old in [one for one in self._jobs.values() if one.is_over][:-KEPT]:
                del self._jobs[old.number]
        threading.Thread(target=self._run, args=(job, work), name=f"vrom-change-{job.number}", daemon=True).start()
        return job

    def find(self, number: int) -> Job | None:
        """The job with this number, if it is remembered."""
        with self._lock:
            return self._jobs.get(number)

    def jobs(self) -> Sequence[Job]:
        """The jobs, newest first."""
        with self._lock:
            return sorted(self._jobs.values(), key=lambda job: -job.number)

    def cancel(self, job: Job) -> None:
        """End a waiting job at once, and a running one where it next reports its progress or waits for something."""
        with self._lock:
            job.is_cancelled = True
            if job.state == "waiting":
                job.end("cancelled", problem="Cancelled before it began.")

    def _run(self, job: Job, work: Work) -> None:
        with self._running:
            if not self._begin(job):
                return
            state, problem = self._work(job, work)
            self._after()  # so that what is made can be opened once the job is over
            job.end(state, problem=problem)

    def _work(self, job: Job, work: Work) -> tuple[State, str]:
        """Do the work of a job; return how it ended, and the problem if there is one."""
        try:
            with ended_by(job.check):
                job.result = work(job)
        except JobCancelledError:
            return "cancelled", "Cancelled. Nothing half-made is left."
        except VromError as error:
            return "failed", str(error)
        except Exception:  # noqa: BLE001 - it is logged, and shown as the job's result
            _log.exception("%s failed", job.title)
            return "failed", "An error in vrom itself, which is printed in the terminal."
        return "done", ""

    def _begin(self, job: Job) -> bool:
        """Note that a job runs, unless it was cancelled while it waited."""
        with self._lock:
            if job.is_over:
                return False
            job.state, job.begun = "running", time.monotonic()
            return True
