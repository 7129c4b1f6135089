"""Changes of `vrom explore` in this process: a home with the model, and a job to report to."""

import time

import pytest

from vrom.app.explorer.changes.jobs import Job
from vrom.settings import read_settings


@pytest.fixture
def settings(tmp_path, model_home, monkeypatch):
    """Settings of an empty home; the project is an empty folder."""
    home, project = tmp_path / "home", tmp_path / "project"
    home.mkdir()
    project.mkdir()
    (home / "models").symlink_to(model_home / "models")
    for name in ("VROM_CARTRIDGES", "VROM_REGISTRY", "CLAUDE_PROJECT_DIR", "VIRTUAL_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VROM_HOME", str(home))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.chdir(project)
    return read_settings()


@pytest.fixture
def wait_until():
    """Wait for what another thread does."""

    def wait(condition):
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, "it has not happened"
            time.sleep(0.01)

    return wait


@pytest.fixture
def job():
    return Job(1, "Change")


@pytest.fixture
def cancel_at(job):
    """Cancel the job once it reports a stage."""

    def cancel(stage):
        report = job.report

        def reported(name, done, total):
            job.is_cancelled = name == stage
            report(name, done, total)

        job.report = reported

    return cancel
