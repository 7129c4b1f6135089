"""A project's lock files together."""

import pytest

from vrom.project.project import read_project

UV = 'version = 1\n[[package]]\nname = "a"\nversion = "1.0"\n[[package]]\nname = "p"\nversion = "0"\n'
UV += 'source = { virtual = "." }\ndependencies = [{ name = "a" }]\n'


def direct(project):
    return {one.name: one.version for one in project.dependencies if one.is_direct}


def test_the_most_telling_lock_counts(tmp_path):
    (tmp_path / "uv.lock").write_text(UV)
    (tmp_path / "requirements.txt").write_text("a==0.9\n")
    project = read_project(tmp_path)
    assert direct(project) == {"a": "1.0"}
    assert project.files == (tmp_path / "uv.lock",)


def test_a_lock_that_can_t_be_read_is_named_and_the_next_one_is_read(tmp_path):
    (tmp_path / "uv.lock").write_text("version = 1\n[[")
    (tmp_path / "requirements.txt").write_text("a==0.9\n")
    project = read_project(tmp_path)
    assert direct(project) == {"a": "0.9"}
    assert project.problems[0].startswith(f"{tmp_path / 'uv.lock'}, line 2: not valid TOML")


def test_a_workspace_s_lock_lies_above_but_not_above_the_repository(tmp_path):
    (tmp_path / "uv.lock").write_text(UV)
    inner = tmp_path / "repository" / "packages" / "one"
    inner.mkdir(parents=True)
    (tmp_path / "repository" / ".git").mkdir()
    assert read_project(inner).files == ()
    (tmp_path / "repository" / "uv.lock").write_text(UV)
    assert read_project(inner).files == (tmp_path / "repository" / "uv.lock",)


@pytest.fixture
def environment(tmp_path):
    site = tmp_path / ".venv" / "lib" / "python3.12" / "site-packages"
    site.mkdir(parents=True)
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\nversion_info = 3.12.4\n")
    for name, version in [("httpx", "0.27.0"), ("idna", "3.20")]:
        (site / f"{name}-{version}.dist-info").mkdir()
        (site / f"{name}-{version}.dist-info" / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n")
    return site


def test_without_a_lock_what_is_installed_counts(tmp_path, environment):
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["httpx>=0.20", "flask"]\n')
    project = read_project(tmp_path)
    assert direct(project) == {"httpx": "0.27.0", "flask": ""}
    assert {one.name for one in project.dependencies} == {"httpx", "flask", "idna"}


def test_a_requirement_without_a_pin_has_the_version_that_is_installed(tmp_path, environment):
    (tmp_path / "requirements.txt").write_text("httpx>=0.20\n")
    assert direct(read_project(tmp_path)) == {"httpx": "0.27.0"}


def test_a_folder_without_anything_has_no_dependencies(tmp_path):
    project = read_project(tmp_path)
    assert (project.dependencies, project.files, project.problems) == ((), (), ())


def test_a_dependency_of_a_repository_has_the_installed_version_else_that_of_its_tag(tmp_path):
    installed = tmp_path / ".venv" / "lib" / "python3.12" / "site-packages" / "a-1.5.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Name: a\nVersion: 1.5\n")
    refs = {"a": "v9.9", "b": "v1.2.3", "c": "main"}
    lines = [f"{name} @ git+https://git.example/{name}@{ref}" for name, ref in refs.items()]
    (tmp_path / "requirements.txt").write_text("\n".join([*lines, "./ours"]))
    project = read_project(tmp_path)
    assert direct(project) == {"a": "1.5", "b": "1.2.3", "c": ""}
    assert "requirements.txt, line 4: ./ours is left out" in project.problems[0]


def test_what_a_pyproject_takes_from_a_repository_or_folder_is_of_no_index(tmp_path, environment):
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["httpx @ git+https://git.example/a", "b", "c", "d @ git+https://git.example/d@v1.2"]\n'
        '[tool.uv.sources]\nb = { path = "../b" }\n'
    )
    found = {one.name: (one.version, one.is_of_index) for one in read_project(tmp_path).dependencies}
    assert found == {
        "httpx": ("0.27.0", False), "b": ("", False), "c": ("", True), "d": ("1.2", False), "idna": ("3.20", True)
    }  # fmt: skip
