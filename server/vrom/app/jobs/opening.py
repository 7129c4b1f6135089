"""Opening many cartridges for one call: it can be given up between two of them, and tells how far it has come."""

import contextlib
from collections.abc import Iterable

from vrom.app.jobs.workers import job
from vrom.errors import PackageError
from vrom.library.library import Library


def open_each(library: Library, ids: Iterable[str] | None = None, question: str = "") -> None:
    """Open what a call needs and nobody has opened yet: what the library chooses for the question and these `ids`.

    A cartridge that can't be read is passed over: the call itself reports it. Raises `NotFoundError` for an unknown id,
    `AbandonedError` when nobody waits for the call any more.
    """
    mounts, _ = library.chosen(ids, question)
    closed = [mount for mount in mounts if mount.cartridge is None and not mount.problem]
    for number, mount in enumerate(closed, 1):
        job().tell(f"opening {mount.name}, {number} of {len(closed)}")
        with contextlib.suppress(PackageError):
            library.open(mount.name)
