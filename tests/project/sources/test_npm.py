"""Packages of npm: tokens stay with their host, and links of a checkout don't lead out of it."""

import os
from pathlib import Path

import pytest

from vrom.project.dependency import Dependency
from vrom.project.sources.npm import find_installed, gather_npm, npm_credentials, own_registries, read_registry

MANIFEST = '{"name": "tea", "version": "1.0.0", "description": "Tea."}'


@pytest.fixture
def home(tmp_path, monkeypatch):
    (tmp_path / "home").mkdir()
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "project" / ".git").mkdir(parents=True)
    return tmp_path / "project"


def test_a_token_of_the_user_is_not_sent_to_the_registry_that_a_checkout_names(home, project):
    (home / ".npmrc").write_text("//registry.npmjs.org/:_authToken=secret\n")
    (project / ".npmrc").write_text("registry=https://evil.example/\n")
    assert read_registry("tea", project) == "https://evil.example/"
    assert npm_credentials(project).keys() == {"https://registry.npmjs.org:443"}
    assert own_registries() == {"https://registry.npmjs.org:443"}


def test_a_checkout_cannot_name_a_variable_of_the_environment(home, project, monkeypatch):
    monkeypatch.setenv("SECRET", "secret")
    (project / ".npmrc").write_text("//evil.example/:_authToken=${SECRET}\n//evil.example/a/:_authToken=x${SECRET}\n")
    assert npm_credentials(project) == {}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("text", [None, "[", "//evil.example:99999/:_authToken=x", "//a@b/:_authToken=x", "a\n b\n  c"])
def test_settings_may_be_anything(home, project, text):
    if text is None:
        os.mkfifo(project / ".npmrc")
    else:
        (project / ".npmrc").write_text(text)
    assert npm_credentials(project) == {}
    assert read_registry("tea", project) == "https://registry.npmjs.org"


def test_a_package_that_links_out_of_the_project_is_not_read(home, project):
    private = home / "tea"
    private.mkdir()
    (private / "package.json").write_text(MANIFEST)
    (private / "README.md").write_text("# Private\n")
    (project / "node_modules").mkdir()
    (project / "node_modules" / "tea").symlink_to(private)
    assert find_installed("tea", "1.0.0", project) is None


def test_a_file_that_links_out_of_a_package_is_not_read(home, project, tmp_path):
    (home / "private.md").write_text("# Private\n\nA secret.\n")
    tea = project / "node_modules" / "tea"
    (tea / "docs").mkdir(parents=True)
    (tea / "package.json").write_text(MANIFEST)
    (tea / "README.md").symlink_to(home / "private.md")
    (tea / "docs" / "a.md").symlink_to(home / "private.md")
    (tea / "docs" / "b.md").write_text("# Brewing\n\nThree minutes.\n")
    found = gather_npm(Dependency("npm", "tea", "1.0.0"), project, None, tmp_path)
    assert list(found.documents) == ["docs/b.md"]
