"""`bun.lock`, against what bun wrote for one project."""

import contextlib
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vrom.project.dependency import Artifact
from vrom.project.locks.javascript.bun import read_bun
from vrom.project.locks.lock import LockFileError

LOCK = """\
{
  "lockfileVersion": 2,
  "configVersion": 1,
  "workspaces": {
    "": {
      "name": "shop",
      "dependencies": {
        "debug": "2.6.9",
        "events-small": "npm:mitt@3.0.1",
        "ms": "2.1.3",
      },
      "devDependencies": {
        "@types/ms": "0.7.34",
      },
      "optionalDependencies": {
        "picocolors": "1.0.0",
      },
    },
    "packages/cart": {
      "name": "@shop/cart",
      "version": "0.2.0",
      "dependencies": {
        "@shop/till": "0.1.0",
        "ms": "2.0.0",
        "use-sync-external-store": "1.2.0",
      },
      "devDependencies": {
        "react": "18.2.0",
      },
      "peerDependencies": {
        "react": "18.2.0",
      },
    },
    "packages/till": {
      "name": "@shop/till",
      "version": "0.1.0",
      "dependencies": {
        "react": "18.2.0",
      },
    },
  },
  "packages": {
    "@shop/cart": ["@shop/cart@workspace:packages/cart"],

    "@shop/till": ["@shop/till@workspace:packages/till"],

    "@types/ms": ["@types/ms@0.7.34", "", {}, "sha1-AA=="],

    "debug": ["debug@2.6.9", "", { "dependencies": { "ms": "2.0.0" } }, "sha1-AA=="],

    "events-small": ["mitt@3.0.1", "", {}, "sha1-AA=="],

    "js-tokens": ["js-tokens@4.0.0", "", {}, "sha1-AA=="],

    "loose-envify": ["loose-envify@1.4.0", "", { "dependencies": { "js-tokens": "^3.0.0 || ^4.0.0" } }, "sha1-AA=="],

    "ms": ["ms@2.1.3", "", {}, "INTEGRITY"],

    "picocolors": ["picocolors@1.0.0", "", {}, "sha1-AA=="],

    "react": ["react@18.2.0", "", { "dependencies": { "loose-envify": "^1.1.0" } }, "sha1-AA=="],

    "use-sync-external-store": ["use-sync-external-store@1.2.0", "", {}, "sha1-AA=="],

    "@shop/cart/ms": ["ms@2.0.0", "", {}, "sha1-AA=="],

    "debug/ms": ["ms@2.0.0", "", {}, "sha1-AA=="],
  }
}
"""


@pytest.fixture
def root(project, shop, integrity):
    return project({**shop, "bun.lock": LOCK.replace("INTEGRITY", integrity["sri"])})


def read(root: Path, folder: str = "."):
    return read_bun(root / "bun.lock", root / folder)


def read_packages(project, packages: dict, **listed):
    return read(project({"bun.lock": json.dumps({"workspaces": {"": listed}, "packages": packages})}))


def test_at_the_root_what_the_project_and_all_members_list_is_direct(root, groups, shop_groups):
    assert groups(read(root)) == shop_groups


def test_in_a_member_only_what_it_lists_is_direct(root, direct, cart_groups):
    assert direct(read(root, "packages/cart")) == cart_groups


def test_a_member_is_a_folder_of_this_machine(root):
    folders = {one.name: one.folder for one in read(root) if one.folder}
    assert folders == {
        "@shop/cart": str(root / "packages/cart"),
        "@shop/till": str(root / "packages/till"),
    }


def test_the_integrity_is_the_digest_of_the_only_file(root, integrity):
    found = {f"{one.name} {one.version}": one for one in read(root)}
    assert found["ms 2.1.3"].artifacts == (Artifact(digest=integrity["hex"]),)


def test_an_entry_may_name_another_registry(project):
    url = "https://registry.example/npm/a/-/a-1.0.0.tgz"
    (found,) = read_packages(project, {"a": ["a@1.0.0", url, {}, ""]})
    assert found.index == "https://registry.example/npm/"


def test_packages_from_git_and_files_have_no_version(project, groups):
    packages = {"a": ["a@github:x/a#0123abc", {}, "x-a-0123abc"], "b": ["b@file:../b", {}]}
    found = read_packages(project, packages, dependencies={"a": "github:x/a"}, devDependencies={"b": "file:../b"})
    assert groups(found) == {"a": {"main"}, "b": {"dev"}}


def test_comments_and_trailing_commas_are_read_and_strings_are_kept(project, groups):
    lock = """{
  // bun's own
  "workspaces": {"": {"dependencies": {"a": "http://x /* no comment */,]",},},}, /* a
  comment */
  "packages": {"a": ["a@1.0.0", "", {}, "",],}, // end
}"""
    assert groups(read(project({"bun.lock": lock}))) == {"a 1.0.0": {"main"}}


def test_a_workspace_outside_of_the_project_is_no_member(project):
    lock = {"workspaces": {"../b": {"name": "b"}}, "packages": {"b": ["b@workspace:../b"]}}
    assert read(project({"bun.lock": json.dumps(lock)})) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "line 1: not valid JSON"),
        ("{\n/*\n*/ , 1}", "line 3: not valid JSON"),
        ('{\n"packages": "\n', "line 2: not valid JSON"),
        ("{/*", "line 1: not valid JSON"),
        ("[,]", "not a mapping"),
        ("{}", "not a lock file of bun"),
        ('{"workspaces": {}, "packages": []}', "not a lock file of bun"),
        ("[" * 100_000, "nesting"),
    ],
)
def test_a_file_that_cannot_be_understood_is_an_error_with_its_line(project, content, problem):
    with pytest.raises(LockFileError, match=problem):
        read(project({"bun.lock": content}))


KEYS = ["", "a", "@a/b", "a/b", "name", "version", "dependencies", "devDependencies"]


@pytest.mark.slow
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_arbitrary_content_is_read_or_refused(hostile, data):
    with tempfile.TemporaryDirectory() as folder:
        lock = {key: data.draw(hostile(*KEYS)) for key in ("workspaces", "packages")}
        Path(folder, "bun.lock").write_text(json.dumps(lock))
        with contextlib.suppress(LockFileError):
            read(Path(folder))
