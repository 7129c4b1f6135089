"""Builds from the pages: what the form says is built, and a dry run says what would be left out."""

import pytest

from vrom.app.explorer.changes.jobs import JobCancelledError
from vrom.app.explorer.changes.operations import BuildForm
from vrom.cli.explore.building import STAGES, build, preview
from vrom.errors import BuildError, InvalidArgumentError

PAGE = "# Toaster\n\nHow to brown the bread: set the dial to four.\n"


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "toaster.md").write_text(PAGE)
    (folder / "notes.odt").write_bytes(b"PK")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    return folder


def test_a_dry_run_shows_what_would_be_left_out_and_writes_nothing(settings, docs, job):
    report = preview(settings, BuildForm(str(docs), "toaster", "2", follows_links=True), job)
    assert report.facts["pages"] == "1"
    assert [sample.file for sample in report.sample] == ["toaster.md"]
    assert [one.name for one in report.losses.missing] == ["*.odt"]
    assert [one.name for one in report.losses.passed_over] == ["*.png"]
    assert report.losses.warning
    assert report.repeats == {"source": str(docs), "id": "toaster", "version": "2", "follow": "1"}
    assert not settings.vroms.exists()


def test_a_build_tells_its_stages_and_can_be_searched(settings, docs, job):
    report = build(settings, BuildForm(str(docs), "toaster", "2.1", "About toasters."), job)
    assert [stage.name for stage in job.stages] == list(STAGES.values())
    assert report.cartridge == "toaster@2.1"
    assert report.facts["chunks"] == "1"
    assert report.notes == []
    assert (settings.vroms / "toaster" / "manifest.json").is_file()
    again = build(settings, BuildForm(str(docs), "toaster", "2.1", "About toasters."), job)
    assert "is unchanged" in again.summary


@pytest.mark.parametrize("stage", STAGES.values())
def test_a_build_that_is_cancelled_leaves_nothing(settings, docs, job, cancel_at, stage):
    cancel_at(stage)
    with pytest.raises(JobCancelledError):
        build(settings, BuildForm(str(docs), "toaster"), job)
    assert not [path for path in settings.vroms.iterdir() if path.suffix != ".lock"]


@pytest.mark.parametrize(
    ("form", "error", "said"),
    [
        (BuildForm("/nowhere/docs", "x"), BuildError, "does not exist"),
        (BuildForm("/nowhere/docs"), InvalidArgumentError, "--id"),
        (BuildForm("/nowhere/docs", "../x"), InvalidArgumentError, "an id has"),
    ],
)
def test_a_form_that_is_wrong_says_so(settings, job, form, error, said):
    with pytest.raises(error, match=said):
        build(settings, form, job)
