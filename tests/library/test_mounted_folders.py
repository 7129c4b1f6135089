"""How often the folders are looked at, and who waits for it."""

import threading
from types import SimpleNamespace

import pytest

from vrom.library.mounted_folders import MountedFolders
from vrom.library.scope import Scope

BACKGROUND = "vrom-scan"
HERE = threading.current_thread().name


class Scans:
    """Scans that take a time, by a clock of their own, and the threads that they ran in."""

    def __init__(self):
        self.seconds, self.now, self.threads = 0.0, 0.0, []

    def __call__(self, roots, known, locked, _differing):
        self.now += self.seconds
        self.threads.append(threading.current_thread().name)
        return known

    def join(self):
        """Wait for those in the background."""
        for thread in [one for one in threading.enumerate() if one.name == BACKGROUND]:
            thread.join()


@pytest.fixture
def scans(monkeypatch):
    scans = Scans()
    monkeypatch.setattr("vrom.library.mounted_folders.time", SimpleNamespace(monotonic=lambda: scans.now))
    monkeypatch.setattr("vrom.library.mounted_folders.scan", scans)
    return scans


@pytest.fixture
def refresh(scans):
    """Look for changes, a long time after the last scan; one that takes so many seconds."""
    folders = MountedFolders([], Scope)

    def refresh(seconds, **options):
        scans.seconds = seconds
        scans.now += 1000
        folders.refresh(**options)
        scans.join()
        return scans.threads[-1]

    return refresh


@pytest.mark.parametrize(("seconds", "until_next"), [(0.01, 0.5), (1.0, 50.0)])
def test_looking_takes_a_fiftieth_of_the_time_at_most(scans, seconds, until_next):
    folders, scans.seconds = MountedFolders([], Scope), seconds
    for now, count in [(0.0, 1), (seconds + 0.9 * until_next, 1), (seconds + 1.1 * until_next, 2)]:
        scans.now = now
        folders.refresh()
        scans.join()
        assert len(scans.threads) == count


def test_after_two_long_scans_the_next_holds_nobody_up(refresh):
    assert [refresh(1.0) for _ in range(4)] == [HERE, HERE, BACKGROUND, BACKGROUND]
    assert refresh(0.001) == BACKGROUND, "how long it takes isn't known before"
    assert refresh(0.001) == HERE, "the folders have become few"


def test_one_long_scan_may_have_waited_for_the_processor(refresh):
    assert [refresh(1.0), refresh(0.001), refresh(1.0), refresh(0.001)] == [HERE] * 4


def test_who_has_changed_something_sees_it(refresh):
    assert [refresh(1.0) for _ in range(3)][-1] == BACKGROUND
    assert refresh(1.0, force=True) == HERE
