from pathlib import Path

import pytest

from vrom.errors import InvalidArgumentError
from vrom.project.choose import Filters, choose
from vrom.project.dependency import Dependency
from vrom.project.project import Project

DEPENDENCIES = (
    Dependency("pypi", "httpx", "0.28.1", frozenset({"main"})),
    Dependency("pypi", "idna", "3.20"),
    Dependency("pypi", "ours", "0.1", frozenset({"main"}), folder="/project/ours"),
    Dependency("pypi", "aiofiles", "24.1", frozenset({"dev"})),
    Dependency("npm", "zod", "4.1.0", frozenset({"main"})),
)
PROJECT = Project(Path("/project"), (), DEPENDENCIES)


def names(chosen):
    return [one.name for one in chosen]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["zod", "httpx", "aiofiles"]),
        (Filters(everything=True), ["zod", "httpx", "aiofiles", "idna"]),
        (Filters(groups=["dev"]), ["aiofiles"]),
        (Filters(only=["ht*", "npm:*"]), ["zod", "httpx"]),
        (Filters(exclude=["a*"]), ["zod", "httpx"]),
    ],
)
def test_direct_dependencies_are_chosen_the_main_group_first(filters, expected):
    assert names(choose(PROJECT, [], filters)) == expected


def test_a_name_has_the_version_that_the_project_locks(tmp_path):
    assert [one.version for one in choose(PROJECT, ["HTTPX", "idna"], Filters())] == ["0.28.1", "3.20"]


def test_a_name_of_another_ecosystem_is_understood_if_only_that_has_it():
    (zod,) = choose(PROJECT, ["zod"], Filters())
    assert (zod.ecosystem, zod.version) == ("npm", "4.1.0")


def test_another_version_than_the_locked_one_has_none_of_its_files():
    (httpx,) = choose(PROJECT, ["httpx==0.20.0"], Filters())
    assert (httpx.version, httpx.artifacts, httpx.is_direct) == ("0.20.0", (), False)


def test_a_group_that_the_project_lacks_is_named_with_the_nearest():
    with pytest.raises(InvalidArgumentError, match=r"No group 'deb' in this project\. Did you mean 'dev'"):
        choose(PROJECT, [], Filters(groups=["deb"]))
