"""Functions of an engine, for commands and servers."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from vrom.index.cartridge import Cartridge
    from vrom.store.database_store import DatabaseStore


@dataclass(frozen=True)
class Loaded:
    """Result of loading a package."""

    id: str
    version: str
    state: Literal["loaded", "replaced", "unchanged"]
    chunks: int
    number: int
    """Number of the rows that are live now."""


@dataclass(frozen=True)
class Line:
    """A cartridge in a store, as `vrom list --store` shows it."""

    space: str
    id: str
    version: str
    chunks: int
    loaded: str


class CheckAddress(Protocol):
    """Check of an address."""

    def __call__(self, url: str, *, is_argument: bool) -> object:
        """Raise `InvalidArgumentError` for an address that can't be read, or a secret in an argument."""


@dataclass(frozen=True)
class Driver:
    """The functions of one engine. A connection is what its own `connect` returns."""

    check_address: CheckAddress
    open_store: "Callable[[str], DatabaseStore]"
    """The store of an address; it is connected to when it is first asked."""
    connect: Callable[[str], AbstractContextManager[Any]]
    """Connection for loading. Raises `StoreUnavailableError` if the database can't be reached."""
    load: "Callable[[Any, Cartridge, str], Loaded]"
    """Load an open cartridge into a space; the same contents again change nothing."""
    unload: Callable[[Any, str, str | None, str], Sequence[str]]
    """Take a version, or all, of a cartridge out of a space; return the versions. Raises `NotFoundError` if none is."""
    sweep: Callable[[Any], int]
    """Delete the rows of versions that were replaced or unloaded long enough ago; return how many versions."""
    read_lines: Callable[[str], list[Line]]
    """Cartridges that are loaded, by id."""
    find_problems: Callable[[str], list[str]]
    """Problems of a store, each with its remedy."""
    takes_registries: bool
    """True if several processes can share the loads that registries list."""
