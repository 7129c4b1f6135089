"""`poetry.lock` and `pdm.lock`."""

import pytest

from vrom.project.locks.lock import LockFileError
from vrom.project.locks.python.poetry import read_poetry_lock

DIRECT = {"httpx": frozenset({"main"})}
POETRY = f"""
[[package]]
name = "httpx"
version = "0.28.1"
description = "The next generation HTTP client."
optional = false
python-versions = ">=3.8"
groups = ["main"]
files = [
    {{file = "httpx-0.28.1-py3-none-any.whl", hash = "sha256:{"b" * 64}"}},
    {{file = "httpx-0.28.1.tar.gz", hash = "sha256:{"a" * 64}"}},
]

[package.dependencies]
idna = "*"

[[package]]
name = "Idna"
version = "3.20"
groups = ["main"]
markers = "sys_platform == 'nowhere'"
files = []

[[package]]
name = "private"
version = "1.0"
markers = {{main = "python_version > '3.8'", dev = "extra == 'x'"}}
files = []

[package.source]
type = "legacy"
url = "https://registry.example/simple"
reference = "ours"

[metadata]
lock-version = "2.1"
python-versions = ">=3.11"
content-hash = "{"c" * 64}"
"""
OLDER = f"""
[[package]]
name = "httpx"
version = "0.20.0"
category = "main"

[metadata]
lock-version = "1.1"

[metadata.files]
httpx = [{{file = "httpx-0.20.0.tar.gz", hash = "sha256:{"a" * 64}"}}]
"""
PDM = f"""
[metadata]
groups = ["default", "test"]
lock_version = "4.5.0"

[[package]]
name = "httpx"
version = "0.28.1"
requires_python = ">=3.8"
summary = "The next generation HTTP client."
groups = ["default"]
marker = "python_version >= '3.8'"
files = [{{file = "httpx-0.28.1.tar.gz", hash = "sha256:{"a" * 64}"}}]

[[package]]
name = "ours"
version = "0.1.0"
path = "./packages/ours"
"""


def read(tmp_path, content):
    (tmp_path / "poetry.lock").write_text(content)
    return {one.name: one for one in read_poetry_lock(tmp_path / "poetry.lock", DIRECT)}


def test_poetry_s_packages_have_the_groups_that_list_them_and_the_digests_of_their_files(tmp_path):
    found = read(tmp_path, POETRY)
    assert found.keys() == {"httpx", "private"}
    assert (found["httpx"].version, found["httpx"].groups) == ("0.28.1", {"main"})
    assert found["httpx"].artifacts[1].url == "httpx-0.28.1.tar.gz"
    assert found["private"].index == "https://registry.example/simple"


def test_an_older_lock_lists_the_files_apart(tmp_path):
    assert [file.digest for file in read(tmp_path, OLDER)["httpx"].artifacts] == [f"sha256:{'a' * 64}"]


def test_pdm_s_lock_is_read_as_well(tmp_path):
    found = read(tmp_path, PDM)
    assert found["httpx"].is_direct
    assert found["ours"].folder == str(tmp_path / "packages" / "ours")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[[package]]\nname = "a"\nversion = 1', "package.0.version"),
        ('[[package]]\nversion = "1"', "package.0.name"),
        ('package = "all"', "package: input should be a valid list"),
        ('[[package]]\nname = "a"\nversion = "1"\n[metadata.files]\na = ["x"]', "the whole"),
        ("[", "not valid TOML"),
    ],
)
def test_a_lock_that_can_t_be_read_is_named(tmp_path, content, message):
    with pytest.raises(LockFileError, match=message):
        read(tmp_path, content)
