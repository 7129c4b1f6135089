"""Recognise each source by what it is, and read its documents."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from vrom.builder.documents import Document, Skipped
from vrom.builder.sources.files import read_path
from vrom.errors import BuildError


def read_sources(sources: Sequence[str | Path], prefix: str = "") -> Iterator[Document | Skipped]:
    """The documents of all sources, in order, and the name and reason of everything that gave none.

    A folder is read in the order of its files' names; `source_file` is the path relative to the source, under
    `prefix` if one is given. Of two documents with one name, the second is skipped. A source that doesn't exist
    raises BuildError before anything is read.
    """
    for source in sources:
        if not Path(source).exists():
            raise BuildError(f"There is nothing at {source}. Give a folder or a file of documentation.")
    seen: set[str] = set()
    for source in sources:
        for found in read_path(Path(source), prefix):
            if isinstance(found, Document):
                if found.source_file in seen:
                    yield Skipped(found.source_file, "another source already gave a page of this name; use a prefix")
                    continue
                seen.add(found.source_file)
            yield found
