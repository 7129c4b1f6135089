"""Cartridges of a database among the mounted ones, and which of them a caller sees."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, cast

from vrom.errors import StoreError
from vrom.format.limits import DEFAULT_LIMITS, Limits
from vrom.format.versions import is_same_version, newest
from vrom.library.mount import Mount
from vrom.library.scan import as_written, wanted_versions

if TYPE_CHECKING:
    from vrom.library.choice.profile import Profile
    from vrom.search.features import Store
    from vrom.search.shelf import Shelf
    from vrom.store.shelf import Entry
    from vrom.store.store import CatalogueStore

_NO_VERSIONS: Mapping[str, Iterable[str]] = {}
PUBLIC = "public"
"""Space that everybody sees."""
VISIBLE: ContextVar[frozenset[str] | None] = ContextVar("vrom-spaces", default=None)
"""Spaces that the caller of the current request sees; None for what everybody does."""


class StoredMount(Mount):
    """Version of a cartridge in a database."""

    def __init__(self, shelf: "Shelf", entry: "Entry", *, is_default: bool, locked: str | None) -> None:
        place = Path("store", entry.space, f"{entry.manifest.vrom_id}@{entry.manifest.version}")
        super().__init__(place, ((entry.number, entry.chunks, 0),), entry.manifest, is_default, locked)
        self._shelf = shelf
        self.entry = entry

    @property
    def contents_digest(self) -> str:
        """Digest of the contents: loaded again, they are the same."""
        return self.entry.digest

    @property
    def is_closed(self) -> bool:
        """False: rows are read when they are needed."""
        return False

    @property
    def is_stored(self) -> bool:
        """True: not of this machine."""
        return True

    def open(self, cache: Path, limits: Limits = DEFAULT_LIMITS) -> "Shelf":  # noqa: ARG002
        """The shelf of this version."""
        return self._shelf


class StoredMounts:
    """Mounts of what a database has loaded."""

    def __init__(self, store: "CatalogueStore", everybody: frozenset[str] | None = None) -> None:
        from vrom.store.beside_local import BesideLocal

        self._catalogue = store
        self.everybody = everybody
        """Spaces that a caller sees of whom nothing is known; None for all, on the operator's own machine."""
        self.store: Store = BesideLocal(store)
        """The store that ranks the cartridges of the database, and local ones."""
        self.problem = ""
        """Why the catalogue isn't known; empty if it is."""
        self._made: dict[object, list[StoredMount]] = {}
        self._made_of: tuple[object, ...] = ()

    @property
    def is_reachable(self) -> bool:
        """True if the database could be reached when it was last asked."""
        return not (self.problem or self._catalogue.problem)

    @property
    def is_empty(self) -> bool:
        """True if nothing is loaded in any space, as far as is known."""
        try:
            return not self._catalogue.catalogue()
        except StoreError:
            return True

    @property
    def spaces(self) -> frozenset[str]:
        """All spaces that hold something, whoever sees them."""
        with suppress(StoreError):
            return frozenset(entry.space for entry in self._catalogue.catalogue())
        return frozenset()

    def profile(self, mount: Mount) -> "Profile":
        """Profile of a stored cartridge. Raises `StoreError`."""
        from vrom.library.choice.profile import make_profile

        entry = cast("StoredMount", mount).entry
        statistics = self._catalogue.shelf(entry).statistics
        centres = self._catalogue.centres(entry)
        hashes, frequencies = statistics.vocabulary.hashes, statistics.frequencies
        return make_profile(entry.manifest, hashes, frequencies, centres, entry.chance)

    def mounts(
        self, locked: Mapping[str, str], local: Collection[str], differing: Mapping[str, Iterable[str]] = _NO_VERSIONS
    ) -> "Sequence[StoredMount]":
        """Mounts that the caller sees. An id in `local` always means the local cartridge."""
        try:
            entries = self._catalogue.catalogue()
            self.problem = ""
        except StoreError as error:
            self.problem = f"{error} Its cartridges were not searched."
            return []
        made_of = (entries, dict(locked), set(local), {key: list(versions) for key, versions in differing.items()})
        if self._made_of != made_of:  # the same list is equal at once
            self._made, self._made_of = {}, made_of
        visible = VISIBLE.get()
        if visible is None:
            visible = self.everybody
        if visible not in self._made:
            seen = [entry for entry in entries if visible is None or entry.space in visible]
            self._made[visible] = list(self._mounted(seen, locked, local, differing))
        return self._made[visible]

    def _mounted(
        self,
        entries: "Sequence[Entry]",
        locked: Mapping[str, str],
        local: Collection[str],
        differing: Mapping[str, Iterable[str]],
    ) -> "list[StoredMount]":
        by_id: dict[str, dict[str, Entry]] = {}
        for entry in sorted(entries, key=lambda entry: (entry.space != PUBLIC, entry.space)):
            by_id.setdefault(entry.manifest.vrom_id, {}).setdefault(entry.manifest.version, entry)
        mounts = []
        for cartridge_id, versions in by_id.items():
            wanted = wanted_versions(cartridge_id, locked, differing)
            exact = next((one for locks in wanted for one in versions if is_same_version(locks, one)), None)
            default = None if cartridge_id in local else exact or newest(versions)
            for version, entry in versions.items():
                is_default = version == default
                said = as_written(version, wanted)
                name = "" if is_default else f"{cartridge_id}@{version}"
                shelf = self._catalogue.shelf(entry, name=name, locked=said)
                mounts.append(StoredMount(shelf, entry, is_default=is_default, locked=said))
        return mounts
