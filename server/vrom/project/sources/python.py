"""Documentation of a Python distribution: its guides, its README and changelog, and the reference of its public API.

The guides come from the source distribution, and the reference from what is installed in the project's environment, or
from the wheel. Nothing of them is imported or executed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from vrom.builder.document import Document, Origin, Skipped
from vrom.builder.sources.code.python.untrusted import (
    read_untrusted_module,
    read_untrusted_readme,
    read_untrusted_reference,
)
from vrom.errors import HubError
from vrom.project.dependency import Dependency
from vrom.project.python.environment import PythonEnvironment
from vrom.project.python.installed import InstalledDistribution, find_distributions, read_links
from vrom.project.sources.archive import unpack_release
from vrom.project.sources.documentation_folder import find_documentation, read_documentation, read_top_level
from vrom.project.sources.gathered import Gathered
from vrom.project.sources.package_index import PackageIndex, ReleaseFile

REFERENCE = "reference"
"""Folder of the reference's documents in a cartridge."""
LEGACY = "(legacy)"
"""Mark in the title of a document about a copy of an earlier version: `pydantic.v1`."""
_LEGACY_PARTS = {"v1", "legacy", "deprecated", "compat"}
_NOT_PACKAGES = {"docs", "doc", "tests", "test", "testing", "examples", "benchmarks", "scripts", "tools", "build"}


def gather_python(
    dependency: Dependency,
    environment: PythonEnvironment | None,
    index: PackageIndex | None,
    work: Path,
    uv_cache: Path | None = None,
) -> Gathered:
    """Read all documentation of a distribution that can be had; files are unpacked in the empty folder `work`.

    `index` is None if nothing may be fetched. `uv_cache` is the folder that the files of the environment may be links
    to.
    """
    gathered = Gathered()
    installed = environment.distributions.get(dependency.name) if environment else None
    if installed is not None and installed.version != dependency.version:
        installed = None
    if not dependency.is_of_index:
        index = None
        address = dependency.index.rpartition("@")[0] or dependency.index
        gathered.links = [("Source", re.sub(r"^git\+\w+:", "https:", address))]
    files = _find_files(dependency, index, gathered) if index else []
    sdist = next((file for file in files if not file.is_wheel), None)
    tree = _unpack(sdist, index, work / "sdist", gathered) if sdist and index else None
    folder = find_documentation(tree.folder) if tree else None
    if tree and folder:
        gathered.add(tree.origin, read_documentation(folder, "docs", tree.folder))
    if installed is None and index and (wheel := _smallest_wheel(files)):
        unpacked = _unpack(wheel, index, work / "wheel", gathered)
        found = next(find_distributions(unpacked.folder), None) if unpacked else None
        if unpacked and found:
            _add_distribution(gathered, found, unpacked.origin, [unpacked.folder])
    elif installed is not None:
        roots = [installed.metadata.parent, *([uv_cache] if uv_cache else [])]
        _add_distribution(gathered, installed, Origin("installed distribution", installed.version), roots)
    if tree:
        gathered.links += [] if gathered.links else read_links(tree.folder)
        gathered.add(tree.origin, _without_readme(read_top_level(tree.folder), gathered))
        if not any(name.startswith(f"{REFERENCE}/") for name in gathered.documents):
            gathered.add(tree.origin, _mark_legacy(_read_tree(tree.folder)))
    return gathered


class _Unpacked:
    def __init__(self, folder: Path, origin: Origin) -> None:
        self.folder, self.origin = folder, origin


def _find_files(dependency: Dependency, index: PackageIndex, gathered: Gathered) -> list[ReleaseFile]:
    try:
        files = index.find(dependency)
    except HubError as error:
        gathered.note_failure("package index", error)
        return []
    if not files:
        gathered.problems.append(f"package index: it has no file of {dependency.name} {dependency.version}.")
    return files


def _smallest_wheel(files: Iterable[ReleaseFile]) -> ReleaseFile | None:
    """A wheel for any platform if there is one, else one of those for Linux, else any: all hold the same sources."""
    wheels = [file for file in files if file.is_wheel]
    return min(wheels, key=lambda file: ("-none-any" not in file.name, "linux" not in file.name), default=None)


def _unpack(file: ReleaseFile, index: PackageIndex, into: Path, gathered: Gathered) -> _Unpacked | None:
    """Fetch and unpack a file; None, with a problem noted, if that fails."""
    into.mkdir(parents=True)
    archive = into.with_name(file.name)
    try:
        digest = index.fetch(file, archive)
        left_out = unpack_release(archive, into)
    except HubError as error:
        gathered.note_failure(file.name, error)
        return None
    finally:
        archive.unlink(missing_ok=True)
    if left_out:
        gathered.skipped.append(Skipped(file.name, f"links and members that would lie outside ({left_out})"))
    entries = [entry for entry in into.iterdir() if entry.is_dir()]
    folder = entries[0] if len(entries) == 1 and not file.is_wheel else into
    return _Unpacked(folder, Origin(file.name, digest=file.digest or f"sha256:{digest}"))


def _add_distribution(gathered: Gathered, found: InstalledDistribution, origin: Origin, roots: list[Path]) -> None:
    """Add README and reference of a distribution, whose files lie below `roots`."""
    summary, about = read_untrusted_readme(found.metadata, roots)
    gathered.summary = gathered.summary or summary
    gathered.links += read_links(found.metadata)
    gathered.add(origin, (replace(one, source_file="README") if isinstance(one, Document) else one for one in about))
    gathered.add(origin, _mark_legacy(read_untrusted_reference(found.metadata, roots, REFERENCE)))


def _mark_legacy(found: Iterable[Document | Skipped]) -> Iterator[Document | Skipped]:
    """Put documents about a copy of an earlier version into a folder of their own, which ranks below, and mark them."""
    for one in found:
        name = one.source_file.rpartition("/")[2] if isinstance(one, Document) else ""
        if isinstance(one, Document) and _LEGACY_PARTS & set(name.lower().split(".")[1:]):
            yield replace(one, title=f"{one.title} {LEGACY}", source_file=f"{REFERENCE}/legacy/{name}")
        else:
            yield one


def _without_readme(found: Iterable[Document | Skipped], gathered: Gathered) -> Iterator[Document | Skipped]:
    """Leave out the README if the distribution's metadata has brought it already."""
    for one in found:
        is_readme = isinstance(one, Document) and one.source_file.upper().startswith("README")
        if not (is_readme and "README" in gathered.documents):
            yield one


def _read_tree(root: Path) -> Iterator[Document | Skipped]:
    """The reference of the packages in a source tree, where neither the environment nor a wheel has them."""
    for place in (root / "src", root / "lib", root / "python", root):
        packages = sorted(path.parent.name for path in place.glob("*/__init__.py")) if place.is_dir() else []
        names = [name for name in packages if name.lower() not in _NOT_PACKAGES and not name.startswith("_")]
        for name in names:
            yield from read_untrusted_module(name, place, REFERENCE)
        if names:
            return
