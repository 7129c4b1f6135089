"""A project that locks a distribution of the package index on this machine."""

import time

import pytest


@pytest.fixture
def lock(vrom, write_lock):
    """Lock a version of `kettle` in the project's folder, or in another one; the folder."""

    def write(version="1.0", digest="", folder=vrom.folder):
        return write_lock(folder, version, digest)

    return write


@pytest.fixture
def vrom(vrom, model_home):
    """The command, with the model in its home and a home folder of its own."""
    home = vrom.folder.parent / "home"
    home.mkdir()
    (home / "models").symlink_to(model_home / "models")
    vrom.environment |= {"HOME": str(vrom.folder.parent), "UV_NO_CONFIG": "1"}
    return vrom


@pytest.fixture
def wait_for():
    """Wait for what a process in the background does."""

    def wait(condition, seconds=60):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it has not happened"
            time.sleep(0.1)

    return wait
