"""Untrusted Python distributions, read in the child process: griffe recurses, and metadata may be gigabytes.

Links of an environment that lead out of it are refused: a checkout may have an environment of its own, with links to
what is private.
"""

import importlib.metadata
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

from vrom.builder.document import Document, Remark, Skipped
from vrom.builder.sources.extra import MissingExtraError
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.isolated import SECONDS, ask_child

REFERENCE_SECONDS = 600.0
"""Time for the reference of a distribution; the largest ones take two minutes."""
_MOST_FILES = 200_000


def read_untrusted_readme(metadata: Path, roots: Iterable[Path]) -> tuple[str, list[Document | Skipped]]:
    """The summary of a distribution and its README; `metadata` is its folder `NAME-VERSION.dist-info`."""
    request = {"kind": "readme", "metadata": str(metadata), "roots": [str(root) for root in roots]}
    try:
        answer = ask_child(request, SECONDS)
    except (UnreadableError, MissingExtraError) as error:
        return "", [Skipped("README", str(error))]
    return answer["summary"], list(_unpack(answer))


def read_untrusted_reference(metadata: Path, roots: Iterable[Path], prefix: str) -> Iterator[Document | Skipped]:
    """One document per public module and class of a distribution whose files lie below `roots`."""
    request = {"kind": "reference", "metadata": str(metadata), "roots": [str(root) for root in roots]}
    yield from _read(request, prefix)


def read_untrusted_module(name: str, place: Path, prefix: str) -> Iterator[Document | Skipped]:
    """One document per public module and class of a top-level module in the folder `place`."""
    yield from _read({"kind": "module", "name": name, "place": str(place), "roots": [str(place)]}, prefix)


def _read(request: dict[str, Any], prefix: str) -> Iterator[Document | Skipped]:
    try:
        yield from _unpack(ask_child(request | {"prefix": prefix}, REFERENCE_SECONDS))
    except (UnreadableError, MissingExtraError) as error:
        yield Skipped(prefix, str(error))


def _unpack(answer: dict[str, Any]) -> Iterator[Document | Skipped]:
    for fields in answer["documents"]:
        remarks = tuple(Remark(**remark) for remark in fields.pop("remarks"))
        yield Document(**fields, remarks=remarks)
    yield from (Skipped(**fields) for fields in answer["skipped"])


def read_request(request: dict[str, Any]) -> dict[str, Any]:
    """Answer a request in the child process. Raises `UnreadableError`."""
    from vrom.builder.sources.code.python.package import list_modules, read_module, read_readme

    roots = [Path(os.path.realpath(root)) for root in request["roots"]]
    if request["kind"] == "module":
        modules = {request["name"]: Path(request["place"])}
    else:
        metadata = Path(request["metadata"])
        check_inside(metadata, roots)
        distribution = importlib.metadata.Distribution.at(metadata)
        if request["kind"] == "readme":
            summary = str(distribution.metadata["Summary"] or "")
            return _pack(read_readme(distribution)) | {"summary": summary[:1000]}
        modules = list_modules(distribution)
    found: list[Document | Skipped] = []
    for name, place in modules.items():
        try:
            check_module(name, place, roots)
        except UnreadableError as error:
            found.append(Skipped(name, str(error)))
        else:
            found += read_module(name, place, request["prefix"])
    return _pack(found)


def _pack(found: Iterable[Document | Skipped]) -> dict[str, Any]:
    documents, skipped = [], []
    for one in found:
        if isinstance(one, Document):
            fields = one.make_encodable().fields()
            documents.append({**fields, "remarks": [asdict(remark) for remark in one.remarks]})
        else:
            skipped.append(asdict(one))
    return {"documents": documents, "skipped": skipped}


def check_module(name: str, place: Path, roots: Iterable[Path]) -> None:
    """Raise `UnreadableError` if a top-level module has links out of `roots`, or files that aren't regular."""
    for path in (place / name, place / f"{name}-stubs", *(place / f"{name}{suffix}" for suffix in (".py", ".pyi"))):
        if os.path.lexists(path):
            check_inside(path, roots)


def check_inside(path: Path, roots: Iterable[Path]) -> None:
    """Raise `UnreadableError` if a file or folder has links out of `roots`, or files that aren't regular."""
    _check_one(path, roots)
    count = 0
    for parent, folders, files in os.walk(path):
        for name in (*folders, *files):
            _check_one(Path(parent, name), roots)
        count += len(files)
        if count > _MOST_FILES:
            raise UnreadableError(f"has more than {_MOST_FILES:,} files")


def _check_one(path: Path, roots: Iterable[Path]) -> None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise UnreadableError(f"has a link that leads nowhere: {path.name}") from error
    if not (S_ISREG(mode) or S_ISDIR(mode)):
        raise UnreadableError(f"has a pipe or a device in place of a file: {path.name}")
    real = Path(os.path.realpath(path))
    if path.is_symlink() and not any(real.is_relative_to(root) for root in roots):
        raise UnreadableError(f"has a link to somewhere else: {path.name}")
