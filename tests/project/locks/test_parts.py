"""Where a repository's parts are looked for."""

from pathlib import Path

import pytest

from vrom.project.locks import parts
from vrom.project.locks.parts import Parts, find_parts


def put(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")


def found(root):
    return [one.relative_to(root).as_posix() for one in find_parts(root).folders]


@pytest.fixture
def repository(tmp_path):
    (tmp_path / ".git").mkdir()
    return tmp_path


def test_folders_with_lock_files_are_parts_three_levels_down(repository):
    put(repository, "web/package-lock.json", "services/shop/api/poetry.lock", "a/b/c/d/uv.lock", "tool/go.mod")
    assert found(repository) == ["services/shop/api", "tool", "web"]


def test_files_that_only_list_dependencies_make_no_part(repository):
    put(repository, "web/package.json", "api/pyproject.toml")
    assert found(repository) == []


@pytest.mark.parametrize(
    "place",
    ["node_modules/a", ".venv/x", "vendor/a", "target", "api/dist", "build", "docs", "tests/Fixtures", "examples"],
)
def test_what_is_installed_built_or_shown_is_no_part(repository, place):
    put(repository, f"{place}/uv.lock")
    assert found(repository) == []


def test_another_repository_within_is_no_part(repository):
    put(repository, "module/uv.lock", "module/.git", "module/web/package-lock.json")
    assert found(repository) == []


def test_links_are_not_followed(repository, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    put(other, "uv.lock")
    (repository / "other").symlink_to(other)
    assert found(repository) == []


def test_a_folder_that_is_no_repository_has_parts_only_with_a_lock(tmp_path):
    put(tmp_path, "web/package-lock.json")
    assert found(tmp_path) == []
    put(tmp_path, "uv.lock")
    assert found(tmp_path) == ["web"]


def test_what_lies_in_a_home_folder_are_other_projects(repository, monkeypatch):
    put(repository, "user/web/package-lock.json", "user/uv.lock")
    monkeypatch.setenv("HOME", str(repository / "user"))
    assert found(repository) == []
    assert found(repository / "user") == []
    assert found(repository / "user" / "web") == []


def test_the_search_ends_and_says_so(repository, monkeypatch):
    put(repository, *(f"part{number}/uv.lock" for number in range(5)))
    monkeypatch.setattr(parts, "MOST_PARTS", 3)
    assert (len(find_parts(repository).folders), find_parts(repository).is_cut) == (3, True)
    monkeypatch.setattr(parts, "_MOST_FOLDERS", 2)
    assert (len(find_parts(repository).folders), find_parts(repository).is_cut) == (2, True)


def test_a_folder_of_links_in_a_circle_has_no_parts(tmp_path):
    (tmp_path / "one").symlink_to(tmp_path / "other")
    (tmp_path / "other").symlink_to(tmp_path / "one")
    assert find_parts(tmp_path / "one") == Parts()


def test_a_working_folder_that_is_gone_has_no_parts(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert find_parts(Path()) == Parts()
