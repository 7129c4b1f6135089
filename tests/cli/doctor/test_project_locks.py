"""The check of `vrom doctor` that compares the project's locks with the cartridges."""

import pytest

from vrom.cli.doctor.project import check_project
from vrom.settings import Settings

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on."]}


@pytest.fixture
def settings(tmp_path) -> Settings:
    (tmp_path / "project").mkdir()
    return Settings(tmp_path / "home", (), project=tmp_path / "project")


@pytest.fixture
def lock(settings):
    """Write a requirements file that pins these dependencies."""

    def write(*pins: str) -> None:
        (settings.project / "requirements.txt").write_text("\n".join(pins) + "\n")

    return write


@pytest.fixture
def document(settings, make_package):
    """Install a cartridge of this version."""

    def make(name: str, version: str) -> None:
        make_package(name, PAGES, root=settings.vroms, version=version)

    return make


def test_no_line_without_a_project(settings):
    assert check_project(settings) is None


def test_all_dependencies_are_documented(settings, lock, document):
    lock("kettle==1.0", "toaster==2.0")
    document("kettle", "1.0")
    document("toaster", "2.0")
    check = check_project(settings)
    assert (check.name, check.state, check.remedy) == ("project", "ok", "")
    assert check.found == "2 of 2 direct dependencies documented at the locked version"


def test_missing_and_other_versions_come_with_the_command(settings, lock, document):
    lock("kettle==1.0", "toaster==2.0", "fridge==3.0")
    document("kettle", "1.0")
    document("toaster", "1.9")
    check = check_project(settings)
    assert check.state == "warning"
    assert check.found.split("\n") == [
        "1 of 3 direct dependencies documented at the locked version",
        "missing: fridge 3.0, toaster 2.0 (documented: 1.9)",
    ]
    assert check.remedy == "vrom add fridge==3.0 toaster==2.0"


def test_many_missing_dependencies_have_a_short_command(settings, lock):
    lock(*(f"kettle{number}==1.0" for number in range(9)))
    check = check_project(settings)
    assert check.found.endswith("and 4 more")
    assert check.remedy == "vrom add"


def test_packages_of_npm_are_named_with_their_ecosystem(settings):
    (settings.project / "package.json").write_text('{"dependencies": {"zod": "^4.0.0"}}')
    (settings.project / "package-lock.json").write_text(
        '{"lockfileVersion": 3, "packages": {"": {"dependencies": {"zod": "^4.0.0"}}, '
        '"node_modules/zod": {"version": "4.1.0"}}}'
    )
    assert check_project(settings).remedy == "vrom add npm:zod==4.1.0"


def test_an_unreadable_lock_is_named_with_its_line(settings):
    (settings.project / "uv.lock").write_text("version = 1\n[[")
    check = check_project(settings)
    assert check.state == "warning"
    assert "uv.lock, line 2: not valid TOML" in check.found
    assert check.remedy == ""


def test_a_dependency_without_a_version_is_not_in_the_command(settings, lock):
    lock("kettle")
    check = check_project(settings)
    assert "version unknown, no lock file pins it: kettle" in check.found
    assert (check.state, check.remedy) == ("warning", "")


def test_lock_files_of_parts_are_named_with_the_versions_that_differ(settings, lock, document):
    lock("kettle==2.0")
    (settings.project / "backend").mkdir()
    (settings.project / "backend" / "requirements.txt").write_text("kettle==1.0\n")
    document("kettle", "2.0")
    check = check_project(settings)
    assert check.found.splitlines() == [
        "1 of 2 direct dependencies documented at the locked version",
        "missing: kettle 1.0 (documented: 2.0)",
        "lock files read: requirements.txt, backend/requirements.txt",
        "Several versions of kettle are locked: 2.0 in the root; 1.0 in backend.",
    ]
    assert check.remedy == "vrom add kettle==1.0"
