"""Retry policy of downloads: number of attempts, and pauses between them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from vrom.errors import TransferError

if TYPE_CHECKING:
    from tenacity import RetryCallState, Retrying

ATTEMPTS = 5
"""Consecutive attempts without progress before giving up."""

ATTEMPTS_IN_ALL = 200


def tries(sleep: Callable[[float], None], attempts: int = ATTEMPTS, progress: Callable[[], int] = int) -> "Retrying":
    """Attempts for tenacity's `for attempt in …: with attempt: …`; errors whose `again` is true are retried.

    `progress` returns the number of bytes received; an attempt that increases it doesn't count as failed. The pause
    grows from about half a second and is never shorter than the server requests. The last error is re-raised unchanged.
    """
    from tenacity import Retrying, retry_if_exception, wait_exponential, wait_random

    in_vain, best = 0, progress()
    grow = wait_exponential(multiplier=0.5, max=20) + wait_random(0, 0.5)

    def count(_: "RetryCallState") -> None:
        nonlocal in_vain, best
        now = progress()
        in_vain, best = (0, now) if now > best else (in_vain + 1, best)

    def stop(state: "RetryCallState") -> bool:
        return in_vain >= attempts or state.attempt_number >= ATTEMPTS_IN_ALL

    def wait(state: "RetryCallState") -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.pause if isinstance(error, TransferError) else 0.0
        return max(grow(state) if in_vain else 0.1, asked)

    return Retrying(
        retry=retry_if_exception(_is_transient), after=count, wait=wait, stop=stop, sleep=sleep, reraise=True
    )


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, TransferError) and error.again
