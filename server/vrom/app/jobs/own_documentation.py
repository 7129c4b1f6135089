"""The project's own documentation follows its files: each call looks first whether they have changed.

Looking costs a `stat` for each file, in a worker. What has changed is read again there, too; the call that noticed it
waits for a moment, so that a usual change is found at once, and vectors are made in the background.
"""

import asyncio
import importlib
import logging
import time

from vrom.app.connection import ProjectWork
from vrom.app.jobs.workers import Workers
from vrom.errors import VromError
from vrom.library.library import Library

LONGEST_WAIT = 1.5
"""Seconds that a call waits for changed files to be read."""
RECHECK_SECONDS = 0.2
"""Least seconds between two looks; longer if needed to limit looking to a fiftieth of the time, and reading to a third:
it takes the interpreter's time from searches.
"""
PAUSE_WITHOUT_CHANGE = 2.0
"""Seconds until the next look if files have changed, and no text that is read."""
PAUSE_AFTER_FAILURE = 60.0
"""Seconds without another attempt after one has failed."""

_log = logging.getLogger(__name__)


class OwnDocumentation:
    """Keeps the cartridge of a project's own documentation in step with its files. Used only in the event loop."""

    def __init__(self, library: Library, workers: Workers, work: ProjectWork) -> None:
        self._library = library
        self._workers = workers
        self._work = work
        self._next_look = 0.0
        self._wait_until = 0.0
        self._looking: asyncio.Task[None] | None = None
        self._is_prepared = False

    async def follow(self) -> None:
        """Read changed files again, unless they were looked at a moment ago; wait for `LONGEST_WAIT` at most."""
        now = time.monotonic()
        if self._looking is None and now >= self._next_look and self._has_record():
            self._wait_until = now + LONGEST_WAIT
            self._looking = asyncio.create_task(self._look())
            self._looking.add_done_callback(self._end)
        if self._looking is not None and now < self._wait_until:
            await asyncio.wait([self._looking], timeout=self._wait_until - now)

    def _has_record(self) -> bool:
        """Return True if `vrom add` made a cartridge for this project; costs one `stat`."""
        from vrom.project.own.record import record_file

        return record_file(self._work.machine.builds, self._work.folder).exists()

    def _end(self, _: "asyncio.Task[None]") -> None:
        self._looking = None

    async def _look(self) -> None:
        begun = time.monotonic()
        try:
            is_stale, seconds = await self._workers.run(self._is_stale)
            pause = max(RECHECK_SECONDS, 50 * seconds)
            if not (is_stale or self._is_prepared):
                self._is_prepared = True
                self._workers.submit(_prepare)
            if is_stale:
                was_updated = await self._workers.run(self._update)
                pause = max(pause, 2 * (time.monotonic() - begun) if was_updated else PAUSE_WITHOUT_CHANGE)
        except (VromError, OSError) as error:
            _log.warning("The project's own documentation can't be read again: %s", error)
            pause = PAUSE_AFTER_FAILURE
        self._next_look = time.monotonic() + pause

    def _is_stale(self) -> tuple[bool, float]:
        """True if a file has changed; and the seconds that looking took, which importing what looks is no part of."""
        from vrom.project.own.files import fingerprint
        from vrom.project.own.record import read_own_record

        begun = time.monotonic()
        folder = self._work.folder.resolve()
        record = read_own_record(self._work.machine.builds, folder)
        is_stale = record is not None and record.files != fingerprint(folder)
        return is_stale, time.monotonic() - begun

    def _update(self) -> bool:
        """Read the files again; return False if nothing came of it, as while another process does the same."""
        from vrom.project.own.cartridge import OwnCartridge

        own = OwnCartridge(self._work.folder, self._work.machine.open_shelf())
        if not own.update(wait=False):
            return False
        self._library.refresh(force=True)
        self._workers.submit(lambda: _log.info("%d texts embedded", own.add_vectors()))
        return True


def _prepare() -> None:
    """Import what reads documentation before it is needed: it takes as long as reading a small project."""
    importlib.import_module("vrom.project.own.cartridge")
