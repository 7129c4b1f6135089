"""`uv.lock`, as uv 0.9 writes it, with the addresses of a registry of our own."""

import pytest

from vrom.project.locks.lock import LockFileError
from vrom.project.locks.python.uv import read_uv_lock

REGISTRY = 'source = { registry = "https://registry.example/simple" }'
LOCK = f"""
version = 1
revision = 5
requires-python = ">=3.11"

[[package]]
name = "anyio"
version = "4.16.0"
{REGISTRY}
sdist = {{ url = "https://files.example/anyio-4.16.0.tar.gz", hash = "sha256:{"a" * 64}", size = 5 }}
wheels = [{{ url = "https://files.example/anyio-4.16.0-py3-none-any.whl", hash = "sha256:{"b" * 64}" }}]

[[package]]
name = "numpy"
version = "2.4.6"
{REGISTRY}

[[package]]
name = "numpy"
version = "2.5.5"
{REGISTRY}

[[package]]
name = "pytest"
version = "9.2.0"
source = {{ registry = "https://pypi.org/simple" }}

[[package]]
name = "pywin32"
version = "310"
{REGISTRY}

[[package]]
name = "ruff"
version = "0.17.6"
{REGISTRY}

[[package]]
name = "shop"
version = "0.3.0"
source = {{ virtual = "." }}
dependencies = [
    {{ name = "numpy", version = "2.4.6", {REGISTRY}, marker = "python_full_version < '3.12'" }},
    {{ name = "numpy", version = "2.5.5", {REGISTRY}, marker = "python_full_version >= '3.12'" }},
    {{ name = "pywin32", marker = "sys_platform == 'nowhere'" }},
    {{ name = "shop-core" }},
]

[package.optional-dependencies]
fast = [{{ name = "ruff" }}]

[package.dev-dependencies]
dev = [{{ name = "pytest" }}, {{ name = "ruff" }}]

[[package]]
name = "shop-core"
version = "0.1.0"
source = {{ editable = "packages/core" }}
dependencies = [{{ name = "anyio" }}]
"""


@pytest.fixture
def lock(tmp_path):
    (tmp_path / "packages" / "core").mkdir(parents=True)
    file = tmp_path / "uv.lock"
    file.write_text(LOCK)
    return file


def groups(dependencies):
    return {(one.name, one.version): set(one.groups) for one in dependencies if one.is_direct}


def test_direct_are_those_of_all_members_at_the_root(lock):
    assert groups(read_uv_lock(lock, lock.parent, "3.11.7")) == {
        ("numpy", "2.4.6"): {"main"},
        ("pytest", "9.2.0"): {"dev"},
        ("ruff", "0.17.6"): {"fast", "dev"},
        ("anyio", "4.16.0"): {"main"},
    }


def test_in_a_member_s_folder_they_are_those_of_the_member(lock):
    found = read_uv_lock(lock, lock.parent / "packages" / "core")
    assert groups(found) == {("anyio", "4.16.0"): {"main"}}
    assert {one.name for one in found} >= {"anyio", "numpy", "ruff"}


def test_of_several_versions_the_one_for_the_project_s_python_is_direct(lock):
    assert ("numpy", "2.5.5") in groups(read_uv_lock(lock, lock.parent, "3.13.1"))


def test_files_digests_and_another_index_are_kept(lock):
    found = {one.name: one for one in read_uv_lock(lock, lock.parent)}
    assert [file.digest for file in found["anyio"].artifacts] == [f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"]
    assert found["anyio"].index == "https://registry.example/simple"
    assert found["pytest"].index == ""


BROKEN = {
    "no TOML": ("version = 1\n[[package\n", r"line 2: not valid TOML"),
    "another version of the format": ("version = 2\n", "version 2 of the format, expected 1"),
    "a package without a name": ('version = 1\n[[package]]\nversion = "1"\n', "package.0.name: field required"),
    "a number as version": ('version = 1\n[[package]]\nname = "a"\nversion = 1\n', "package.0.version"),
    "a text as list": ('version = 1\npackage = "all"\n', "package: input should be a valid list"),
    "nested without end": ("version = 1\nx = " + "[" * 50_000, "too many levels of nesting"),
}


@pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_lock_that_can_t_be_read_is_named_with_what_is_wrong(tmp_path, content, message):
    (tmp_path / "uv.lock").write_text(content)
    with pytest.raises(LockFileError, match=message) as failure:
        read_uv_lock(tmp_path / "uv.lock", tmp_path)
    assert failure.value.file == tmp_path / "uv.lock"


def test_names_and_versions_that_no_index_has_are_left_out(tmp_path):
    packages = [("../evil", "1"), ("fine", "1.0"), ("late", "1; rm -rf /"), ("x" * 500, "1")]
    text = "".join(f'[[package]]\nname = "{name}"\nversion = "{version}"\n' for name, version in packages)
    (tmp_path / "uv.lock").write_text("version = 1\n" + text)
    assert [one.name for one in read_uv_lock(tmp_path / "uv.lock", tmp_path)] == ["fine"]
