"""The resources that clients have subscribed to, and which of them may have changed.

A resource changes with its cartridge: when the package was replaced, added or removed, or when another version became
the one that an id alone means. Pages aren't compared; to look at a cartridge's files costs less than to open it.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from urllib.parse import unquote

from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS

from vrom.app.jobs.workers import Workers
from vrom.errors import VromError
from vrom.library.library import Library

MAX_URIS = 1000
"""Resources that one client may subscribe to at once."""

State = object
"""What a reference to a cartridge leads to: differs when it leads elsewhere, or to other files."""


class Watched:
    """Counts who watches what, and remembers the state that each was told of last. Used from the event loop alone."""

    def __init__(self, library: Library, workers: Workers) -> None:
        self._library = library
        self._workers = workers
        self._uris: Counter[str] = Counter()
        self._states: dict[str, State] = {}

    async def begin(self, uris: Collection[str], already: int = 0) -> None:
        """One more client watches these. Raises `MCPError` where it would watch too many, `already` counted."""
        if len(uris) + already > MAX_URIS:
            problem = f"A client may subscribe to {MAX_URIS} resources. vrom://CARTRIDGE stands for all of its pages."
            raise MCPError(code=INVALID_PARAMS, message=problem)
        states = await self._look({_cartridge_of(uri) for uri in uris})
        self._uris.update(uris)
        for reference, state in states.items():
            self._states.setdefault(reference, state)  # others may have to be told of a change since theirs

    def end(self, uris: Iterable[str]) -> None:
        """One client less watches these."""
        self._uris -= Counter(uris)
        watched = {_cartridge_of(uri) for uri in self._uris}
        self._states = {reference: state for reference, state in self._states.items() if reference in watched}

    async def changed(self) -> list[str]:
        """What is watched and leads to another state than when this was asked last."""
        now = await self._look(self._states.keys())
        differing = {reference for reference, state in now.items() if self._states.get(reference, state) != state}
        self._states.update({reference: state for reference, state in now.items() if reference in self._states})
        return [uri for uri in self._uris if _cartridge_of(uri) in differing]

    async def _look(self, references: Iterable[str]) -> dict[str, State]:
        return await self._workers.run(lambda wanted: {name: self._state(name) for name in wanted}, list(references))

    def _state(self, reference: str) -> State:
        try:
            mount = self._library.mount(reference)
        except VromError:
            return None
        return mount.folder, mount.fingerprint


def _cartridge_of(uri: str) -> str:
    """The cartridge that an address names, in the words that `Library.mount` takes."""
    scheme, _, rest = uri.partition("://")
    return unquote(rest.partition("/")[0]) if scheme == "vrom" else ""
