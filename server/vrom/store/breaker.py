"""Circuit breaker: a database that can't be reached isn't asked again for some seconds, so that nobody waits for it."""

import logging
import time
from collections.abc import Callable

from vrom.errors import StoreUnavailableError

_log = logging.getLogger(__name__)

BREAK_SECONDS = 5.0
"""Seconds for which a database that couldn't be reached isn't asked again."""
CONNECT_SECONDS = 2
STATEMENT_SECONDS = 3.0
"""Longest time that a server waits for an answer of the database."""
UNREACHABLE = "The store can't be reached."
SLOW = "The store takes too long."


class Breaker:
    """State of a database: it may be asked, or the reason why not."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = float("-inf")
        self.problem = ""
        """Why the database can't be used, until it can again; empty if it can."""

    def check(self) -> None:
        """Raise `StoreUnavailableError` as long as the database isn't to be asked."""
        if self._clock() < self._until:
            raise StoreUnavailableError(self.problem)

    def trip(self, problem: str, reason: str, seconds: float = BREAK_SECONDS) -> StoreUnavailableError:
        """Ask nothing for `seconds`; return the error to raise. `reason` is logged: it holds no address."""
        if problem != self.problem:
            _log.warning("%s (%s)", problem, reason)
        self.problem, self._until = problem, self._clock() + seconds
        return StoreUnavailableError(problem)

    def reset(self) -> None:
        """Note that the database has answered."""
        self.problem = ""
