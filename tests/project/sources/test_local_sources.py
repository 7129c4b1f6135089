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


COMMIT = "0123abc" + "9" * 33
OF_GIT = Dependency("cargo", "tea", "1.0.0", index=f"git+https://forge.example/leaves#{COMMIT}")


@pytest.fixture
def write_crate():
    """Write the sources of the crate `tea`, with a line in its README."""

    def write(folder, about):
        (folder / "src").mkdir(parents=True)
        (folder / "Cargo.toml").write_text('[package]\nname = "tea"\nversion = "1.0.0"\n')
        (folder / "README.md").write_text(f"# Tea\n\n{about}\n")
        (folder / "src" / "lib.rs").write_text("//! Tea.\n")

    return write


@pytest.fixture
def checkout(tmp_path, write_crate):
    """Write cargo's checkout of a commit, with `tea` in a folder of it."""

    def write(commit, folder="0123abc"):
        checkout = tmp_path / "cargo/git/checkouts/leaves-abc" / folder
        write_crate(checkout / "crates" / "tea", "From the repository.")
        (checkout / ".git/refs/heads").mkdir(parents=True)
        (checkout / ".git/HEAD").write_text("ref: refs/heads/main\n")
        (checkout / ".git/refs/heads/main").write_text(f"{commit}\n")

    return write


def test_a_crate_of_a_repository_is_not_the_one_of_that_name_and_version_in_a_registry(tmp_path, caches, write_crate):
    write_crate(tmp_path / "cargo/registry/src/index/tea-1.0.0", "From the registry.")
    found = gather_crate(OF_GIT, tmp_path / "project", caches)
    assert found.documents == {}
    assert "it comes from git+https://forge.example/leaves#0123abc" in found.problems[0]
    assert gather_crate(CRATE, tmp_path / "project", caches).documents


def test_it_is_read_from_the_checkout_of_its_commit(tmp_path, caches, checkout):
    checkout(COMMIT)
    found = gather_crate(OF_GIT, tmp_path / "project", caches)
    assert any("From the repository." in document.text for document in found.documents.values())


@pytest.mark.parametrize("head", [COMMIT[:-1] + "8", "ref: refs/heads/main", ""])
def test_a_checkout_of_another_commit_is_not_read(tmp_path, caches, checkout, head):
    checkout(head)
    assert gather_crate(OF_GIT, tmp_path / "project", caches).documents == {}


def test_a_checkout_that_links_out_is_not_read(tmp_path, caches, checkout, private):
    checkout(COMMIT)
    crate = tmp_path / "cargo/git/checkouts/leaves-abc/0123abc/crates/tea"
    crate.rename(tmp_path / "elsewhere")
    crate.symlink_to(tmp_path / "elsewhere")
    assert gather_crate(OF_GIT, tmp_path / "project", caches).documents == {}
