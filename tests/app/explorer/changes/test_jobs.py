"""Jobs: one after the other, stage by stage, and cancelled where they next report."""

import threading

import pytest
from filelock import FileLock

from vrom.app.explorer.changes.jobs import Changes, Job, JobCancelledError
from vrom.app.explorer.changes.report import Report
from vrom.errors import HubError
from vrom.storage.atomic import replacing
from vrom.storage.waiting import locked


@pytest.fixture
def ended():
    return []


@pytest.fixture
def changes(ended):
    return Changes(None, after=lambda: ended.append(1))  # type: ignore[arg-type]


def test_jobs_run_one_after_the_other_and_failures_are_told(changes, ended, wait_until):
    release, order = threading.Event(), []

    def slow(job):
        job.report("reading", 3, 10)
        release.wait(20)
        order.append("slow")
        return Report("read")

    def failing(job):
        order.append("failing")
        raise HubError("The registry can't be reached.")

    def broken(job):
        raise ZeroDivisionError("secret detail")

    first, second, third = changes.start("A", slow), changes.start("B", failing), changes.start("C", broken)
    wait_until(lambda: first.summary == "reading")
    assert second.state == "waiting"
    assert not ended
    release.set()
    wait_until(lambda: first.is_over and second.is_over and third.is_over)
    assert order == ["slow", "failing"]
    assert (first.state, first.summary) == ("done", "read")
    assert (second.state, second.problem) == ("failed", "The registry can't be reached.")
    assert "secret detail" not in third.problem
    assert len(ended) == 3


def test_a_running_job_ends_where_it_next_reports_and_leaves_nothing(changes, ended, wait_until, tmp_path):
    target = tmp_path / "package"

    def build(job):
        with replacing(target) as new:
            (new / "manifest.json").write_text("{")
            while True:
                job.report("writing", 0, None)
                threading.Event().wait(0.005)

    job = changes.start("Build", build)
    wait_until(lambda: job.summary == "writing")
    changes.cancel(job)
    wait_until(lambda: job.is_over)
    assert job.state == "cancelled"
    assert list(tmp_path.iterdir()) == []
    assert ended == [1]


def test_a_job_that_waits_for_the_lock_of_another_process_is_cancelled(changes, wait_until, tmp_path):
    waits = threading.Event()

    def update(_):
        waits.set()
        with locked(tmp_path / "kettle.lock"):
            return Report("updated")

    with FileLock(tmp_path / "kettle.lock"):
        job = changes.start("Update", update)
        assert waits.wait(60)
        changes.cancel(job)
        wait_until(lambda: job.is_over)
    assert job.state == "cancelled"


def test_a_waiting_job_is_cancelled_at_once_and_never_begins(changes, wait_until):
    release, begun = threading.Event(), []
    first = changes.start("A", lambda job: Report(str(release.wait(20))))
    wait_until(lambda: first.state == "running")
    second = changes.start("B", lambda job: begun.append(1))
    changes.cancel(second)
    assert second.state == "cancelled"
    release.set()
    third = changes.start("C", lambda job: Report("done"))
    wait_until(lambda: third.is_over)
    assert begun == []


def test_a_cancelled_job_passes_through_work_that_goes_on_after_failures():
    job = Job(1, "Add")
    job.is_cancelled = True

    def of_each_package():
        try:
            job.report("reading", 1, 2)
        except Exception:  # noqa: BLE001 - as code does that reads packages of any kind
            return "failed, and goes on"

    with pytest.raises(JobCancelledError):
        of_each_package()


def test_stages_are_coming_running_and_done():
    job = Job(1, "Build")
    job.expect("Read", "Write")
    job.report("Fetch the model", 0, None)
    job.report("Read", 1, None)
    job.report("Read", 2, 7)
    assert [(one.name, one.state) for one in job.stages] == [
        ("Fetch the model", "done"), ("Read", "running"), ("Write", "coming"),
    ]  # fmt: skip
    assert (job.stages[1].done, job.stages[1].total) == (2, 7)
    job.end("done")
    assert [one.state for one in job.stages] == ["done", "done", "coming"]


def test_the_last_jobs_are_remembered(changes, wait_until):
    jobs = [changes.start(f"Job {i}", lambda job: Report("done")) for i in range(60)]
    wait_until(lambda: all(job.is_over for job in jobs))
    changes.start("Last", lambda job: Report("done"))
    assert changes.find(1) is None
    assert changes.jobs()[0].title == "Last"
    assert 50 <= len(changes.jobs()) <= 52


def test_the_result_is_there_before_the_job_is_over(wait_until):
    states = []
    changes = Changes(None, after=lambda: states.append(job.state))  # type: ignore[arg-type]
    release = threading.Event()
    job = changes.start("Build", lambda _: Report(str(release.wait(20))))
    release.set()
    wait_until(lambda: job.is_over)
    assert states == ["running"], "the library is scanned before the page says that it can be searched"
