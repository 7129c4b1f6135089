"""Crates and Go modules of a checkout: links in `vendor` don't lead out of the project."""

import os

import pytest

from vrom.project.dependency import Dependency
from vrom.project.sources.local_sources import SourceCaches, gather_crate, gather_go_module

CRATE, MODULE = Dependency("cargo", "tea", "1.0.0"), Dependency("go", "a.b/tea", "v1.0.0")


@pytest.fixture
def caches(tmp_path):
    return SourceCaches(tmp_path / "cargo", tmp_path / "go")


@pytest.fixture
def private(tmp_path):
    """A folder of the user that no project is to read."""
    folder = tmp_path / "home" / "tea"
    folder.mkdir(parents=True)
    (folder / "Cargo.toml").write_text('[package]\nname = "tea"\ndescription = "A secret."\n')
    (folder / "go.mod").write_text("module a.b/tea\n")
    (folder / "README.md").write_text("# Private\n\nA secret.\n")
    return folder


def test_a_vendored_package_that_links_out_of_the_project_is_not_read(tmp_path, caches, private):
    (tmp_path / "project/vendor/a.b").mkdir(parents=True)
    (tmp_path / "project/vendor/tea").symlink_to(private)
    (tmp_path / "project/vendor/a.b/tea").symlink_to(private)
    assert gather_crate(CRATE, tmp_path / "project", caches).documents == {}
    assert gather_go_module(MODULE, tmp_path / "project", caches).documents == {}


@pytest.mark.timeout(20)
def test_files_of_a_vendored_package_that_are_links_or_pipes_are_not_read(tmp_path, caches, private):
    crate = tmp_path / "project/vendor/tea"
    crate.mkdir(parents=True)
    (crate / "Cargo.toml").symlink_to(private / "Cargo.toml")
    (crate / "README.md").symlink_to(private / "README.md")
    os.mkfifo(crate / "CHANGELOG.md")
    found = gather_crate(CRATE, tmp_path / "project", caches)
    assert (found.documents, found.summary) == ({}, "")
