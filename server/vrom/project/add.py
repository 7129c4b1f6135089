"""Cartridges of dependencies: read what documents a dependency, and keep it as a package that all projects share.

A dependency can be searched by words as soon as its documents are read and cut; its vectors are made afterwards.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from vrom import __version__
from vrom.builder.build import Progress, add_vectors, build_words
from vrom.builder.document import Origin
from vrom.builder.local_builds import note_local_build
from vrom.builder.request import BuildRequest
from vrom.embedding.model_store import ModelStore
from vrom.errors import NoTextError, VromError
from vrom.format.models import Manifest
from vrom.project.cartridge_names import cartridge_id
from vrom.project.choose import Filters, choose
from vrom.project.dependency import Dependency
from vrom.project.project import Project
from vrom.project.sources.gathered import Gathered
from vrom.registry.installed import Installed, PackageStore

_ABANDONED = 86_400.0
"""Age in seconds of a folder of unpacked files that no process uses any more."""

NO_DOCUMENTATION = "it brings no documentation."
State = Literal["added", "unchanged", "nothing", "failed"]
Gather = Callable[[Dependency, Path], Gathered]
"""Read the documentation of a dependency, with an empty folder to unpack files in."""
Pull = Callable[[Dependency], Installed | None]
"""Pull a dependency's cartridge from a registry; None if none lists it. Raises `VromError`."""


@dataclass(frozen=True)
class Outcome:
    """Result for one dependency."""

    dependency: Dependency
    state: State
    manifest: Manifest | None = None
    origins: tuple[Origin, ...] = ()
    problems: tuple[str, ...] = ()
    """Sources that could not be had, and for `nothing` and `failed` the reason."""
    seconds: float = 0.0

    @property
    def lacks_source(self) -> bool:
        """True if a source could not be had, now or when the cartridge was made, but may be another time."""
        return bool(self.manifest and _lacks_source(self.manifest))

    @property
    def awaits_vectors(self) -> bool:
        """True if its vectors are still to be made."""
        return bool(self.manifest and self.manifest.awaits_vectors)


@dataclass(frozen=True)
class Shelf:
    """Where cartridges of dependencies are kept, and what makes them."""

    packages: PackageStore
    models: ModelStore
    cache: Path
    builds: Path
    """Folder with the records of local builds."""

    def add_words(
        self, dependency: Dependency, gather: Gather, *, pull: Pull = lambda _: None, retry: bool = False
    ) -> Outcome:
        """Make the cartridge of a dependency, to be searched by words, unless it is there already or can be pulled.

        With `retry`, it is made again if a source could not be had, unless it would lose another one. One without a
        version has the newest that is there. What goes wrong is in the outcome: the other dependencies go on.
        """
        begun = time.perf_counter()
        dependency = dependency if dependency.version else self._newest(dependency)
        if not dependency.version:
            return Outcome(dependency, "nothing", problems=(_unknown_version(dependency),))
        try:
            if there := self._find_whole(dependency, retry=retry):
                return Outcome(dependency, "unchanged", there.manifest, _origins(there.manifest))
            pulled, problems = _pull(dependency, pull)
            if pulled:
                return Outcome(dependency, "added", pulled.manifest, (_pulled_from(pulled),), seconds=_since(begun))
            with self.packages.lock(cartridge_id(dependency.ecosystem, dependency.name)):
                if there := self._find_whole(dependency, retry=retry):  # another process was faster
                    return Outcome(dependency, "unchanged", there.manifest, _origins(there.manifest))
                made = self._make(dependency, gather, begun)
                return replace(made, problems=(*problems, *made.problems))
        except NoTextError:
            return Outcome(dependency, "nothing", problems=(NO_DOCUMENTATION,), seconds=_since(begun))
        except VromError as error:
            return Outcome(dependency, "failed", problems=(str(error),), seconds=_since(begun))
        except Exception as error:  # noqa: BLE001 - of a package that may be anything; the other dependencies go on
            reason = f"reading it fails: {type(error).__name__}."
            return Outcome(dependency, "failed", problems=(reason,), seconds=_since(begun))

    def add_vectors(self, dependency: Dependency, progress: Progress = lambda *_: None) -> int:
        """Make the vectors of a dependency's cartridge; return the number of texts embedded. Raises `VromError`."""
        with self.packages.lock(cartridge_id(dependency.ecosystem, dependency.name)):
            there = self._find(dependency)
            if there is None or not there.manifest.awaits_vectors:
                return 0  # another process was faster
            return add_vectors(there.folder, store=self.models, cache=self.cache, progress=progress)[1]

    def find_all(self, dependencies: Iterable[Dependency]) -> dict[Dependency, Installed]:
        """Find the cartridges of dependencies, of those whose cartridge `add_words` would keep."""
        there: dict[tuple[str, str], list[Installed]] = {}
        for package in self.packages.installed():
            there.setdefault((package.id, package.version), []).append(package)
        found = {}
        for one in dependencies:
            named = there.get((cartridge_id(one.ecosystem, one.name), one.version), ())
            if kept := next((package for package in named if _is_kept(package, one)), None):
                found[one] = kept
        return found

    def find_documented(self, project: Project) -> list[Dependency]:
        """Find the direct dependencies of a project that have a cartridge at the locked version.

        Those that nothing locks have the newest version that is there.
        """
        there = {(package.id, package.version) for package in self.packages.installed()}
        direct = [one if one.version else self._newest(one) for one in choose(project, [], Filters())]
        return [one for one in direct if (cartridge_id(one.ecosystem, one.name), one.version) in there]

    def _newest(self, dependency: Dependency) -> Dependency:
        """A dependency at the newest version that has a cartridge; without a version if none has."""
        packages = self.packages.installed(cartridge_id(dependency.ecosystem, dependency.name))
        return replace(dependency, version=packages[0].version) if packages else dependency

    def _find(self, dependency: Dependency) -> Installed | None:
        """The cartridge of a dependency, if it was pulled, or made by this version of vrom of the locked files."""
        wanted = cartridge_id(dependency.ecosystem, dependency.name)
        return next((package for package in self.packages.installed(wanted) if _is_kept(package, dependency)), None)

    def _find_whole(self, dependency: Dependency, *, retry: bool) -> Installed | None:
        """The cartridge of a dependency as `_find` does; with `retry`, only if it lacks no source."""
        there = self._find(dependency)
        return None if there and retry and _lacks_source(there.manifest) else there

    def _make(self, dependency: Dependency, gather: Gather, begun: float) -> Outcome:
        with _scratch(self.cache) as work:
            gathered = gather(dependency, work)
        there = self._find(dependency)
        if there and _would_lose_source(there.manifest, gathered):
            problems = (*gathered.problems, "What was there already has more, and is kept.")
            return Outcome(dependency, "unchanged", there.manifest, _origins(there.manifest), problems)
        if not gathered.documents:
            problems = tuple(gathered.problems) or (NO_DOCUMENTATION,)
            return Outcome(dependency, "nothing", problems=problems, seconds=_since(begun))
        request = _request(dependency, gathered)
        with self.packages.placing(request.vrom_id, request.version, force=True) as folder:
            build_words(request, folder, gathered.as_read(), store=self.models)
        made = next(one for one in self.packages.installed(request.vrom_id) if one.version == request.version)
        note_local_build(self.builds, made.folder, request)
        origins, problems = tuple(gathered.origins), tuple(gathered.problems)
        return Outcome(dependency, "added", made.manifest, origins, problems, _since(begun))


def _unknown_version(dependency: Dependency) -> str:
    if not dependency.is_of_index:
        is_installed = dependency.ecosystem in ("pypi", "npm")
        advice = "Install it in the project, and its documentation is read from there."
        advice = advice if is_installed and not dependency.folder else "`vrom build FOLDER` makes a cartridge of it."
        return f"it comes from {dependency.origin}, not from a package index. {advice}"
    name = dependency.name if dependency.ecosystem == "pypi" else f"{dependency.ecosystem}:{dependency.name}"
    return (
        "no lock file, environment or package index that can be read has a version of it. "
        f"Name one: `vrom add {name}==VERSION`."
    )


def _pull(dependency: Dependency, pull: Pull) -> tuple[Installed | None, tuple[str, ...]]:
    """Pull a dependency's cartridge, if a registry lists it; also return what goes wrong."""
    try:
        return pull(dependency), ()
    except VromError as error:
        return None, (f"registry: {error}",)


def _pulled_from(package: Installed) -> Origin:
    pages = _build_record(package.manifest).get("pages")
    origin = str(package.record.origin) if package.record else ""
    return Origin(origin, version=package.version, documents=pages if isinstance(pages, int) else 0)


def _since(begun: float) -> float:
    return time.perf_counter() - begun


def source_of(dependency: Dependency) -> str:
    """A dependency as the source of a build: `pypi:pydantic==2.14.4`, `npm:zod==4.1.0`."""
    return f"{dependency.ecosystem}:{dependency.name}=={dependency.version}"


def _request(dependency: Dependency, gathered: Gathered) -> BuildRequest:
    summary = _quotable(gathered.summary)
    description = f"{dependency.name}: “{summary}”" if summary else f"Documentation of {dependency.name}"
    return BuildRequest(
        vrom_id=cartridge_id(dependency.ecosystem, dependency.name),
        sources=(source_of(dependency),),
        version=dependency.version,
        name=dependency.name,
        description=description,
    )


def _quotable(summary: str) -> str:
    """A package's summary on one line, without what would end a quotation: it is shown in the server's instructions."""
    words = "".join(one if one.isprintable() else " " for one in summary[:1000] if one not in '<>“”"').split()
    return " ".join(words)[:200].strip()


def _is_kept(package: Installed, dependency: Dependency) -> bool:
    """True if a package is of the dependency's version, and was pulled, or made by this vrom of the locked files."""
    is_made = _is_current(package.manifest) and _is_of_locked_files(package.manifest, dependency)
    return package.version == dependency.version and bool(package.record or is_made)


def _is_current(manifest: Manifest) -> bool:
    return _build_record(manifest).get("tool") == f"vrom {__version__}"


def _lacks_source(manifest: Manifest) -> bool:
    skipped = _build_record(manifest).get("skipped")
    entries = skipped if isinstance(skipped, list) else []
    return any(isinstance(one, dict) and one.get("failed") is True for one in entries)


def _would_lose_source(manifest: Manifest, gathered: Gathered) -> bool:
    """True if a source that a cartridge was made of is missing now, when one could not be had."""
    failed = any(one.failed for one in gathered.skipped)
    return failed and not {one.source for one in _origins(manifest)} <= {one.source for one in gathered.origins}


def _build_record(manifest: Manifest) -> dict[str, Any]:
    record = (manifest.model_extra or {}).get("build")
    return record if isinstance(record, dict) else {}


def _is_of_locked_files(manifest: Manifest, dependency: Dependency) -> bool:
    """False if a lock names all digests, but not that of a source: other projects may lock other files as this version.

    Sources of this machine, such as an environment, have none.
    """
    locked = {one.digest for one in dependency.artifacts}
    return not locked or "" in locked or all(one.digest in locked for one in _origins(manifest) if one.digest)


def _origins(manifest: Manifest) -> tuple[Origin, ...]:
    listed = _build_record(manifest).get("origins")
    found = []
    for one in listed if isinstance(listed, list) else []:
        try:
            found.append(Origin(**one))
        except TypeError:
            continue
    return tuple(found)


@contextmanager
def _scratch(cache: Path) -> Iterator[Path]:
    cache.mkdir(parents=True, exist_ok=True)
    for left in cache.glob("add-*/"):  # by a process that was killed
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _ABANDONED:
                shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="add-", dir=cache, ignore_cleanup_errors=True) as folder:
        yield Path(folder)
