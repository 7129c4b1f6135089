"""A machine with hosts on it: each with a configuration file as people have them, written for these tests."""

from pathlib import Path

import pytest

from vrom.hosts.catalog import known_hosts
from vrom.hosts.host import Host
from vrom.settings import read_host_folders

FILES = Path(__file__).parent / "files"


@pytest.fixture
def hosts(tmp_path: Path) -> dict[str, Host]:
    """Every known host on a machine with Linux, nothing configured yet."""
    (tmp_path / "project").mkdir()
    return known_hosts(read_host_folders({"HOME": str(tmp_path / "home")}, tmp_path / "project", "linux"))


@pytest.fixture
def realistic():
    """The bytes of a host's file: other servers and comments in it, and each host's own habits."""

    def content(host: str) -> bytes:
        found = next(FILES.glob(f"{host}.*")).read_bytes().replace(b"\r\n", b"\n")
        # the desktop's file is from Windows: its line ends, and the mark that an editor there puts first
        return b"\xef\xbb\xbf" + found.replace(b"\n", b"\r\n") if host == "claude-desktop" else found

    return content
