"""Pulled cartridges from the pages: all of them are updated at once, with a line for each."""

import json
import shutil

import pytest

from vrom.app.explorer.changes.jobs import JobCancelledError
from vrom.cli.explore.registries import UPDATE, pull, update_all
from vrom.registry.installed import PackageStore
from vrom.registry.publish.publish import publish


@pytest.fixture
def registry(settings, tmp_path, monkeypatch):
    """A folder that is the registry."""
    monkeypatch.setenv("VROM_REGISTRY", str(tmp_path / "registry"))
    return tmp_path / "registry"


@pytest.fixture
def released(registry, make_package, tmp_path):
    """Publish versions of cartridges."""

    def release(*names):
        for name in names:
            cartridge, _, version = name.partition("@")
            text = f"# Guide\n\nHow to use {cartridge} {version}."
            folder = make_package(cartridge, {"guide.md": [text]}, root=tmp_path / version, version=version)
            publish(folder, registry)

    return release


@pytest.fixture
def installed(settings):
    return lambda: [(one.id, one.version) for one in PackageStore(settings.vroms).installed()]


def test_every_cartridge_with_a_newer_version_is_updated_with_a_line_for_each(released, installed, job):
    released("kettle@1.0", "lid@1.0", "teapot@1.0")
    for name in ("kettle", "lid", "teapot"):
        pull(name, job)
    released("kettle@1.1", "teapot@2.0")
    report = update_all(job)
    assert [(row.name, row.before, row.version, row.state) for row in report.rows] == [
        ("kettle", "1.0", "1.1", "updated"),
        ("teapot", "1.0", "2.0", "updated"),
    ]
    assert report.summary == "2 updated."
    assert installed() == [("kettle", "1.1"), ("lid", "1.0"), ("teapot", "2.0")]
    stage = next(stage for stage in job.stages if stage.name == UPDATE)
    assert (stage.done, stage.total) == (2, 2)


def test_without_newer_versions_nothing_is_done(released, installed, job, make_package, settings):
    released("kettle@1.0")
    pull("kettle", job)
    make_package("own", {"guide.md": ["# Own\n\nMade here."]}, root=settings.vroms)
    assert update_all(job).summary.startswith("No registry lists a newer version")
    assert installed() == [("kettle", "1.0"), ("own", "1.0.0")]


def test_a_cartridge_stays_in_the_range_that_was_pulled(released, installed, job):
    released("kettle@1.0", "lid@1.0")
    pull("kettle@<2", job)
    pull("lid@1.0", job)
    released("kettle@2.0", "lid@1.1")
    assert update_all(job).rows == []
    released("kettle@1.1")
    assert [(row.before, row.version) for row in update_all(job).rows] == [("1.0", "1.1")]
    assert installed() == [("kettle", "1.1"), ("lid", "1.0")]


def test_what_fails_is_in_its_line_and_the_others_go_on(released, registry, installed, job):
    released("kettle@1.0", "teapot@1.0")
    pull("kettle", job)
    pull("teapot", job)
    released("kettle@1.1", "teapot@1.1")
    (entry,) = (one for one in json.loads((registry / "registry.json").read_bytes())["vroms"] if one["id"] == "kettle")
    for file in entry["files"].values():
        (registry / file).unlink()
        (registry / f"{file}.gz").unlink()
    report = update_all(job)
    assert [(row.name, row.state) for row in report.rows] == [("kettle", "failed"), ("teapot", "updated")]
    assert report.rows[0].problems
    assert report.summary == "1 updated, 1 failed."
    assert installed() == [("kettle", "1.0"), ("teapot", "1.1")]


def test_a_registry_that_is_gone_is_a_note(released, registry, job):
    released("kettle@1.0")
    pull("kettle", job)
    shutil.rmtree(registry)
    report = update_all(job)
    assert report.summary.startswith("No other registry lists a newer version")
    assert "Cannot read" in report.notes[0]


def test_what_is_cancelled_leaves_the_versions_that_were_there(released, installed, job, cancel_at):
    released("kettle@1.0")
    pull("kettle", job)
    released("kettle@1.1")
    cancel_at(UPDATE)
    with pytest.raises(JobCancelledError):
        update_all(job)
    assert installed() == [("kettle", "1.0")]
