"""Hosts that don't accept connections: in one run they are tried twice, not five times for each of many files."""

import threading
from collections import Counter
from urllib.parse import urlsplit

from vrom.errors import TransferError

_ENOUGH = 2
"""Failures in a row that prove a host to be unreachable: one may be a name server that was slow."""


class UnreachableHosts:
    """The hosts that can't be reached in this run. Used by several threads."""

    def __init__(self, remedy: str) -> None:
        """`remedy` is the sentence that follows the reason in messages."""
        self._remedy = remedy
        self._failures: Counter[str] = Counter()
        self._reasons: dict[str, str] = {}
        self._lock = threading.Lock()

    def check(self, url: str) -> None:
        """Raise `TransferError`, which isn't to be tried again, if the host of a URL can't be reached."""
        host = _host(url)
        with self._lock:
            failures, reason = self._failures[host], self._reasons.get(host)
        if failures >= _ENOUGH:
            raise TransferError(f"{host} {reason or 'cannot be reached.'} {self._remedy}")

    def note_failure(self, url: str, reason: str = "", *, is_final: bool = False) -> None:
        """Note that a host refused a connection, or has no address; `is_final` if waiting for it was in vain.

        `reason` is what to say instead of "cannot be reached.", such as that a proxy failed.
        """
        with self._lock:
            self._failures[_host(url)] += _ENOUGH if is_final else 1
            self._reasons[_host(url)] = reason

    def note_answer(self, url: str) -> None:
        """Note that a host answered."""
        with self._lock:
            self._failures.pop(_host(url), None)


def _host(url: str) -> str:
    """Host and port, without credentials."""
    return urlsplit(url).netloc.rpartition("@")[2]
