"""Cartridge of a project's own documentation, kept in the project and made again when its files change."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vrom.builder.build import Progress, add_vectors, build_words
from vrom.builder.local_builds import note_local_build, was_built_here
from vrom.builder.request import BuildRequest
from vrom.errors import BuildError, NoTextError, VromError
from vrom.format.manifest import is_package, read_manifest
from vrom.project.add import Outcome, Shelf, State
from vrom.project.own.files import fingerprint
from vrom.project.own.gather import gather_own
from vrom.project.own.identity import Identity, identify_project
from vrom.project.own.record import OwnRecord, note_own_record, read_own_record, record_file
from vrom.storage.atomic import replace_file
from vrom.storage.waiting import acquire

_NONE = "it has no documentation of its own."


class OwnCartridge:
    """The cartridge of the documentation of the project in `root`; `shelf` has what it is made with."""

    def __init__(self, root: Path, shelf: Shelf) -> None:
        self.root = root.resolve()
        self.cartridges = self.root / ".vrom" / "cartridges"
        self._shelf = shelf

    def add(self, progress: Progress = lambda *_: None) -> Outcome:
        """Make the cartridge, to be searched by words, unless it is there and current.

        What goes wrong is in the outcome.
        """
        begun, identity = time.perf_counter(), identify_project(self.root)
        dependency = identity.as_dependency(self.root)
        try:
            with self._locked():
                outcome = self._make(identity, progress, begun)
        except NoTextError:
            return Outcome(dependency, "nothing", problems=(_NONE,), seconds=time.perf_counter() - begun)
        except VromError as error:
            return Outcome(dependency, "failed", problems=(str(error),), seconds=time.perf_counter() - begun)
        return outcome

    def update(self, *, wait: bool = True) -> bool:
        """Make the cartridge again if files have changed since `add` made it on this machine; True if it was made.

        Without `wait`, nothing is done while another process or thread makes it. Raises `VromError`.
        """
        record = read_own_record(self._shelf.builds, self.root)
        if record is None or not self._was_made_here(record.cartridge):
            return False
        identity = identify_project(self.root)
        with self._locked(wait=wait) as held:
            if not held or record.files == fingerprint(self.root):
                return False
            return self._make(identity, lambda *_: None, time.perf_counter()).state == "added"

    def add_vectors(self, progress: Progress = lambda *_: None) -> int:
        """Make the vectors that are missing; return the number of texts embedded. Raises `VromError`."""
        record = read_own_record(self._shelf.builds, self.root)
        if record is None:
            return 0
        with self._locked():
            folder = self.cartridges / record.cartridge
            if not (is_package(folder) and read_manifest(folder).awaits_vectors):
                return 0
            return add_vectors(folder, store=self._shelf.models, cache=self._shelf.cache, progress=progress)[1]

    @property
    def is_new(self) -> bool:
        """True if the project has no `.vrom` folder yet."""
        return not self.cartridges.parent.exists()

    def _make(self, identity: Identity, progress: Progress, begun: float) -> Outcome:
        dependency, shelf = identity.as_dependency(self.root), self._shelf
        files = fingerprint(self.root)  # before reading: what changes meanwhile is read the next time
        gathered = gather_own(self.root)
        if not gathered.documents:
            return Outcome(dependency, "nothing", problems=(_NONE,))
        summary = f": {identity.summary}" if identity.summary else ""
        request = BuildRequest(
            vrom_id=identity.id,
            sources=(f"project:{identity.id}",),
            version=identity.version,
            name=identity.id,
            description=f"This project's own documentation{summary}"[:300],
        )
        folder = self.cartridges / identity.id
        if is_package(folder) and not self._was_made_here(identity.id):
            raise BuildError(
                f".vrom/cartridges/{identity.id} was not made by `vrom add` on this machine. Move it away."
            )
        self._keep_out_of_commits()
        built = build_words(request, folder, gathered.as_read(), store=shelf.models, progress=progress)
        note_local_build(shelf.builds, folder, request)
        self._remove_former(identity.id)
        note_own_record(shelf.builds, self.root, OwnRecord(identity.id, files))
        seconds = time.perf_counter() - begun
        state: State = "unchanged" if built.unchanged else "added"
        return Outcome(dependency, state, built.manifest, tuple(gathered.origins), tuple(gathered.problems), seconds)

    def _remove_former(self, cartridge_id: str) -> None:
        """Remove the cartridge that the project had under another name."""
        record = read_own_record(self._shelf.builds, self.root)
        if record and record.cartridge != cartridge_id and self._was_made_here(record.cartridge):
            shutil.rmtree(self.cartridges / record.cartridge, ignore_errors=True)

    def _was_made_here(self, cartridge_id: str) -> bool:
        folder = self.cartridges / cartridge_id
        try:
            return was_built_here(self._shelf.builds, folder, BuildRequest.of(read_manifest(folder)))
        except VromError:
            return False

    def _keep_out_of_commits(self) -> None:
        """Make the project's `.vrom` folder, which git ignores unless the project had one before."""
        folder = self.cartridges.parent
        if folder.exists() and not folder.resolve().is_relative_to(self.root):
            raise BuildError(f"{folder} is a link that leads out of the project. Remove it.")
        if self.is_new:
            folder.mkdir()
            replace_file(folder / ".gitignore", [b"*\n"])

    @contextmanager
    def _locked(self, *, wait: bool = True) -> Iterator[bool]:
        """Hold the lock of the cartridge; False if it isn't free and the caller doesn't `wait`."""
        from filelock import Timeout

        file = record_file(self._shelf.builds, self.root).with_suffix(".lock")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            lock = acquire(file, wait=wait)
        except Timeout:
            yield False
            return
        except OSError as error:
            raise BuildError(f"Cannot write {file.parent}: {error.strerror or error}. Check permissions.") from error
        try:
            yield True
        finally:
            lock.release()
