"""Progress and duration of a build's stages."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, int, int | None], None]
"""Callback with the stage, the units done, and the total (None while unknown)."""


class Stages:
    """Reports the progress of each stage and records its duration."""

    def __init__(self, progress: Progress) -> None:
        self.seconds: dict[str, float] = {}
        """Duration of each finished stage."""
        self._progress = progress

    @contextmanager
    def __call__(self, stage: str) -> Iterator[Callable[[int, int | None], None]]:
        """Run a stage as a context, which gives a callback for the units done and their total."""
        begun = time.perf_counter()
        self._progress(stage, 0, None)
        yield lambda done, total: self._progress(stage, done, total)
        self.seconds[stage] = time.perf_counter() - begun
