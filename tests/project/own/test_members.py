"""Members of a workspace are the project's own code: its cartridge holds their documentation too."""

import json

import pytest

from vrom.project.own.files import fingerprint
from vrom.project.own.gather import gather_own
from vrom.project.own.members import members_around, members_of

WORKSPACES = {
    "uv": (
        "pyproject.toml",
        '[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old"]\n',
        "[project]",
    ),
    "npm": ("package.json", json.dumps({"workspaces": ["packages/*", "!packages/old"]}), "{}"),
    "yarn": ("package.json", json.dumps({"workspaces": {"packages": ["packages/*", "!packages/old"]}}), "{}"),
    "cargo": ("Cargo.toml", '[workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old"]\n', ""),
}


@pytest.fixture(params=WORKSPACES)
def workspace(request, tmp_path):
    """A workspace with the members `one` and `two`, and a folder that is none."""
    name, root, member = WORKSPACES[request.param]
    (tmp_path / ".git").mkdir()
    (tmp_path / name).write_text(root)
    (tmp_path / "README.md").write_text("# Shop\n\nAll of it.\n")
    for folder in ("one", "two", "old"):
        place = tmp_path / "packages" / folder
        (place / "docs").mkdir(parents=True)
        (place / name).write_text(member)
        (place / "README.md").write_text(f"# Read {folder}\n\nAbout it.\n")
        (place / "docs" / "guide.md").write_text(f"# Guide of {folder}\n\nHow to.\n")
    return tmp_path


def test_they_are_what_the_workspace_lists(workspace):
    one, two = workspace / "packages" / "one", workspace / "packages" / "two"
    assert members_of(workspace) == [one, two]
    assert members_of(one) == []
    assert members_around(one) == [workspace, one, two]


def test_their_documentation_is_the_project_s_own(workspace):
    assert set(gather_own(workspace).documents) == {
        "README.md", "packages/one/README.md", "packages/one/docs/guide.md",
        "packages/two/README.md", "packages/two/docs/guide.md",
    }  # fmt: skip


def test_a_changed_page_of_a_member_is_noticed(workspace):
    before = fingerprint(workspace)
    (workspace / "packages" / "two" / "docs" / "guide.md").write_text("# Another guide\n")
    assert fingerprint(workspace) != before


@pytest.mark.parametrize(
    "text", ["[", "tool = 1", "[tool.uv]\nworkspace = []", '[tool.uv.workspace]\nmembers = [".."]']
)
def test_what_lists_nothing_sensible_has_none(tmp_path, text):
    (tmp_path / "pyproject.toml").write_text(text)
    assert members_of(tmp_path) == []


def test_a_member_that_links_out_of_the_project_is_not_read(tmp_path):
    (tmp_path / "outer").mkdir()
    (tmp_path / "outer" / "pyproject.toml").write_text("[project]")
    (tmp_path / "outer" / "README.md").write_text("# Private\n")
    root = tmp_path / "root"
    root.mkdir()
    (root / "pyproject.toml").write_text('[tool.uv.workspace]\nmembers = ["link", "../outer"]')
    (root / "link").symlink_to(tmp_path / "outer")
    assert gather_own(root).documents == {}


def test_the_members_that_pnpm_lists(tmp_path):
    (tmp_path / "pnpm-workspace.yaml").write_text("packages:\n  - libs/*\n")
    (tmp_path / "libs" / "a").mkdir(parents=True)
    (tmp_path / "libs" / "a" / "package.json").write_text("{}")
    assert members_of(tmp_path) == [tmp_path / "libs" / "a"]
