"""A Go module's folder: its texts, and the documentation of its packages."""

import re
from collections.abc import Iterator
from pathlib import Path

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.code.go.documents import write_package
from vrom.builder.sources.code.go.packages import list_packages
from vrom.builder.sources.code.source_folder import SourceFolder
from vrom.builder.sources.code.texts import read_texts
from vrom.builder.sources.files.read import add_prefix
from vrom.builder.sources.formats.encodings.decode import UnreadableError

_MODULE = re.compile(r"^module[ \t]+\"?([\w./~-]{1,500})\"?[ \t]*(?://.*)?$", re.MULTILINE)
_STANDARD_LIBRARY = "std"


def read_go_module(folder: Path, prefix: str = "") -> Iterator[Document | Skipped]:
    """The README, CHANGELOG and `docs/` of a module, then one document per package and larger type, by path."""
    source = SourceFolder(folder)
    name = source.root.name or "module"
    file = source.root / "go.mod"
    try:
        if source.has_file(file) and (match := _MODULE.search(source.read(file))):
            name = match[1].strip("/")
    except UnreadableError as error:
        yield Skipped(add_prefix(prefix, "go.mod"), str(error))
    within = add_prefix(prefix, name)
    yield from read_texts(source, within)
    for found in list_packages(source, "" if name == _STANDARD_LIBRARY else name):
        if isinstance(found, Skipped):
            yield Skipped(add_prefix(within, found.name), found.reason)
        else:
            yield from write_package(found, prefix)
