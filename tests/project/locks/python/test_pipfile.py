"""`Pipfile.lock`, as Pipenv writes it."""

import json

import pytest

from vrom.project.locks.lock import LockFileError
from vrom.project.locks.python.pipfile import read_pipfile_lock

LOCK = {
    "_meta": {
        "hash": {"sha256": "0" * 64},
        "pipfile-spec": 6,
        "requires": {"python_version": "3.11"},
        "sources": [{"name": "ours", "url": "https://registry.example/simple", "verify_ssl": True}],
    },
    "default": {
        "anyio": {"hashes": ["sha256:" + "a" * 64], "markers": "python_version >= '3.10'", "version": "==4.16.0"},
        "httpx": {"hashes": [], "index": "ours", "version": "==0.28.1"},
        "pywin32": {"markers": "sys_platform == 'nowhere'", "version": "==310"},
    },
    "develop": {"pytest": {"version": "==9.2.0"}, "ours": {"editable": True, "path": "./ours"}},
}
PIPFILE = '[packages]\nhttpx = "*"\n[dev-packages]\nPyTest = {version = "*"}\n'


def read(tmp_path, lock, pipfile=PIPFILE):
    (tmp_path / "Pipfile.lock").write_text(lock if isinstance(lock, str) else json.dumps(lock))
    if pipfile:
        (tmp_path / "Pipfile").write_text(pipfile)
    return {one.name: one for one in read_pipfile_lock(tmp_path / "Pipfile.lock")}


def test_direct_is_what_the_pipfile_lists(tmp_path):
    found = read(tmp_path, LOCK)
    assert found.keys() == {"anyio", "httpx", "pytest", "ours"}
    assert {name: set(one.groups) for name, one in found.items() if one.is_direct} == {
        "httpx": {"main"},
        "pytest": {"dev"},
    }
    assert (found["httpx"].version, found["httpx"].index) == ("0.28.1", "https://registry.example/simple")
    assert found["ours"].folder == str(tmp_path / "ours")


def test_without_a_pipfile_everything_counts_as_direct(tmp_path):
    assert all(one.is_direct for one in read(tmp_path, LOCK, pipfile="").values())


@pytest.mark.parametrize(
    ("lock", "message"),
    [
        ("{", "line 1: not valid JSON"),
        ("[]", "its content is not a mapping of names to values"),
        ({"default": {"a": {"version": 1}}}, "default.a.version"),
        ({"default": ["a"]}, "default: input should be a valid dictionary"),
        ("[" * 100_000, "too many levels of nesting"),
    ],
)
def test_a_lock_that_can_t_be_read_is_named(tmp_path, lock, message):
    with pytest.raises(LockFileError, match=message):
        read(tmp_path, lock)
