import pytest

from vrom.project.roots import find_projects_below


def test_projects_of_a_monorepo_are_found_below_its_root(tmp_path):
    for place in ("api", "packages/web", "packages/deep/down", "api/node_modules/kettle", ".venv/x", "notes"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / ("package.json" if place != "notes" else "notes.md")).write_text("{}")
    found = find_projects_below(tmp_path)
    assert [one.relative_to(tmp_path).as_posix() for one in found] == ["api", "packages/web"]


@pytest.mark.parametrize("place", ["gone", "file"])
def test_where_no_folder_is_there_are_none(tmp_path, place):
    (tmp_path / "file").write_text("text")
    assert find_projects_below(tmp_path / place) == []
