"""Repositories that real git has made."""

import shutil
import subprocess

import pytest


def pytest_collection_modifyitems(items):
    if shutil.which("git") is None:
        for item in items:
            if "sources/git/" in item.path.as_posix():
                item.add_marker(pytest.mark.skip(reason="git isn't installed"))


@pytest.fixture
def git():
    """Function that runs git in a folder and returns its output."""

    def run(folder, *arguments):
        identity = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
        command = ["git", "-C", folder, *identity, "-c", "protocol.file.allow=always", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    return run


@pytest.fixture
def small_repository(tmp_path, git):
    """One commit on `main`, tagged v1, with one document: `a.md`."""
    folder = tmp_path / "small"
    folder.mkdir()
    git(folder, "init", "--quiet")
    (folder / "a.md").write_text("# A\n\nThe text of the document.")
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", "first")
    git(folder, "tag", "v1")
    return folder
