"""A repository whose parts are locked by different tools."""

import json

import pytest

from vrom.project import project_scope
from vrom.project.choose import Filters, choose
from vrom.project.project import read_project
from vrom.project.project_scope import ProjectScope, locks_anything


def uv_lock(version, name="kettle", member=""):
    lock = 'version = 1\nrequires-python = ">=3.11"\n\n[[package]]\n'
    lock += f'name = "{name}"\nversion = "{version}"\nsource = {{ registry = "https://pypi.org/simple" }}\n'
    lock += '\n[[package]]\nname = "shop"\nversion = "0.1.0"\nsource = { virtual = "." }\n'
    lock += f'dependencies = [{{ name = "{name}" }}]\n'
    if member:
        lock += f'\n[[package]]\nname = "part"\nversion = "0.1.0"\nsource = {{ editable = "{member}" }}\n'
    return lock


def npm_lock(**versions):
    packages = {"": {"name": "web", "version": "1.0.0", "dependencies": dict.fromkeys(versions, "*")}}
    packages |= {f"node_modules/{name}": {"version": version} for name, version in versions.items()}
    return json.dumps({"name": "web", "lockfileVersion": 3, "packages": packages})


PNPM = """lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      spoon:
        specifier: ^1.0.0
        version: 1.2.0
  packages/ui:
    dependencies:
      spoon:
        specifier: ^1.0.0
        version: 1.2.0
packages:
  spoon@1.2.0:
    resolution: {integrity: sha512-AAAA}
snapshots:
  spoon@1.2.0: {}
"""
POETRY = """[[package]]
name = "teapot"
version = "3.1"
description = ""
optional = false
python-versions = ">=3.8"
files = []

[metadata]
lock-version = "2.0"
python-versions = "^3.11"
content-hash = "0"
"""


@pytest.fixture
def repository(tmp_path):
    (tmp_path / ".git").mkdir()
    return tmp_path


def put(root, name, text):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def direct(project):
    return [(one.ecosystem, one.name, one.version) for one in project.dependencies if one.is_direct]


def test_the_root_s_lock_and_that_of_a_part_count_together(repository):
    put(repository, "pnpm-lock.yaml", PNPM)
    put(repository, "package.json", '{"dependencies": {"spoon": "^1.0.0"}}')
    put(repository, "backend/uv.lock", uv_lock("1.0"))
    project = read_project(repository)
    assert direct(project) == [("npm", "spoon", "1.2.0"), ("pypi", "kettle", "1.0")]
    assert [project.label(file) for file in project.files] == ["pnpm-lock.yaml", "backend/uv.lock"]
    assert project.problems == ()


def test_a_root_without_a_lock_has_those_of_its_parts(repository):
    put(repository, "web/package-lock.json", npm_lock(zod="4.1.0"))
    put(repository, "api/poetry.lock", POETRY)
    put(repository, "api/pyproject.toml", '[tool.poetry.dependencies]\nteapot = "^3"\n')
    assert direct(read_project(repository)) == [("pypi", "teapot", "3.1"), ("npm", "zod", "4.1.0")]
    assert locks_anything(repository)


def test_a_server_in_a_part_knows_that_part_only(repository):
    put(repository, "web/package-lock.json", npm_lock(zod="4.1.0"))
    put(repository, "backend/uv.lock", uv_lock("1.0"))
    assert direct(read_project(repository / "backend")) == [("pypi", "kettle", "1.0")]


def test_a_lock_left_in_a_member_of_a_workspace_does_not_count(repository):
    put(repository, "uv.lock", uv_lock("2.0", member="packages/part"))
    put(repository, "pnpm-lock.yaml", PNPM)
    put(repository, "packages/part/uv.lock", uv_lock("1.0"))
    put(repository, "packages/part/requirements.txt", "kettle==1.5\n")
    put(repository, "packages/ui/package.json", '{"name": "ui"}')
    put(repository, "packages/ui/package-lock.json", npm_lock(spoon="1.0.0"))
    project = read_project(repository)
    assert {file.name for file in project.files} == {"uv.lock", "pnpm-lock.yaml"}
    assert {(name, version) for _, name, version in direct(project)} == {("kettle", "2.0"), ("spoon", "1.2.0")}


def test_a_member_of_an_npm_workspace_is_covered(repository):
    packages = {
        "": {"name": "shop", "workspaces": ["packages/*"]},
        "packages/ui": {"name": "ui", "version": "1.0.0", "dependencies": {"zod": "*"}},
        "node_modules/ui": {"resolved": "packages/ui", "link": True},
        "node_modules/zod": {"version": "4.1.0"},
    }
    put(repository, "package.json", '{"name": "shop", "workspaces": ["packages/*"]}')
    put(repository, "package-lock.json", json.dumps({"lockfileVersion": 3, "packages": packages}))
    put(repository, "packages/ui/package.json", '{"name": "ui", "version": "1.0.0", "dependencies": {"zod": "*"}}')
    put(repository, "packages/ui/yarn.lock", '# yarn lockfile v1\n\nzod@*:\n  version "3.0.0"\n')
    project = read_project(repository)
    assert ("npm", "zod", "4.1.0") in direct(project)
    assert project.parts == ()


def test_a_member_of_a_cargo_workspace_is_covered_and_a_crate_of_its_own_is_not(repository):
    lock = 'version = 4\n[[package]]\nname = "{0}"\nversion = "0.1.0"\ndependencies = ["serde"]\n'
    lock += '[[package]]\nname = "serde"\nversion = "{1}"\n'
    lock += 'source = "registry+https://github.com/rust-lang/crates.io-index"\n'
    manifest = '[package]\nname = "{0}"\nversion = "0.1.0"\n[dependencies]\nserde = "1"\n'
    put(repository, "Cargo.toml", '[workspace]\nmembers = ["core"]\nexclude = ["tool"]\n')
    put(repository, "Cargo.lock", lock.format("core", "1.0.200"))
    for name in ("core", "tool"):
        put(repository, f"{name}/Cargo.toml", manifest.format(name))
        put(repository, f"{name}/Cargo.lock", lock.format(name, "1.0.100"))
    project = read_project(repository)
    assert [part.folder.name for part in project.parts] == ["tool"]
    assert project.differing["cargo", "serde"] == {"1.0.200": (".",), "1.0.100": ("tool",)}


def test_modules_of_a_go_workspace_are_covered_and_others_are_parts(repository):
    for name in ("api", "tool"):
        put(repository, f"{name}/go.mod", f"module example.com/{name}\n\ngo 1.24\n\nrequire example.org/kit v1.5.0\n")
    put(repository, "go.work", "go 1.24\n\nuse ./api\n")
    project = read_project(repository)
    assert [part.folder.name for part in project.parts] == ["tool"]


def test_a_member_of_a_workspace_may_have_another_ecosystem_s_lock(repository):
    put(repository, "pnpm-lock.yaml", PNPM)
    put(repository, "packages/ui/package.json", '{"name": "ui"}')
    put(repository, "packages/ui/uv.lock", uv_lock("1.0"))
    assert ("pypi", "kettle", "1.0") in direct(read_project(repository))


def test_a_part_s_broken_lock_is_named_and_the_others_count(repository):
    put(repository, "api/uv.lock", "version = 1\n[[")
    put(repository, "web/package-lock.json", npm_lock(zod="4.1.0"))
    project = read_project(repository)
    assert direct(project) == [("npm", "zod", "4.1.0")]
    assert project.problems[0].startswith(f"{repository / 'api' / 'uv.lock'}, line 2")


@pytest.mark.parametrize(("root", "first"), [("2.0", "2.0"), ("", "1.0")])
def test_of_two_versions_the_root_s_is_first_else_that_of_the_first_part(repository, root, first):
    if root:
        put(repository, "uv.lock", uv_lock(root))
    put(repository, "backend/uv.lock", uv_lock("1.0"))
    put(repository, "worker/uv.lock", uv_lock("3.0"))
    project = read_project(repository)
    assert project.by_name["pypi", "kettle"].version == first
    assert {one.version for one in choose(project, [], Filters())} == {"1.0", "3.0"} | ({root} - {""})
    assert choose(project, ["kettle==3.0"], Filters())[0] in project.dependencies
    assert project.differing["pypi", "kettle"]["1.0"] == ("backend",)
    assert next(iter(project.differing["pypi", "kettle"])) == first


def test_parts_that_lock_the_same_version_agree(repository):
    put(repository, "backend/uv.lock", uv_lock("1.0"))
    put(repository, "worker/uv.lock", uv_lock("1.0"))
    project = read_project(repository)
    assert project.differing == {}
    assert len(choose(project, [], Filters())) == 1


def test_the_scope_follows_the_lock_of_a_part_and_new_parts(repository, monkeypatch):
    put(repository, "backend/uv.lock", uv_lock("1.0"))
    monkeypatch.setattr(project_scope, "LOOK_AGAIN", 1e9)
    read = ProjectScope(repository)
    assert read().locked == {"kettle": "1.0"}
    put(repository, "backend/uv.lock", uv_lock("1.10"))
    monkeypatch.setattr(project_scope, "PATIENCE", 60)
    assert read().locked == {"kettle": "1.10"}
    put(repository, "api/uv.lock", uv_lock("1.0"))
    assert read().differing == {}
    monkeypatch.setattr(read, "_parts", None)  # as after ten seconds
    assert read().differing == {"kettle": {"1.0": ["api"], "1.10": ["backend"]}}
    (repository / "api" / "uv.lock").unlink()
    assert read().differing == {}


def test_a_large_lock_is_read_in_a_child_with_its_parts(repository, monkeypatch):
    put(repository, "api/uv.lock", uv_lock("1.0"))
    put(repository, "backend/uv.lock", uv_lock("2.0"))
    here = ProjectScope(repository)()
    monkeypatch.setattr(project_scope, "LARGEST_IN_PROCESS", 0)
    assert ProjectScope(repository)() == here


def test_the_note_says_who_locks_what_and_how_to_reach_it(repository):
    put(repository, "uv.lock", uv_lock("2.0"))
    put(repository, "backend/uv.lock", uv_lock("1.0"))
    scope = ProjectScope(repository)()
    assert scope.differences("kettle", {"2.0", "1.0.0"}) == (
        "This project locks kettle 2.0 in its root, 1.0 in backend: `kettle@1.0` searches the one in backend."
    )
    assert scope.differences("kettle", {"2.0"}) == (
        "This project locks kettle 2.0 in its root, 1.0 in backend: `vrom add kettle==1.0` adds 1.0."
    )
    assert scope.differences("spoon", {"1.0"}) == ""
