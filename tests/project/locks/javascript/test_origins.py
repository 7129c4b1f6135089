"""Packages from git, folders and addresses in every lock file of JavaScript: none is of the registry."""

import json
from pathlib import Path

import pytest

from vrom.errors import HubError
from vrom.project.dependency import Dependency
from vrom.project.project import read_project
from vrom.project.sources.gather import Sources
from vrom.project.sources.local_sources import SourceCaches

COMMIT = "0123abc" + "9" * 33
GIT = f"git+ssh://git@git.example/x/a.git#{COMMIT}"
MANIFEST = {"name": "shop", "version": "1.0.0"}


def npm(listed, entries):
    lock = {"lockfileVersion": 3, "packages": {"": {**MANIFEST, "dependencies": listed}, **entries}}
    return {"package.json": json.dumps({**MANIFEST, "dependencies": listed}), "package-lock.json": json.dumps(lock)}


def other(name, listed, text):
    return {"package.json": json.dumps({**MANIFEST, "dependencies": listed}), name: text}


def berry(specifier, resolution, version="1.0.0"):
    root = '"shop@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "shop@workspace:."\n'
    root += f'  dependencies:\n    a: "{specifier}"\n  languageName: unknown\n  linkType: soft\n'
    entry = f'"a@{specifier}":\n  version: {version}\n  resolution: "a@{resolution}"\n  linkType: hard\n'
    return other("yarn.lock", {"a": specifier}, f"__metadata:\n  version: 8\n\n{entry}\n{root}")


def pnpm(specifier, version, packages=""):
    lock = f"lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: '{specifier}'\n"
    return other("pnpm-lock.yaml", {"a": specifier}, f"{lock}        version: '{version}'\n{packages}")


def bun(specifier, entry):
    lock = {"lockfileVersion": 1, "workspaces": {"": {**MANIFEST, "dependencies": {"a": specifier}}}}
    return other("bun.lock", {"a": specifier}, json.dumps({**lock, "packages": {"a": entry}}))


TARBALL = f"https://codeload.github.com/x/a/tar.gz/{COMMIT}"
FILES = "https://files.example/a-1.0.0.tgz"
LOCKS = {
    "npm, git": npm({"a": "x/a"}, {"node_modules/a": {"version": "1.0.0", "resolved": GIT}}),
    "npm, git over https": npm(
        {"a": "x/a"}, {"node_modules/a": {"version": "1.0.0", "resolved": f"git+https://git.example/a.git#{COMMIT}"}}
    ),
    "npm, archive": npm({"a": "file:a.tgz"}, {"node_modules/a": {"version": "1.0.0", "resolved": "file:a.tgz"}}),
    "npm, folder": npm(
        {"a": "file:../a"},
        {"node_modules/a": {"resolved": "../a", "link": True}, "../a": {"name": "a", "version": "1.0.0"}},
    ),
    "npm, copied folder": npm(
        {"a": "file:lib"}, {"node_modules/a": {"version": "1.0.0", "resolved": "file:lib"}}
    ),
    "npm 6, git": {
        "package.json": json.dumps({**MANIFEST, "dependencies": {"a": "x/a"}}),
        "package-lock.json": json.dumps({"lockfileVersion": 1, "dependencies": {"a": {"version": GIT, "from": GIT}}}),
    },
    "npm 6, archive": {
        "package.json": json.dumps({**MANIFEST, "dependencies": {"a": "file:a.tgz"}}),
        "package-lock.json": json.dumps({"lockfileVersion": 1, "dependencies": {"a": {"version": "file:a.tgz"}}}),
    },
    "yarn 1, git": other("yarn.lock", {"a": GIT}, f'"a@{GIT}":\n  version "1.0.0"\n  resolved "{GIT}"\n'),
    "yarn 1, shorthand": other(
        "yarn.lock", {"a": "x/a"}, f'a@x/a:\n  version "1.0.0"\n  resolved "{TARBALL}"\n'
    ),
    "yarn 1, folder": other("yarn.lock", {"a": "file:../a"}, '"a@file:../a":\n  version "1.0.0"\n'),
    "yarn 1, link": other("yarn.lock", {"a": "link:../a"}, '"a@link:../a":\n  version "0.0.0"\n  uid ""\n'),
    "yarn 1, archive": other(
        "yarn.lock", {"a": "file:./a.tgz"}, '"a@file:./a.tgz":\n  version "1.0.0"\n  resolved "file:./a.tgz#0123"\n'
    ),
    "berry, git": berry("x/a", f"https://github.com/x/a.git#commit={COMMIT}"),
    "berry, portal": berry("portal:../a", "portal:../a::locator=shop%40workspace%3A.", "0.0.0-use.local"),
    "berry, link": berry("link:../a", "link:../a::locator=shop%40workspace%3A.", "0.0.0-use.local"),
    "berry, file": berry("file:../a", "file:../a#../a::hash=0123ab&locator=shop%40workspace%3A."),
    "berry, address": berry(FILES, FILES),
    "pnpm, link": pnpm("link:../a", "link:../a"),
    "pnpm, link within": pnpm("link:lib", "link:lib"),
    "pnpm, folder": pnpm(
        "file:../a", "file:../a", "packages:\n  a@file:../a:\n    resolution: {directory: ../a, type: directory}\n"
    ),
    "pnpm, archive": pnpm(
        "file:a.tgz",
        "file:a.tgz",
        "packages:\n  a@file:a.tgz:\n    version: 1.0.0\n"
        "    resolution: {integrity: sha512-AA==, tarball: 'file:a.tgz'}\n",
    ),
    "pnpm, git tarball": pnpm(
        "github:x/a",
        TARBALL,
        f"packages:\n  a@{TARBALL}:\n    resolution: {{tarball: '{TARBALL}'}}\n    version: 1.0.0\n",
    ),
    "pnpm, git": pnpm(
        GIT,
        f"git+https://git.example/x/a.git#{COMMIT}",
        f"packages:\n  'a@git+https://git.example/x/a.git#{COMMIT}':\n    version: 1.0.0\n"
        f"    resolution: {{commit: {COMMIT}, repo: 'https://git.example/x/a.git', type: git}}\n",
    ),
    "bun, git": bun(GIT, [f"a@{GIT}", {}, "0123abc"]),
    "bun, shorthand": bun("x/a", ["a@github:x/a#0123abc", {}, "x-a-0123abc"]),
    "bun, folder": bun("file:../a", ["a@file:../a", {}]),
    "bun, link": bun("link:a", ["a@link:a", {}]),
    "bun, archive": bun(FILES, [f"a@{FILES}", {}]),
}  # fmt: skip


class Index:
    """A registry that notes what it is asked for, and has nothing."""

    def __init__(self):
        self.downloads, self.asked = self, []

    def fetch(self, url, target, **_):
        self.asked.append(url)
        raise HubError("nothing there")


def asked_for(package, folder):
    """Addresses asked for when the documentation of a package is wanted."""
    index = Index()
    sources = Sources(folder, None, index, SourceCaches(Path(), Path()))
    found = sources.gather(sources.complete(package), folder / "work")
    assert found.documents == {}
    assert package.folder or f"it comes from {package.origin}" in found.problems[0]
    return index.asked


@pytest.mark.parametrize("kind", LOCKS)
def test_it_is_listed_and_of_no_registry(project, kind):
    files = LOCKS[kind]
    found = read_project(project(files))
    assert found.problems == ()
    assert [file.name for file in found.files] == [name for name in files if "lock" in name]
    (package,) = (one for one in found.dependencies if one.is_direct)
    assert (package.name, package.is_of_index) == ("a", False)
    assert asked_for(package, found.folder) == []


def test_a_package_of_the_registry_is_asked_for(tmp_path):
    index = Index()
    sources = Sources(tmp_path, None, index, SourceCaches(Path(), Path()))
    sources.gather(Dependency("npm", "a", "1.0.0"), tmp_path)
    assert [url.rpartition("/")[2] for url in index.asked] == ["a-1.0.0.tgz"]


def test_a_patched_package_is_that_of_the_registry(project):
    files = berry(
        "patch:a@npm%3A1.0.0#~/.yarn/patches/a.patch",
        "patch:a@npm%3A1.0.0#~/.yarn/patches/a.patch::version=1.0.0&hash=0123ab",
    )
    (package,) = (one for one in read_project(project(files)).dependencies if one.is_direct)
    assert (package.name, package.version, package.is_of_index) == ("a", "1.0.0", True)


def test_a_package_of_the_registry_is_of_the_registry(project):
    url = "https://registry.npmjs.org/a/-/a-1.0.0.tgz"
    for files in (
        npm({"a": "^1"}, {"node_modules/a": {"version": "1.0.0", "resolved": url}}),
        other("yarn.lock", {"a": "^1"}, f'a@^1:\n  version "1.0.0"\n  resolved "{url}#0123"\n'),
        berry("npm:^1", "npm:1.0.0"),
        pnpm("^1", "1.0.0", "packages:\n  a@1.0.0:\n    resolution: {integrity: sha512-AA==}\n"),
        bun("^1", ["a@1.0.0", "", {}, "sha512-AA=="]),
    ):
        folder = project(files)
        (package,) = (one for one in read_project(folder).dependencies if one.is_direct)
        assert (package.version, package.is_of_index, package.index) == ("1.0.0", True, "")
        for name in files:
            (folder / name).unlink()
