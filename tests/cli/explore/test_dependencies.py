"""Dependencies from the pages: what a project locks, what is there, and what would be made; then it is made."""

from functools import partial

import pytest

from vrom.app.explorer.changes.jobs import Changes, Job, JobCancelledError
from vrom.app.explorer.changes.operations import AddForm
from vrom.cli.explore.dependencies import add, preview, read
from vrom.errors import InvalidArgumentError
from vrom.registry.installed import PackageStore

pytestmark = pytest.mark.timeout(300)
KETTLE = "pypi:kettle==1.0"


@pytest.fixture
def project(settings, release, write_lock):
    """A project that locks `kettle` 1.0."""
    release("1.0")
    return write_lock(settings.project)


def test_a_project_lists_what_would_be_made_and_then_what_is_there(settings, project, job):
    view = read(settings, "")
    assert (view.folder, view.files, view.problems) == (project.resolve(), ["uv.lock"], ())
    (listed,) = view.dependencies
    assert (listed.name, listed.state, listed.is_direct, listed.groups) == (KETTLE, "to be made", True, ["main"])
    report = add(settings, AddForm([KETTLE], str(project)), job)
    assert [(row.state, row.cartridge) for row in report.rows] == [("added", "kettle@1.0")]
    assert report.rows[0].documents > 1
    assert report.cartridge == "kettle@1.0"
    assert [stage.name for stage in job.stages if stage.state != "coming"] == ["Read the documentation", "Embed"]
    (listed,) = read(settings, str(project)).dependencies
    assert (listed.state, listed.cartridge) == ("there", "kettle@1.0")
    assert listed.chunks == report.rows[0].chunks


def test_another_version_is_told_from_the_locked_one(settings, project, job, release):
    release("2.0")
    add(settings, AddForm(["kettle==2.0"]), job)
    (listed,) = read(settings, "").dependencies
    assert (listed.state, listed.other_versions) == ("other version", ["2.0"])


def test_a_dry_run_reads_and_cuts_and_writes_nothing(settings, project, job, release):
    release("2.0")
    report = preview(settings, AddForm([KETTLE, "kettle==2.0", "teapot==9"]), job)
    assert [(row.name, row.version, row.state) for row in report.rows] == [
        ("kettle", "1.0", "planned"), ("kettle", "2.0", "planned"), ("teapot", "9", "nothing"),
    ]  # fmt: skip
    assert report.rows[0].chunks > 0
    assert report.rows[2].problems
    assert report.repeats["names"] == f"{KETTLE} kettle==2.0 teapot==9"
    assert not list(settings.vroms.glob("*"))


def test_the_projects_own_documentation_is_made_with_it(settings, project, job):
    (project / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "0.1"\n')
    (project / "README.md").write_text("# Shop\n\nHow to sell kettles.\n")
    assert (read(settings, "").own, read(settings, "").has_own) == ("shop", False)
    report = add(settings, AddForm([], str(project), own=True), job)
    assert [row.name for row in report.rows] == ["shop"]
    assert read(settings, "").has_own
    assert (project / ".vrom" / "cartridges" / "shop").is_dir()


@pytest.mark.parametrize("stage", ["Read the documentation", "Embed"])
def test_what_is_cancelled_leaves_nothing_half_made(settings, project, job, cancel_at, stage):
    cancel_at(stage)
    with pytest.raises(JobCancelledError):
        add(settings, AddForm([KETTLE]), job)
    left = [path.name for path in settings.vroms.glob("*") if path.suffix != ".lock"]
    assert left == ([] if stage == "Read the documentation" else ["kettle"])
    assert add(settings, AddForm([KETTLE]), Job(2, "Change")).rows[0].cartridge == "kettle@1.0"
    assert read(settings, "").dependencies[0].state == "there"


def test_what_waits_for_another_process_is_cancelled(settings, project, wait_until):
    changes = Changes(None)
    with PackageStore(settings.vroms).lock("kettle"):
        job = changes.start("Add", partial(add, settings, AddForm([KETTLE])))
        wait_until(lambda: job.is_over or job.summary == "Read the documentation")
        changes.cancel(job)
        wait_until(lambda: job.is_over)
    assert (job.state, job.problem) == ("cancelled", "Cancelled. Nothing half-made is left.")


def test_a_folder_without_lock_file_lists_nothing(settings, tmp_path):
    view = read(settings, str(tmp_path))
    assert (list(view.dependencies), view.own) == ([], "")


def test_what_is_no_folder_is_said_so(settings):
    with pytest.raises(InvalidArgumentError, match="not a folder"):
        read(settings, "/nowhere")
