"""`pylock.toml`, as uv exports it."""

import pytest

from vrom.project.locks.lock import LockFileError
from vrom.project.locks.python.pylock import read_pylock

LOCK = f"""
lock-version = "1.0"
created-by = "uv"
requires-python = ">=3.11"

[[packages]]
name = "httpx"
version = "0.28.1"
index = "https://registry.example/simple"
sdist = {{ url = "https://files.example/httpx-0.28.1.tar.gz", size = 3, hashes = {{ sha256 = "{"a" * 64}" }} }}
wheels = [{{ url = "https://files.example/httpx-0.28.1-py3-none-any.whl", hashes = {{ sha256 = "{"b" * 64}" }} }}]

[[packages]]
name = "idna"
version = "3.20"
index = "https://pypi.org/simple"
sdist = {{ url = "https://files.example/idna-3.20.tar.gz", hashes = {{ sha256 = "00" }} }}

[[packages]]
name = "pywin32"
version = "310"
sdist = {{ url = "https://files.example/pywin32-310.tar.gz", hashes = {{ sha256 = "00" }} }}
marker = "sys_platform == 'nowhere'"

[[packages]]
name = "local"
directory = {{ path = "packages/local" }}
"""


def test_what_the_project_lists_is_direct(tmp_path):
    (tmp_path / "pylock.toml").write_text(LOCK)
    found = {one.name: one for one in read_pylock(tmp_path / "pylock.toml", {"httpx": frozenset({"main"})})}
    assert found.keys() == {"httpx", "idna", "local"}
    assert (found["httpx"].version, found["httpx"].groups) == ("0.28.1", {"main"})
    assert found["httpx"].artifacts[0].digest == f"sha256:{'a' * 64}"
    assert not found["idna"].is_direct
    assert found["local"].folder == str(tmp_path / "packages" / "local")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("lock-version = 1", "lock-version"),
        ('lock-version = "9.0"\ncreated-by = "x"\npackages = []', "not a valid lock file"),
        ('lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "A_B"', "not a valid lock file"),
        ("=", "line 1: not valid TOML"),
    ],
)
def test_a_lock_that_can_t_be_read_is_named(tmp_path, content, message):
    (tmp_path / "pylock.toml").write_text(content)
    with pytest.raises(LockFileError, match=message):
        read_pylock(tmp_path / "pylock.toml", {})
