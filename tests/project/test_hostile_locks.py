"""A project whose files are made to harm: the server answers in time, and `vrom add` says what can't be read."""

import os
import time

import pytest

from vrom.project import project_scope
from vrom.project.project import read_project
from vrom.project.project_scope import ProjectScope
from vrom.project.python.environment import find_environment

pytestmark = pytest.mark.slow

LOCKS = ["uv.lock", "poetry.lock", "package-lock.json", "pnpm-lock.yaml", "Cargo.lock", "go.mod", "requirements.txt"]
LISTED = '[project]\nname = "shop"\ndependencies = ["kettle"]\n'


def site_packages(project):
    folder = project / ".venv/lib/python3.12/site-packages"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", LOCKS)
def test_a_pipe_a_device_or_a_link_in_a_circle_in_place_of_a_lock_file_is_none(tmp_path, name):
    for folder, make in [
        ("pipe", os.mkfifo),
        ("device", lambda path: path.symlink_to("/dev/zero")),
        ("circle", lambda path: path.symlink_to(path)),
    ]:
        (tmp_path / folder).mkdir()
        make(tmp_path / folder / name)
        assert ProjectScope(tmp_path / folder)().locked == {}


@pytest.mark.timeout(60)
def test_lock_files_that_take_long_are_read_by_a_process_that_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(project_scope, "LARGEST_IN_PROCESS", 1000)
    monkeypatch.setattr(project_scope, "SECONDS", 1.0)
    (tmp_path / "package-lock.json").write_text('{"lockfileVersion": 3, "x": [' + "[]," * 5_000_000 + "1]}")
    begun = time.monotonic()
    scope = ProjectScope(tmp_path)()
    assert scope.locked == {}
    assert scope.own == tmp_path / ".vrom" / "cartridges"
    assert time.monotonic() - begun < 10


def test_a_large_lock_file_gives_the_same_scope_as_a_small_one(tmp_path, monkeypatch):
    (tmp_path / "requirements.txt").write_text("kettle==1.0\npot==2.0\n")
    here = ProjectScope(tmp_path)()
    monkeypatch.setattr(project_scope, "LARGEST_IN_PROCESS", 1)
    assert ProjectScope(tmp_path)() == here
    assert here.locked == {"kettle": "1.0", "pot": "2.0"}


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uv.lock", ".".join(["a"] * 400_000) + " = 1"),
        ("uv.lock", "a = " + "[" * 100_000),
        ("uv.lock", "version = " + "9" * 10_000),
        ("uv.lock", "version = 1\n" + '[[package]]\nname = "a"\nversion = "1"\nwheels = [{url = "u"}]\n' * 15_000),
        ("package-lock.json", '{"packages": ' + "[" * 400_000),
        ("pnpm-lock.yaml", "a: " + "[" * 400_000),
        ("requirements.txt", "a==" + "9" * 10_000),
        ("requirements.txt", "-r a\0b\n-r " + "x" * 5000),
    ],
)
def test_nesting_long_numbers_and_repetition_end_in_time(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    for one in read_project(tmp_path).dependencies:
        assert one.name == "a"


def test_a_marker_that_cannot_be_compared_applies(tmp_path):
    lock = (
        'version = 1\n[[package]]\nname = "p"\nversion = "1"\nsource = {virtual = "."}\ndependencies = '
        '[{name = "a", marker = "os_name ~= \'x\'"}]\n[[package]]\nname = "a"\nversion = "1"\n'
    )
    (tmp_path / "uv.lock").write_text(lock)
    (found,) = read_project(tmp_path).dependencies
    assert found.is_direct


@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", ["pipe", "device", "gigabyte", "not text", "no name", "absent"])
def test_metadata_of_an_environment_may_be_anything(tmp_path, kind):
    (tmp_path / "pyproject.toml").write_text(LISTED)
    folder = site_packages(tmp_path) / "kettle-1.0.dist-info"
    folder.mkdir()
    file = folder / "METADATA"
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "device":
        file.symlink_to("/dev/zero")
    elif kind == "gigabyte":
        file.touch()
        os.truncate(file, 2**30)
    elif kind != "absent":
        file.write_bytes(b"Name: kettle\nVersion: 1.0\nSummary: \xff\n" if kind == "not text" else b"Version: 1.0\n")
    assert ProjectScope(tmp_path)().locked == ({"kettle": "1.0"} if kind == "not text" else {})


def test_names_and_versions_that_no_index_accepts_are_left_out(tmp_path):
    (tmp_path / "pyproject.toml").write_text(LISTED)
    places = site_packages(tmp_path)
    for number, text in enumerate(
        ["Name: ../../etc\nVersion: 1", "Name: pot\nVersion: 1\x1b[31m", "Name: tea\nVersion: 2"]
    ):
        (places / f"{number}.dist-info").mkdir()
        (places / f"{number}.dist-info" / "METADATA").write_text(text + "\n")
    assert {one.name for one in read_project(tmp_path).dependencies} == {"kettle", "tea"}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", [None, "version = 3." + "9" * 10_000, "version = 3.12.4\n"])
def test_the_configuration_of_an_environment_may_be_anything(tmp_path, text):
    site_packages(tmp_path)
    file = tmp_path / ".venv" / "pyvenv.cfg"
    if text is None:
        os.mkfifo(file)
    else:
        file.write_text(text)
    assert find_environment(tmp_path).version == ("3.12.4" if text and "4" in text else "3.12")
