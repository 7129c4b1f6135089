"""What `vrom add` says is left out: folders that aren't the project's own."""

from vrom.cli.project.report import outside_folders
from vrom.project.dependency import Dependency
from vrom.project.project import Project


def test_members_of_the_workspace_are_not_left_out_and_other_folders_are(tmp_path):
    (tmp_path / "shop" / "packages" / "one").mkdir(parents=True)
    (tmp_path / "shop" / "packages" / "one" / "pyproject.toml").write_text("[project]")
    (tmp_path / "shop" / "pyproject.toml").write_text('[tool.uv.workspace]\nmembers = ["packages/*"]')
    places = {"one": "packages/one", "shop": ".", "lib": "lib", "outer": "../outer"}
    listed = [
        Dependency("pypi", name, groups=frozenset({"main"}), folder=str(tmp_path / "shop" / place))
        for name, place in places.items()
    ]
    indirect = Dependency("pypi", "other", folder=str(tmp_path / "other"))
    assert outside_folders(Project(tmp_path / "shop", (), (*listed, indirect))) == ["lib", "outer"]
