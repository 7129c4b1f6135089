"""Set of mounted cartridges: found in folders, opened on first use, replaced while serving.

An unreadable package never affects others; if an earlier state of it was open, that one is still served.

For a thousand cartridges only the manifests are read. Cartridges are opened when searched, the least recently used are
closed, and a query to all of them is searched in those whose contents fit best.
"""

import hashlib
import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from vrom.errors import PackageError
from vrom.format.limits import DEFAULT_LIMITS, Limits
from vrom.library.damage import is_damage
from vrom.library.mount import Mount, close_idle, fail
from vrom.library.mounted_folders import MountedFolders
from vrom.library.scope import Scope
from vrom.library.select import DefaultMounts, Selection, find_mount, missing_notes, select_named

if TYPE_CHECKING:
    from vrom.embedding.loaded_models import Embedders
    from vrom.library.choice.choice import Choice
    from vrom.library.choice.fit import Embed
    from vrom.library.choice.profile import Profile
    from vrom.library.stored import StoredMounts
    from vrom.search.features import Store
    from vrom.search.score.candidates import Mode
    from vrom.search.shelf import Shelf

SEARCHED = 12
"""Largest number of cartridges searched by a query that names none: about 8 ms."""
KEPT_OPEN = 160
"""Largest number of open cartridges. Each has two or three files open, of the 1,024 often allowed per process."""


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
        self.cache = cache
        self.models = models
        self.limits = limits
        self.home = home
        self.stored = stored
        self._folders = MountedFolders(roots, scope)
        self._lock = threading.Lock()
        self._learning = threading.Lock()
        self._defaults = DefaultMounts()

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders that were given."""
        return self._folders.roots

    @property
    def scope(self) -> Scope:
        """The scope as of the last scan."""
        return self._folders.scope

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that are scanned: the project's own cartridges, as of the last scan, come first."""
        return self._folders.folders

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
        """Knowledge of the contents of the cartridges, opened or not."""
        from vrom.library.choice.choice import Choice

        place = repr([str(root.absolute()) for root in self.roots])
        name = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:32]
        with self._lock:
            made: Choice = self.__dict__.setdefault("choice", Choice(self.cache / "choice" / name))
            return made

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever a cartridge was added, replaced or removed."""
        self._folders.on_change(listener)

    def mounts(self, *, every_version: bool = False) -> list[Mount]:
        """Current mounts, broken packages included, in the order of the roots.

        Only the default version of each id, unless `every_version`.
        """
        self.refresh()
        mounts = [*self._folders.mounts.values(), *self.stored_mounts()]
        return [mount for mount in mounts if every_version or mount.is_default]

    def stored_mounts(self) -> "Sequence[Mount]":
        """Mounts of the database that the caller sees; the same object as long as nothing changes."""
        if self.stored is None:
            return ()
        local = {mount.id for mount in self._folders.mounts.values()}
        return self.stored.mounts(self.scope.locked, local, self.scope.differing)

    @property
    def store(self) -> "Store":
        """The store of the mounted cartridges' rows."""
        if self.stored is not None:
            return self.stored.store
        from vrom.search.features import LOCAL

        return LOCAL

    def refresh(self, *, force: bool = False) -> bool:
        """Look for changes in the folders, see `MountedFolders.refresh`; return True if there are any."""
        return self._folders.refresh(force=force)

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
        problem = self.stored.problem if self.stored else ""
        return find_mount(cartridge_id, mounts, lambda: self.scope.remedy(cartridge_id) or problem)

    def versions_of(self, cartridge_id: str) -> set[str]:
        """The versions of a cartridge that are mounted."""
        return {mount.version for mount in self.mounts(every_version=True) if mount.id == cartridge_id}

    def select(
        self, names: Iterable[str] | None = None, query: str | None = None, mode: "Mode" = "hybrid"
    ) -> Selection:
        """Select the cartridges with these names, or those in scope: see `default_mounts`.

        With a `query` and more than `SEARCHED` cartridges, only those whose contents fit it best are selected, in
        lexical mode by words alone. A name that isn't known is left out with a note; raises `NotFoundError` if none is.
        """
        if names is not None:
            return select_named(names, self.mount)
        mounts = self.searched_by_default()
        missing = missing_notes(query or "", self.scope, self._folders.mounts.values(), self.stored_mounts())
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
        """Mounts that a search is about if it names none: the same object as long as nothing changes."""
        self.refresh()
        return self._defaults.of(self._folders.mounts, self.stored_mounts(), self.scope)

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
        """Profile of a cartridge. Raises `PackageError`, or `StoreError`."""
        from vrom.library.choice.learn import profile_of_mount

        opened = mount.open(self.cache, self.limits)
        self._close_idle()
        try:
            return profile_of_mount(mount, opened, self.stored, self.embedders)
        except Exception as error:
            if not is_damage(error):
                raise
            raise self._fail(opened, error) from error

    def chooses(self, names: object) -> bool:
        """Return True if `select` has to choose among many cartridges, which takes longer than looking names up."""
        return names is None and len(self.searched_by_default()) > SEARCHED

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
        return fail(self._folders.mounts.values(), cartridge, error)

    def _close_idle(self) -> None:
        close_idle(self._folders.mounts.values(), KEPT_OPEN)
