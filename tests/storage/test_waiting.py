"""Waits that whoever wants the result can end."""

import threading
from contextvars import copy_context

import pytest
from filelock import FileLock, Timeout

from vrom.storage.waiting import acquire, check_wait, ended_by, locked


class EndedError(BaseException):
    """What a check raises."""


def end():
    raise EndedError


def test_a_wait_for_a_lock_ends_where_its_check_raises(tmp_path):
    file = tmp_path / "kettle.lock"
    with FileLock(file):
        with ended_by(end), pytest.raises(EndedError):
            acquire(file)
        with pytest.raises(Timeout):
            acquire(file, wait=False)
    with locked(file), pytest.raises(Timeout):
        acquire(file, wait=False)
    acquire(file, wait=False).release()


def test_a_lock_is_taken_when_the_other_process_releases_it(tmp_path):
    file, checks = tmp_path / "kettle.lock", []
    other = FileLock(file)
    other.acquire()

    def release_at_the_third():
        checks.append(1)
        if len(checks) == 3:
            other.release()

    with ended_by(release_at_the_third), locked(file):
        assert not other.is_locked
    assert len(checks) >= 3


def test_a_check_is_that_of_its_block_and_of_threads_in_a_copy_of_its_context():
    ended = []

    def wait():
        try:
            check_wait()
        except EndedError:
            ended.append(threading.current_thread().name)

    with ended_by(end):
        threads = [
            threading.Thread(target=wait, name="without"),
            threading.Thread(target=copy_context().run, args=(wait,), name="with"),
        ]
    check_wait()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == ["with"]
