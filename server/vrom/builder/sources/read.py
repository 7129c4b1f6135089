"""Recognise the kind of each source and read its documents."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from vrom.builder.document import Document, Origin, Skipped
from vrom.builder.sources.files import read_path
from vrom.builder.sources.git.read import GitSource, read_git
from vrom.builder.sources.python.package import find_installed_version, read_package
from vrom.builder.sources.web.crawl import is_address, read_web
from vrom.builder.sources.web.options import WebOptions
from vrom.errors import BuildError

_PACKAGE = "package:"
_GIT = "git:"


def package_source(name: str) -> str:
    """An installed Python distribution as a source: `package:pydantic`."""
    return f"{_PACKAGE}{name}"


def git_source(source: GitSource) -> str:
    """Documentation at a commit as a source: `git:https://host/lib@v1.0#docs`."""
    return f"{_GIT}{source.location}@{source.ref}" + (f"#{source.path}" if source.path else "")


def read_sources(
    sources: Sequence[str | Path],
    prefix: str = "",
    *,
    web: WebOptions | None = None,
    record: Callable[[Origin], None] = lambda _: None,
) -> Iterator[Document | Skipped]:
    """The documents of all sources, in order, and a `Skipped` for each entry that gave none.

    A source is a folder, a file, a web URL, a `package_source` or a `git_source`. A folder is read in the order of its
    files' names; `source_file` is the path relative to the source, under `prefix` if one is given. Of two documents
    with the same name, the second is skipped. `record` receives the version or commit of each source that has one.

    Raises `BuildError` before anything is read if a source doesn't exist, and `MissingExtraError`, a subclass of it, if
    the extra is needed but not installed.
    """
    check_sources_exist(sources)
    seen: set[str] = set()
    for source in sources:
        for found in _read_source(source, prefix, web or WebOptions(), record):
            if isinstance(found, Document):
                if found.source_file in seen:
                    yield Skipped(found.source_file, "another source has a page of this name; use --prefix")
                    continue
                seen.add(found.source_file)
            yield found


def check_sources_exist(sources: Iterable[str | Path]) -> None:
    """Raise `BuildError` if a file, folder or distribution isn't on this machine. Makes no network requests."""
    for source in sources:
        text = str(source)
        if text.startswith(_PACKAGE):
            find_installed_version(text.removeprefix(_PACKAGE))
        elif not is_address(text) and not text.startswith(_GIT) and not Path(source).expanduser().exists():
            raise BuildError(f"{source} does not exist. Expected a folder, a file or a URL.")


def _read_source(
    source: str | Path, prefix: str, web: WebOptions, record: Callable[[Origin], None]
) -> Iterator[Document | Skipped]:
    text = str(source)
    if is_address(text):
        yield from read_web(text, prefix, web)
    elif text.startswith(_PACKAGE):
        name = text.removeprefix(_PACKAGE)
        record(Origin(text, version=find_installed_version(name)))
        yield from read_package(name, prefix)
    elif text.startswith(_GIT):
        checkout = read_git(_parse_git_source(text), prefix)
        record(Origin(text, commit=checkout.commit))
        yield from checkout.found
    else:
        yield from read_path(Path(source).expanduser(), prefix)


def _parse_git_source(text: str) -> GitSource:
    location, _, path = text.removeprefix(_GIT).partition("#")
    where, at, ref = location.rpartition("@")
    if not at or ":" in ref:  # the @ of user@host:path
        where, ref = location, "HEAD"
    return GitSource(where, ref, path)
