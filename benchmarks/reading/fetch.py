"""Bring the archive of a documentation tree into a folder, with the package tools of this machine as they are set up.

An origin is `pypi:NAME==VERSION` (its source distribution), `debian:NAME` or `npm:NAME@VERSION`. Nothing of an archive
is executed: no build of a source distribution, no script of a package.
"""

import contextlib
import os
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path

from vrom.errors import VromError
from vrom.network.client import Network
from vrom.network.download import Downloads
from vrom.project.dependency import Dependency
from vrom.project.sources.index_settings import read_index_settings
from vrom.project.sources.package_index import PackageIndex

LARGEST = 500_000_000
"""Bytes of an archive."""


class UnavailableError(Exception):
    """A tree can't be had on this machine; the message is the reason."""


def fetch(origin: str, cache: Path) -> Path:
    """The folder of `cache` with the unpacked archive, fetched unless it is there. Raises `UnavailableError`."""
    folder = cache / "archives" / origin.translate(str.maketrans(":/@=", "____"))
    if folder.is_dir():
        return folder
    kind, _, name = origin.partition(":")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        unpacked = Path(made) / "unpacked"
        unpacked.mkdir()
        {"pypi": _fetch_sdist, "debian": _fetch_debian, "npm": _fetch_npm}[kind](name, Path(made), unpacked)
        with contextlib.suppress(OSError):  # another run was faster
            unpacked.rename(folder)
    return folder


def _fetch_sdist(requirement: str, scratch: Path, into: Path) -> None:
    name, _, version = requirement.partition("==")
    settings = read_index_settings(Path(os.devnull), dict(os.environ))
    try:
        with contextlib.closing(Network(settings.credentials, private_origins=settings.own)) as network:
            index = PackageIndex(settings.urls, Downloads(network, scratch / "parts", LARGEST))
            files = [file for file in index.find(Dependency("pypi", name, version)) if not file.is_wheel]
            if not files:
                raise UnavailableError("the package index has no source distribution of it")
            archive = scratch / files[0].name
            index.fetch(files[0], archive)
    except VromError as error:
        raise UnavailableError(str(error)) from error
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(into)
    else:
        with tarfile.open(archive) as opened:
            opened.extractall(into, filter="data")
    _lift_only_folder(into)


def _fetch_debian(name: str, scratch: Path, into: Path) -> None:
    _run(["apt-get", "download", name], scratch)
    _run(["dpkg-deb", "-x", str(next(scratch.glob("*.deb"))), str(into)], scratch)


def _fetch_npm(name: str, scratch: Path, into: Path) -> None:
    _run(["npm", "pack", "--ignore-scripts", name], scratch)
    with tarfile.open(next(scratch.glob("*.tgz"))) as opened:
        opened.extractall(into, filter="data")
    _lift_only_folder(into)


def _lift_only_folder(into: Path) -> None:
    inside = list(into.iterdir())
    if len(inside) == 1 and inside[0].is_dir():
        for entry in inside[0].iterdir():
            shutil.move(entry, into / entry.name)
        inside[0].rmdir()


def _run(command: list[str], folder: Path) -> None:
    if not shutil.which(command[0]):
        raise UnavailableError(f"{command[0]} is not installed")
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    if ran.returncode:
        last = (ran.stderr.strip() or ran.stdout.strip() or "?").splitlines()[-1]
        raise UnavailableError(f"{' '.join(command[:2])} failed: {last[:200]}")
