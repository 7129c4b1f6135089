"""Set of mounted cartridges: found in folders, opened on first use, replaced while serving.

Detecting changes costs one `stat` per file, cheap enough for every call: it needs no watcher thread and works on every
file system. An unreadable package never affects others; if an earlier state of it was open, that one is still served.

For a thousand cartridges only the manifests are read. Cartridges are opened when searched, the least recently used are
closed, and a query to all of them is searched in those whose contents fit best.
"""

import hashlib
import itertools
import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from vrom.errors import ModelError, NotFoundError, PackageError
from vrom.format.limits import DEFAULT_LIMITS, Limits
from vrom.format.versions import choose
from vrom.library.damage import is_damage, problem_of
from vrom.library.mount import Mount
from vrom.library.reference import resolve_reference
from vrom.library.scan import scan
from vrom.library.scope import Scope
from vrom.library.select import Selection, default_mounts

if TYPE_CHECKING:
    from vrom.embedding.loaded_models import Embedders
    from vrom.index.cartridge import Cartridge
    from vrom.library.choice.choice import Choice
    from vrom.library.choice.fit import Embed
    from vrom.library.choice.profile import Profile
    from vrom.library.stored import StoredMounts
    from vrom.search.features import Store
    from vrom.search.score.candidates import Mode
    from vrom.search.shelf import Shelf

_log = logging.getLogger(__name__)

RESCAN_SECONDS = 0.2
"""Least seconds between two scans of the folders; longer if needed to limit scanning to a fiftieth of the time."""
LONGEST_SCAN = 0.05
"""Seconds of a scan that a call waits for. If the last one took longer, the next is made in the background: of ten
thousand packages it takes half a second, and nobody who asks meanwhile is held up."""
SEARCHED = 12
"""Largest number of cartridges searched by a query that names none: about 8 ms."""
VIEWS = 8
"""Lists of default mounts that are remembered: callers may see different ones."""
KEPT_OPEN = 160
"""Largest number of open cartridges. Each has two or three files open, of the 1,024 often allowed per process."""


@dataclass(frozen=True)
class _Default:
    """Mounts that are searched by default, and what they were selected from."""

    folders: Mapping[str, Mount]
    scope: Scope
    stored: Sequence[Mount]
    mounts: Sequence[Mount]


class Library:
    """Mounted cartridges, and the models they are searched with.

    `roots` are folders, earlier ones take precedence, and that of the scope before all; each is a package, or contains
    packages as subfolders. `cache` is the folder for indexes built from packages, `models` the folder of model files,
    `home` the folder of stored registry documents, if any. A package that exceeds `limits` can't be read. `scope` gives
    what a search is about that names no cartridge; it is called before each scan. `stored` are cartridges of a
    database, which come after those of the folders.
    """

    def __init__(
        self,
        roots: Sequence[Path],
        *,
        cache: Path,
        models: Path,
        limits: Limits = DEFAULT_LIMITS,
        home: Path | None = None,
        scope: Callable[[], Scope] = Scope,
        stored: "StoredMounts | None" = None,
    ) -> None:
        self.roots = tuple(roots)
        self.cache = cache
        self.models = models
        self.limits = limits
        self.home = home
        self.stored = stored
        self._read_scope = scope
        self._folders: dict[str, Mount] = {}
        self._lock = threading.Lock()
        self._learning = threading.Lock()
        self._default: list[_Default] = []
        self._next_scan = float("-inf")
        self._scan_seconds = 0.0
        self.scope = Scope()
        """The scope as of the last scan."""
        self._listeners: list[Callable[[], None]] = []

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that are scanned: the project's own cartridges, as of the last scan, come first."""
        own = self.scope.own
        return tuple(dict.fromkeys([own, *self.roots])) if own else self.roots

    @cached_property
    def embedders(self) -> "Embedders":
        """Loaded models, shared by all cartridges."""
        from vrom.embedding.loaded_models import Embedders
        from vrom.embedding.model_store import ModelStore

        with self._lock:  # since Python 3.12 two threads may enter, and each would load the models
            made: Embedders = self.__dict__.setdefault("embedders", Embedders(ModelStore(self.models)))
            return made

    @cached_property
    def choice(self) -> "Choice":
        """What is known of the contents of the cartridges, opened or not."""
        from vrom.library.choice.choice import Choice

        place = repr([str(root.absolute()) for root in self.roots])
        name = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:32]
        with self._lock:
            made: Choice = self.__dict__.setdefault("choice", Choice(self.cache / "choice" / name))
            return made

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever a cartridge was added, replaced or removed."""
        self._listeners.append(listener)

    def mounts(self, *, every_version: bool = False) -> list[Mount]:
        """Current mounts, broken packages included, in the order of the roots.

        Only the default version of each id, unless `every_version`.
        """
        self.refresh()
        mounts = [*self._folders.values(), *self.stored_mounts()]
        return [mount for mount in mounts if every_version or mount.is_default]

    def stored_mounts(self) -> "Sequence[Mount]":
        """Mounts of the database that the caller sees; the same object as long as nothing changes."""
        if self.stored is None:
            return ()
        return self.stored.mounts(self.scope.locked, {mount.id for mount in self._folders.values()})

    @property
    def store(self) -> "Store":
        """The store of the mounted cartridges' rows."""
        if self.stored is not None:
            return self.stored.store
        from vrom.search.features import LOCAL

        return LOCAL

    def refresh(self, *, force: bool = False) -> bool:
        """Scan the folders, unless scanned a moment ago or `force`; return True if anything changed.

        After a long scan, the next one is made in the background unless `force`; it isn't waited for.
        """
        if not force and time.monotonic() < self._next_scan:
            return False
        with self._lock:
            begun = time.monotonic()
            if not force and begun < self._next_scan:
                return False
            is_long = self._scan_seconds > LONGEST_SCAN
            if is_long and not force:
                self._next_scan = float("inf")  # until it is over
                threading.Thread(target=self.refresh, kwargs={"force": True}, name="vrom-scan", daemon=True).start()
                return False
            changed = self._scan()
        if changed:
            for listener in self._listeners:
                listener()
        return changed

    def _scan(self) -> bool:
        """Scan the folders, and set the time of the next scan; return True if anything changed."""
        begun = time.monotonic()
        try:
            own, self.scope = self.scope.own, self._read_scope()
            begun = time.monotonic()  # lock files are read only when they change, so that isn't what a scan costs
            found = scan(self.folders, self._folders, self.scope.locked)
            changed = list(found.values()) != list(self._folders.values()) or self.scope.own != own
            if changed:
                self._folders = found
        finally:
            now = time.monotonic()
            self._scan_seconds = now - begun
            self._next_scan = now + max(RESCAN_SECONDS, 50 * self._scan_seconds)
        return changed

    def open(self, cartridge_id: str) -> "Shelf":
        """Open the cartridge with this id.

        The version that the project locks, else the newest, or the one selected by `ID@VERSION` (a version, a version
        prefix or a range), see `resolve_reference`. A leading `hub://` is accepted, as by all clients of the format.

        Raises `NotFoundError` if no mounted cartridge matches, `PackageError` if its package can't be read.
        """
        opened = self.mount(cartridge_id).open(self.cache, self.limits)
        self._close_idle()
        return opened

    @contextmanager
    def reading(self, cartridge_id: str) -> Iterator["Shelf"]:
        """Open a cartridge as `open` does; it counts as broken if it proves to be damaged within the context.

        Raises `PackageError` then as well.
        """
        opened = self.open(cartridge_id)
        try:
            yield opened
        except Exception as error:
            if not is_damage(error):
                raise
            raise self._fail(opened, error) from error

    def mount(self, cartridge_id: str) -> Mount:
        """Mount that an id refers to, see `open`. Raises `NotFoundError`."""
        mounts = self.mounts(every_version=True)
        by_name = {mount.name: mount for mount in reversed(mounts)}
        reference = resolve_reference(cartridge_id, dict.fromkeys(mount.id for mount in mounts))
        if mount := by_name.get(str(reference)):
            return mount
        versions = {mount.version: mount for mount in reversed(mounts) if mount.id == reference.id and mount.manifest}
        if not versions:
            raise NotFoundError("cartridge", cartridge_id, by_name, self._remedy(cartridge_id, mounts))
        chosen = choose(reference.wanted, versions)
        if chosen is None:
            raise NotFoundError(f"version of {reference.id}", reference.wanted, versions)
        return versions[chosen]

    def _remedy(self, name: str, mounts: Sequence[Mount]) -> str:
        dependency = resolve_reference(name, self.scope.names).id
        if dependency in self.scope.names:
            version = self.scope.locked.get(dependency)
            uses = f"The project locks {version}" if version else "The project uses it"
            return f"{uses}: `{self.scope.command(dependency)}` adds its documentation."
        if self.stored is not None and self.stored.problem:
            return self.stored.problem
        return "" if mounts else "No cartridge is mounted."

    def select(
        self, names: Iterable[str] | None = None, query: str | None = None, mode: "Mode" = "hybrid"
    ) -> Selection:
        """Select the cartridges with these names, or those in scope: see `default_mounts`.

        With a `query` and more than `SEARCHED` cartridges, only those whose contents fit it best are selected, in
        lexical mode by words alone. A name that isn't known is left out with a note; raises `NotFoundError` if none is.
        """
        if names is not None:
            return self._select_named(list(dict.fromkeys(names)))
        mounts = self.searched_by_default()
        missing = self._missing_note(query or "")
        if query is None or len(mounts) <= SEARCHED:
            return Selection(mounts, notes=missing)
        selected = self.choice.select(mounts, query, SEARCHED, self.embedding_of(query, mode))
        note = (
            f"Searched {len(selected)} of {len(mounts):,} cartridges, those whose contents fit the query best. "
            "Name others to search them; list_cartridges finds them by a word."
        )
        return Selection(selected, notes=(note, *missing))

    def embedding_of(self, query: str, mode: "Mode") -> "Embed":
        """The query as models embed it, once one is asked."""
        from vrom.library.choice.fit import by_words
        from vrom.search.query import read_query
        from vrom.search.query_embedding import embed_for_any

        text = read_query(query).text
        return by_words if mode == "lexical" else lambda spec: embed_for_any(text, spec, self.embedders)

    def searched_by_default(self) -> Sequence[Mount]:
        """What a search is about that names no cartridge: the same object as long as nothing changes."""
        self.refresh()
        stored = self.stored_mounts()
        for known in self._default:
            if known.folders is self._folders and known.scope is self.scope and known.stored is stored:
                return known.mounts
        mounts = [mount for mount in (*self._folders.values(), *stored) if mount.is_default]
        made = _Default(self._folders, self.scope, stored, default_mounts(mounts, self.scope))
        self._default = [made, *(known for known in self._default if known.folders is self._folders)][:VIEWS]
        return made.mounts

    def learn_contents(self) -> None:
        """Open each cartridge that may be searched without being named, so that it can be chosen by its contents.

        One that was opened before, in this process or another, needn't be opened again; if so few are mounted that all
        stay open, they are opened ahead all the same. Does nothing while another thread does so.
        """
        from vrom.library.choice.learn import learn
        from vrom.library.stored import VISIBLE

        if not self._learning.acquire(blocking=False):
            return
        visible = VISIBLE.set(self.stored.spaces if self.stored else None)
        try:
            mounts = self.searched_by_default()
            if len(mounts) > SEARCHED:
                learn(self.choice, mounts, {mount.key for mount in self.mounts(every_version=True)}, self._profile)
            for mount in mounts if len(mounts) <= KEPT_OPEN else ():
                with suppress(PackageError):
                    mount.open(self.cache, self.limits)
        finally:
            VISIBLE.reset(visible)
            self._learning.release()

    def _profile(self, mount: Mount) -> "Profile":
        """What a cartridge contains. Raises `PackageError`, or `StoreError`."""
        from vrom.library.choice.profile import profile_of, without_centres

        opened = mount.open(self.cache, self.limits)
        self._close_idle()
        try:
            stored = self.stored if mount.is_stored else None
            profile = stored.profile(mount) if stored else profile_of(cast("Cartridge", opened))
            return profile if self._was_made_with_its_model(opened) else without_centres(profile)
        except Exception as error:
            if not is_damage(error):
                raise
            raise self._fail(opened, error) from error

    def _was_made_with_its_model(self, shelf: "Shelf") -> bool:
        """False if the vectors aren't of the model that the manifest names; true as long as that can't be told."""
        try:
            return not shelf.size or shelf.was_made_with(self.embedders.get(shelf.manifest.embedding_spec))
        except ModelError:
            return True

    def chooses(self, names: object) -> bool:
        """Return True if `select` has to choose among many cartridges, which takes longer than looking names up."""
        return names is None and len(self.searched_by_default()) > SEARCHED

    def _select_named(self, names: Sequence[str]) -> Selection:
        found: list[Mount] = []
        unknown: list[NotFoundError] = []
        for name in names:
            try:
                found.append(self.mount(name))
            except NotFoundError as error:
                unknown.append(error)
        if unknown and not found:
            raise unknown[0]
        notes = [f"{error} The others were searched." for error in unknown]
        return Selection(list(dict.fromkeys(found)), tuple(sorted(names)), tuple(notes))

    def _missing_note(self, query: str) -> tuple[str, ...]:
        """A note on a direct dependency that the query names, and that has no cartridge here."""
        if not self.scope.direct:
            return ()
        words = set(re.findall(r"[\w@/.-]*\w", query.lower()))
        there = {mount.id for mount in [*self._folders.values(), *self.stored_mounts()]}
        missing = sorted(self.scope.direct - there)
        named = [one for one in missing if self.scope.names[one].rpartition(":")[2].lower() in words]
        return tuple(
            f"The project uses {self.scope.title(one)}, which has no documentation here: "
            f"`{self.scope.command(one)}` adds it."
            for one in named[:2]
        )

    def open_all(
        self, selection: Selection, report: Callable[[str], None] = lambda _: None
    ) -> tuple[list["Shelf"], list[str]]:
        """Open the selected cartridges; also return the notes for the answer: on each that can't be read, and others.

        `report` receives a message before each cartridge that isn't open yet; what it raises ends the opening.
        """
        closed = sum(mount.is_closed for mount in selection.mounts)
        numbers = itertools.count(1)
        opened: list[Shelf] = []
        notes: list[str] = []
        for mount in selection.mounts:
            if mount.is_closed:
                report(f"opening {mount.name}, {next(numbers)} of {closed}")
            try:
                opened.append(mount.open(self.cache, self.limits))
            except PackageError as error:
                notes.append(str(error))
        self._close_idle()
        if opened and notes:
            notes[-1] += " The others were searched."
        if self.stored is not None and self.stored.problem and not selection.names:
            notes.append(self.stored.problem)
        return list(dict.fromkeys(opened)), [*notes, *selection.notes]

    def leave_out_damaged(
        self, cartridges: Iterable["Shelf"], use: Callable[["Shelf"], object]
    ) -> tuple[list["Shelf"], list[str]]:
        """Find the cartridges that `use` can work with, and a note on each of the others, which count as broken now."""
        readable: list[Shelf] = []
        notes: list[str] = []
        for cartridge in cartridges:
            try:
                use(cartridge)
            except Exception as error:
                if not is_damage(error):
                    raise
                notes.append(str(self._fail(cartridge, error)))
            else:
                readable.append(cartridge)
        return readable, notes

    def _fail(self, cartridge: "Shelf", error: Exception) -> PackageError:
        """Mark the mount of a damaged cartridge as broken; return the error that names it.

        Only companions are searched without having been validated as a whole. What else goes wrong unexpectedly is a
        defect of ours that this cartridge meets: it is logged, and the cartridge stays as it is.
        """
        if not isinstance(error, PackageError) and cartridge.is_validated:
            _log.error("%s", cartridge.id, exc_info=error)
            problem = "an error in vrom itself, which the server's log names."
            return PackageError(f"Cartridge {cartridge.id!r} can't be read: {problem}")
        for mount in self._folders.values():
            if cartridge is mount.cartridge or cartridge is mount.earlier:
                return mount.fail(error)
        return PackageError(f"Cartridge {cartridge.id!r} can't be read: {problem_of(error)}")  # replaced meanwhile

    def _close_idle(self) -> None:
        in_use = [mount for mount in self._folders.values() if mount.cartridge is not None]
        for idle in sorted(in_use, key=lambda mount: mount.used)[: max(len(in_use) - KEPT_OPEN, 0)]:
            idle.close()
