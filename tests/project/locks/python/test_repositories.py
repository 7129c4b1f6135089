"""Dependencies that lock files take from a repository: no index is asked, which may have another of that name."""

import pytest

from vrom.project.locks.python.pipfile import read_pipfile_lock
from vrom.project.locks.python.poetry import read_poetry_lock
from vrom.project.locks.python.pylock import read_pylock
from vrom.project.locks.python.uv import read_uv_lock

URL, COMMIT = "https://me:secret@git.example/a.git", "0" * 40
LOCKS = {
    "uv.lock": (
        lambda file: read_uv_lock(file, file.parent),
        f'version = 1\n[[package]]\nname = "a"\nversion = "1.0"\nsource = {{ git = "{URL}?rev=v1#{COMMIT}" }}\n',
    ),
    "poetry.lock": (
        lambda file: read_poetry_lock(file, {}),
        f'[[package]]\nname = "a"\nversion = "1.0"\n[package.source]\ntype = "git"\nurl = "{URL}"\n',
    ),
    "pdm.lock": (
        lambda file: read_poetry_lock(file, {}),
        f'[[package]]\nname = "a"\nversion = "1.0"\ngit = "{URL}"\nrevision = "{COMMIT}"\n',
    ),
    "Pipfile.lock": (
        read_pipfile_lock,
        f'{{"_meta": {{}}, "default": {{"a": {{"version": "==1.0", "git": "{URL}", "ref": "{COMMIT}"}}}}}}',
    ),
    "pylock.toml": (
        lambda file: read_pylock(file, {}),
        'lock-version = "1.0"\ncreated-by = "us"\n[[packages]]\nname = "a"\nversion = "1.0"\n[packages.vcs]\n'
        f'type = "git"\nurl = "{URL}"\ncommit-id = "{COMMIT}"\n',
    ),
}


@pytest.mark.parametrize("name", LOCKS)
def test_its_origin_is_the_repository_without_credentials(tmp_path, name):
    read, text = LOCKS[name]
    (tmp_path / name).write_text(text)
    (found,) = read(tmp_path / name)
    assert (found.version, found.index, found.is_of_index) == ("1.0", "git+https://git.example/a.git", False)
