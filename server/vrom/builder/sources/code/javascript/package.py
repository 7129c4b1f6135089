"""An installed npm package: its README, changelog and documentation, and the reference of its API."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.code.javascript.api import find_public_api
from vrom.builder.sources.code.javascript.exports.entry_points import find_entry_points
from vrom.builder.sources.code.javascript.exports.reexports import FindPackage, find_reexported
from vrom.builder.sources.code.javascript.folder import PackageFolder, open_package
from vrom.builder.sources.code.javascript.reference import Reference
from vrom.builder.sources.files.read import add_prefix, count_skipped_kinds, find_reader, read_file
from vrom.builder.sources.top_texts import is_top_text

DOCUMENTATION = ("docs", "documentation", "doc", "guides", "dist/docs")
"""Folders of a package that hold documentation."""


def read_npm_package(
    folder: Path, prefix: str = "", types: Path | None = None, find_package: FindPackage = lambda *_: None
) -> Iterator[Document | Skipped]:
    """The documents of an installed npm package, none of which is executed.

    `types` is the folder of its `@types` package, used if the package has no declarations of its own. What it exports
    from packages that `find_package` finds is documented as well.
    """
    package = open_package(folder)
    if package.problem:
        yield Skipped(add_prefix(prefix, "package.json"), package.problem)
    yield from _read_top(package, prefix)
    yield from _read_documentation(package, prefix)
    declared = package
    if types is not None and not find_entry_points(package):
        declared = open_package(types)
    api = find_public_api(declared, package.name)
    others = list(find_reexported(api, find_package))
    names: set[str] = set()
    for one in (api, *others):
        yield from Reference(one, prefix, names=names).write()


def _read_top(package: PackageFolder, prefix: str) -> Iterator[Document | Skipped]:
    """README and changelog, under titles that name the package."""
    for name in package.list_files(deepest=0):
        if not is_top_text(name):
            continue
        is_readme = name.lower().startswith("readme")
        version = f"{package.name} {package.version}".strip()
        title = version if is_readme else f"{package.name} changelog"
        for one in _read(package, name, prefix):
            yield replace(one, title=title, url=package.home_page) if isinstance(one, Document) else one


def _read_documentation(package: PackageFolder, prefix: str) -> Iterator[Document | Skipped]:
    others = []
    for folder in DOCUMENTATION:
        for name in package.list_files(folder):
            if find_reader(name):
                yield from _read(package, name, prefix)
            else:
                others.append(name)
    yield from count_skipped_kinds(others)


def _read(package: PackageFolder, name: str, prefix: str) -> Iterator[Document | Skipped]:
    file = package.find_file(name)
    if file and (find_reader(name) or not PurePosixPath(name).suffix):
        shown = name if find_reader(name) else f"{name}.md"
        yield from read_file(file, add_prefix(prefix, shown))
