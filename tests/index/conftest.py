"""What tests of opening a package share."""

import pytest

from vrom.index import contents
from vrom.index import fingerprint as known


@pytest.fixture
def every_file_is_old(monkeypatch):
    """A test can't wait until a clock has ticked."""
    monkeypatch.setattr(known, "_tick", lambda file: -1)


@pytest.fixture
def forbid_reading(monkeypatch):
    """Call it, and reading a package's JSON again fails the test."""

    def forbid() -> None:
        for name in ("read_package", "read_beside"):
            monkeypatch.setattr(contents, name, lambda *_: pytest.fail("index.json was read"))

    return forbid
