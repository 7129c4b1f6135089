"""A watchdog process that watches stdin and kills the server if it can't end itself.

Parsing a large index blocks the interpreter for seconds, and meanwhile no thread can notice that stdin has closed.
The watchdog is started only when a large package is mounted; it takes 8 MB of memory and no processor time.
"""

import contextlib
import os
import select
import subprocess
import sys
import threading

from vrom.library.library import Library

LARGE = 30_000_000
"""Bytes of an index above which parsing may take longer than the process has to end."""

_WATCH = """
import os, select, signal, sys
server, alive = int(sys.argv[1]), int(sys.argv[2])
both = select.poll()
both.register(0, select.POLLHUP)
both.register(alive, select.POLLHUP)
if alive not in dict(both.poll()):
    ending = select.poll()
    ending.register(alive, select.POLLHUP)
    if not ending.poll(900):
        os.kill(server, signal.SIGKILL)
"""


class Guard:
    """Ends this process within a second after stdin closes, even if it is blocked, once a large package is mounted."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._stdin = os.dup(0)  # while the server runs, descriptor 0 is the null device
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._alive = -1
        library.on_change(self._look)
        self._look()

    def _look(self) -> None:
        is_large = any(size > LARGE for size in self._sizes())
        # a call must not fail because the watchdog can't be started
        with self._lock, contextlib.suppress(OSError):
            if is_large and self._process is None:
                self._start()

    def _sizes(self) -> list[int]:
        return [mount.fingerprint[-1][1] for mount in self._library.mounts(every_version=True) if mount.fingerprint]

    def _start(self) -> None:
        ours, self._alive = os.pipe()  # the other end closes with this process
        arguments = [sys.executable, "-I", "-S", "-c", _WATCH, str(os.getpid()), str(ours)]
        nowhere = subprocess.DEVNULL
        self._process = subprocess.Popen(  # noqa: S603 - our own words
            arguments, stdin=self._stdin, stdout=nowhere, stderr=nowhere, pass_fds=[ours], close_fds=True
        )
        os.close(ours)


def guard_stdin(library: Library) -> Guard | None:
    """Start a guard; None if the system has no `select.poll` or there is no stdin."""
    if not hasattr(select, "poll"):
        return None
    try:
        return Guard(library)
    except OSError:
        return None
