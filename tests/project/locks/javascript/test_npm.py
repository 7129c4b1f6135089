"""`package-lock.json`, against what npm 11 wrote for one project in two versions of the format."""

import contextlib
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vrom.project.dependency import Artifact
from vrom.project.locks.javascript.npm import read_npm
from vrom.project.locks.lock import LockFileError

VERSION_3 = """\
{
 "name": "shop",
 "version": "1.0.0",
 "lockfileVersion": 3,
 "requires": true,
 "packages": {
  "": {
   "name": "shop",
   "version": "1.0.0",
   "workspaces": [
    "packages/*"
   ],
   "dependencies": {"debug": "2.6.9", "events-small": "npm:mitt@3.0.1", "ms": "2.1.3"},
   "devDependencies": {"@types/ms": "0.7.34"},
   "optionalDependencies": {"picocolors": "1.0.0"}
  },
  "node_modules/@shop/cart": {"resolved": "packages/cart", "link": true},
  "node_modules/@shop/till": {"resolved": "packages/till", "link": true},
  "node_modules/@types/ms": {"version": "0.7.34", "dev": true},
  "node_modules/debug": {
   "version": "2.6.9",
   "dependencies": {"ms": "2.0.0"}
  },
  "node_modules/debug/node_modules/ms": {"version": "2.0.0"},
  "node_modules/events-small": {"name": "mitt", "version": "3.0.1"},
  "node_modules/js-tokens": {"version": "4.0.0"},
  "node_modules/loose-envify": {
   "version": "1.4.0",
   "dependencies": {"js-tokens": "^3.0.0 || ^4.0.0"}
  },
  "node_modules/ms": {
   "version": "2.1.3",
   "integrity": "INTEGRITY",
   "resolved": "https://registry.example/ms/-/ms-2.1.3.tgz"
  },
  "node_modules/picocolors": {"version": "1.0.0", "optional": true},
  "node_modules/react": {
   "version": "18.2.0",
   "dependencies": {"loose-envify": "^1.1.0"}
  },
  "node_modules/use-sync-external-store": {
   "version": "1.2.0",
   "peerDependencies": {"react": "^16.8.0 || ^17.0.0 || ^18.0.0"}
  },
  "packages/cart": {
   "name": "@shop/cart",
   "version": "0.2.0",
   "dependencies": {"@shop/till": "0.1.0", "ms": "2.0.0", "use-sync-external-store": "1.2.0"},
   "devDependencies": {"react": "18.2.0"},
   "peerDependencies": {"react": "18.2.0"}
  },
  "packages/cart/node_modules/ms": {"version": "2.0.0"},
  "packages/till": {
   "name": "@shop/till",
   "version": "0.1.0",
   "dependencies": {"react": "18.2.0"}
  }
 }
}
"""
VERSION_1 = """\
{
 "name": "shop",
 "version": "1.0.0",
 "lockfileVersion": 1,
 "requires": true,
 "dependencies": {
  "@shop/cart": {
   "version": "file:packages/cart",
   "requires": {
    "@shop/till": "0.1.0",
    "ms": "2.0.0",
    "react": "18.2.0",
    "use-sync-external-store": "1.2.0"
   },
   "dependencies": {
    "ms": {"version": "2.0.0"}
   }
  },
  "@shop/till": {
   "version": "file:packages/till",
   "requires": {"react": "18.2.0"}
  },
  "@types/ms": {"version": "0.7.34", "dev": true},
  "debug": {
   "version": "2.6.9",
   "requires": {"ms": "2.0.0"},
   "dependencies": {
    "ms": {"version": "2.0.0"}
   }
  },
  "events-small": {"version": "npm:mitt@3.0.1"},
  "js-tokens": {"version": "4.0.0"},
  "loose-envify": {
   "version": "1.4.0",
   "requires": {"js-tokens": "^3.0.0 || ^4.0.0"}
  },
  "ms": {
   "version": "2.1.3",
   "integrity": "INTEGRITY",
   "resolved": "https://registry.example/ms/-/ms-2.1.3.tgz"
  },
  "picocolors": {"version": "1.0.0", "optional": true},
  "react": {
   "version": "18.2.0",
   "requires": {"loose-envify": "^1.1.0"}
  },
  "use-sync-external-store": {
   "version": "1.2.0",
   "requires": {}
  }
 }
}
"""
LOCKS = {"1": VERSION_1, "3": VERSION_3}


@pytest.fixture(params=LOCKS)
def root(request, project, shop, integrity):
    lock = LOCKS[request.param].replace("INTEGRITY", integrity["sri"])
    return project({**shop, "package-lock.json": lock})


def read(root: Path, folder: str = "."):
    return read_npm(root / "package-lock.json", root / folder)


def read_packages(project, packages: dict):
    return read(project({"package-lock.json": json.dumps({"lockfileVersion": 3, "packages": packages})}))


def test_at_the_root_what_the_project_and_all_members_list_is_direct(root, groups, shop_groups):
    assert groups(read(root)) == shop_groups


def test_in_a_member_only_what_it_lists_is_direct(root, direct, cart_groups):
    assert direct(read(root, "packages/cart")) == cart_groups


def test_a_members_own_version_comes_before_a_hoisted_one(root, direct):
    assert "ms 2.0.0" in direct(read(root, "packages/cart"))


def test_a_member_is_a_folder_of_this_machine(root):
    folders = {one.name: one.folder for one in read(root) if one.folder}
    assert folders == {
        "@shop/cart": str(root / "packages/cart"),
        "@shop/till": str(root / "packages/till"),
    }


def test_version_2_is_read_as_version_3(project, groups, shop_groups):
    lock = {**json.loads(VERSION_3), "lockfileVersion": 2, "dependencies": json.loads(VERSION_1)["dependencies"]}
    assert groups(read(project({"package-lock.json": json.dumps(lock)}))) == shop_groups


def test_tarball_digest_and_registry_are_those_of_the_lock(project, integrity):
    lock = VERSION_3.replace("INTEGRITY", integrity["sri"])
    found = {f"{one.name} {one.version}": one for one in read(project({"package-lock.json": lock}))}
    ms = found["ms 2.1.3"]
    assert ms.artifacts == (Artifact("https://registry.example/ms/-/ms-2.1.3.tgz", integrity["hex"]),)
    assert ms.index == "https://registry.example/"


def test_credentials_in_a_url_are_dropped(project):
    url = "https://user:secret@registry.example/npm/@a/b/-/b-1.0.0.tgz"
    (found,) = read_packages(project, {"node_modules/@a/b": {"version": "1.0.0", "resolved": url}})
    assert found.artifacts == (Artifact("https://registry.example/npm/@a/b/-/b-1.0.0.tgz"),)
    assert found.index == "https://registry.example/npm/"


def test_a_package_from_git_has_its_repository_as_index(project):
    url = "git+ssh://git@forge.example/a/b.git#0123abc"
    (found,) = read_packages(project, {"node_modules/b": {"version": "1.0.0", "resolved": url}})
    assert (found.version, found.index) == ("1.0.0", "git+ssh://forge.example/a/b.git")


def test_a_git_url_in_version_1_is_no_version_but_the_groups_stay(project, groups):
    lock = {"lockfileVersion": 1, "dependencies": {"b": {"version": "git+ssh://git@forge.example/a/b.git#0123abc"}}}
    listed = {"dependencies": {"b": "git+ssh://git@forge.example/a/b.git"}}
    root = project({"package-lock.json": json.dumps(lock), "package.json": json.dumps(listed)})
    assert groups(read(root)) == {"b": {"main"}}


def test_a_linked_folder_outside_is_neither_a_folder_nor_a_version(project, groups):
    packages = {
        "": {"dependencies": {"lib": "file:../lib"}},
        "node_modules/lib": {"resolved": "../lib", "link": True},
        "../lib": {"version": "1.0.0"},
    }
    found = read_packages(project, packages)
    assert groups(found) == {"lib": {"main"}}
    assert not found[0].folder


def test_a_symlink_out_of_the_project_is_no_member(project, tmp_path):
    root = project({"package-lock.json": json.dumps({"packages": {"": {"workspaces": ["packages/*"]}}})})
    (tmp_path / "elsewhere").mkdir()
    (root / "packages").mkdir()
    (root / "packages" / "lib").symlink_to(tmp_path / "elsewhere")
    lock = {
        "": {"workspaces": ["packages/*"]},
        "packages/lib": {"name": "lib", "version": "1.0.0", "dependencies": {"a": "1"}},
        "node_modules/lib": {"link": True, "resolved": "packages/lib"},
        "node_modules/a": {"version": "1.0.0"},
    }
    found = read_packages(project, lock)
    assert [(one.name, one.is_direct, one.folder) for one in found] == [("a", False, "")]


def test_entries_that_are_not_well_formed_are_left_out(project):
    packages = {
        "node_modules/a": {"version": 1},
        "node_modules/b": None,
        "node_modules/c": {},
        "node_modules/../../d": {"version": "1.0.0"},
        "node_modules/e e": {"version": "1.0.0"},
        "node_modules/f": {"version": "../1.0.0"},
        "node_modules/g": {"version": "1.0.0", "integrity": ["sha512-"], "resolved": 5},
    }
    assert [one.name for one in read_packages(project, packages)] == ["g"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", r"line 1: not valid JSON"),
        ("{", r"line 1: not valid JSON"),
        ('{\n"packages": {\n', r"line 3: not valid JSON"),
        ("[]", "not a mapping"),
        ("null", "not a mapping"),
        ("{}", "not a lock file of npm"),
        ('{"packages": []}', "not a lock file of npm"),
        ('{"lockfileVersion": ' + "9" * 5000 + "}", "not valid JSON"),
        ("[" * 100_000, "nesting"),
    ],
)
def test_a_file_that_cannot_be_understood_is_an_error_with_its_line(project, content, problem):
    with pytest.raises(LockFileError, match=problem):
        read(project({"package-lock.json": content}))


KEYS = ["lockfileVersion", "packages", "dependencies", "devDependencies", "workspaces", "version", "resolved", "link"]
KEYS += ["integrity", "name", "", "packages/a", "node_modules/a", "node_modules/@a/b"]


@pytest.mark.slow
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_arbitrary_content_is_read_or_refused(hostile, data):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("package-lock.json", "package.json"):
            (root / name).write_text(json.dumps(data.draw(hostile(*KEYS))))
        with contextlib.suppress(LockFileError):
            read(root)
