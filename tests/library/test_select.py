"""Which mounts a search is about if it names none."""

from vrom.library.scan import scan
from vrom.library.scope import Scope
from vrom.library.select import default_mounts


def test_another_version_than_the_locked_one_is_searched_only_for_what_the_project_lists(make_package, tmp_path):
    for name in ("listed", "inner", "right"):
        make_package(name, {"guide.md": ["# Guide\n\nHow to begin."]}, root=tmp_path / "all", version="7.0")
    scope = Scope({"listed": "6.0", "inner": "6.0", "right": "7.0"}, direct=frozenset({"listed"}))
    mounts = list(scan([tmp_path / "all"], {}, scope.locked).values())
    assert [mount.id for mount in default_mounts(mounts, scope)] == ["listed", "right"]


def test_what_the_project_lists_without_a_version_is_searched_and_nothing_of_other_projects(make_package, tmp_path):
    for name in ("listed", "other", "right"):
        make_package(name, {"guide.md": ["# Guide\n\nHow to begin."]}, root=tmp_path / "all", version="7.0")
    scope = Scope({"right": "7.0"}, {"listed": "listed", "right": "right"}, frozenset({"listed", "right"}))
    mounts = list(scan([tmp_path / "all"], {}, scope.locked).values())
    assert [mount.id for mount in default_mounts(mounts, scope)] == ["listed", "right"]
    assert (scope.command("listed"), scope.title("listed")) == ("vrom add listed", "listed")
