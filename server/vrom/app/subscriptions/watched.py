"""Resources that clients have subscribed to, and detection of possible changes.

A resource is considered changed with its cartridge: when the package was replaced, added or removed, or when another
version became the id's default. Documents aren't compared: checking a cartridge's files is cheaper than opening it.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar
from urllib.parse import unquote

from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS

from vrom.app.jobs.workers import Workers
from vrom.errors import VromError
from vrom.library.library import Library
from vrom.library.mount import Mount
from vrom.library.stored import VISIBLE

T = TypeVar("T")

MAX_URIS = 1000
"""Maximum number of resources that one client may subscribe to."""

State = object
"""State of a cartridge reference: differs if it resolves to another folder or other files."""


class Watched:
    """Counts the subscriptions of each URI, and keeps the last notified states. Used only in the event loop.

    All of its clients see the same `spaces` of a store, see `vrom.library.stored.VISIBLE`.
    """

    def __init__(self, library: Library, workers: Workers, spaces: frozenset[str] | None = None) -> None:
        self._library = library
        self._workers = workers
        self._spaces = spaces
        self._mounts: Sequence[Mount] | None = None
        self._uris: Counter[str] = Counter()
        self._states: dict[str, State] = {}

    async def begin(self, uris: Collection[str], already: int = 0) -> None:
        """Add a client's subscriptions. Raises `MCPError` if it would have too many, including `already` others."""
        if len(uris) + already > MAX_URIS:
            problem = f"A client may subscribe to {MAX_URIS} resources. vrom://CARTRIDGE stands for all of its pages."
            raise MCPError(code=INVALID_PARAMS, message=problem)
        if self._mounts is None:
            await self.store_changed()
        states = await self._look({_cartridge_of(uri) for uri in uris})
        self._uris.update(uris)
        for reference, state in states.items():
            self._states.setdefault(reference, state)  # keep older states: other clients may not have been notified yet

    def end(self, uris: Iterable[str]) -> None:
        """Remove a client's subscriptions."""
        self._uris -= Counter(uris)
        watched = {_cartridge_of(uri) for uri in self._uris}
        self._states = {reference: state for reference, state in self._states.items() if reference in watched}

    async def store_changed(self) -> bool:
        """True if these clients see other cartridges of the store than at the previous call; False at the first."""
        if self._library.stored is None:
            return False
        now = await self._workers.run(self._seen, self._library.stored_mounts)
        before, self._mounts = self._mounts, now
        return before is not None and before is not now and _states(before) != _states(now)

    async def changed(self) -> list[str]:
        """The subscribed URIs whose cartridge's state has changed since the previous call."""
        now = await self._look(self._states.keys())
        differing = {reference for reference, state in now.items() if self._states.get(reference, state) != state}
        self._states.update({reference: state for reference, state in now.items() if reference in self._states})
        return [uri for uri in self._uris if _cartridge_of(uri) in differing]

    async def _look(self, references: Iterable[str]) -> dict[str, State]:
        wanted = list(references)
        return await self._workers.run(self._seen, lambda: {name: self._state(name) for name in wanted})

    def _seen(self, look: Callable[[], T]) -> T:
        """Look with the eyes of these clients; a worker's context is its own."""
        VISIBLE.set(self._spaces)
        return look()

    def _state(self, reference: str) -> State:
        try:
            mount = self._library.mount(reference)
        except VromError:
            return None
        return mount.folder, mount.fingerprint


def _states(mounts: Iterable[Mount]) -> list[State]:
    return [(mount.name, mount.fingerprint) for mount in mounts]


def _cartridge_of(uri: str) -> str:
    """The cartridge reference in a URI, as `Library.mount` accepts it; empty if the scheme isn't `vrom`."""
    scheme, _, rest = uri.partition("://")
    return unquote(rest.partition("/")[0]) if scheme == "vrom" else ""
