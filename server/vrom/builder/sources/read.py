"""Recognise the kind of each source and read its documents."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vrom.builder.document import Document, Origin, Skipped
from vrom.builder.sources.code.python.package import find_distribution, list_modules, read_distribution
from vrom.builder.sources.files.read import read_path
from vrom.builder.sources.git.read import GitSource, read_git
from vrom.builder.sources.included.docstrings.packages import Packages
from vrom.builder.sources.web.crawl import is_address, read_web
from vrom.builder.sources.web.options import WebOptions
from vrom.errors import BuildError

_PACKAGE = "package:"
_GIT = "git:"


@dataclass(frozen=True)
class LocalContext:
    """Facts about this machine's sources that a build doesn't find out itself."""

    site_packages: tuple[Path, ...] = ()
    """Folders of installed Python distributions that are searched before vrom's own environment."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Versions of the software that folders document, by source."""


NO_CONTEXT = LocalContext()


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
    context: LocalContext = NO_CONTEXT,
    imports: bool = False,
    record: Callable[[Origin], None] = lambda _: None,
) -> Iterator[Document | Skipped]:
    """The documents of all sources, in order, and a `Skipped` for each entry that gave none.

    A source is a folder, a file, a web URL, a `package_source` or a `git_source`. A folder is read in the order of its
    files' names; `source_file` is the path relative to the source, under `prefix` if one is given. Of two documents
    with the same name, the second is skipped. `record` receives each source before
    its documents, with the version or commit that it has. With `imports`, a distribution is imported
    by the Python of its environment, in a child process, for what its source doesn't document.

    Raises `BuildError` before anything is read if a source doesn't exist, and `MissingExtraError`, a subclass of it, if
    the extra is needed but not installed.
    """
    check_sources_exist(sources, context)
    seen: set[str] = set()
    packages = _find_packages(sources, context)
    for source in sources:
        for found in _read_source(source, prefix, web or WebOptions(), context, packages, record, imports=imports):
            if isinstance(found, Document):
                if found.source_file in seen:
                    yield Skipped(found.source_file, "another source has a page of this name; use --prefix")
                    continue
                seen.add(found.source_file)
            yield found


def check_sources_exist(sources: Iterable[str | Path], context: LocalContext = NO_CONTEXT) -> None:
    """Raise `BuildError` if a file, folder or distribution isn't on this machine. Makes no network requests."""
    for source in sources:
        text = str(source)
        if text.startswith(_PACKAGE):
            find_distribution(text.removeprefix(_PACKAGE), context.site_packages)
        elif not is_address(text) and not text.startswith(_GIT) and not Path(source).expanduser().exists():
            raise BuildError(f"{source} does not exist. Expected a folder, a file or a URL.")


def package_names(sources: Iterable[str | Path]) -> list[str]:
    """The names of the installed Python distributions among these sources."""
    return [text.removeprefix(_PACKAGE) for text in map(str, sources) if text.startswith(_PACKAGE)]


def find_version(sources: Iterable[str | Path], context: LocalContext = NO_CONTEXT) -> str:
    """The first version that a source has before it is read; empty if none has. Raises as `check_sources_exist`."""
    for text in map(str, sources):
        if names := package_names([text]):
            return find_distribution(names[0], context.site_packages).version
        if text in context.versions:
            return context.versions[text]
    return ""


def _find_packages(sources: Sequence[str | Path], context: LocalContext) -> Packages:
    """Packages whose docstrings pages may refer to: those that are sources themselves, and the environment's."""
    modules: dict[str, Path] = {}
    for name in package_names(sources):
        modules |= list_modules(find_distribution(name, context.site_packages))
    return Packages(modules, context.site_packages)


def _read_source(
    source: str | Path,
    prefix: str,
    web: WebOptions,
    context: LocalContext,
    packages: Packages,
    record: Callable[[Origin], None],
    *,
    imports: bool,
) -> Iterator[Document | Skipped]:
    text = str(source)
    if is_address(text):
        record(Origin(text))
        yield from read_web(text, prefix, web)
    elif text.startswith(_PACKAGE):
        found = find_distribution(text.removeprefix(_PACKAGE), context.site_packages)
        record(Origin(text, version=found.version))
        yield from read_distribution(found, prefix, imports=imports)
    elif text.startswith(_GIT):
        checkout = read_git(_parse_git_source(text), prefix, packages)
        record(Origin(text, commit=checkout.commit))
        yield from checkout.found
    else:
        record(Origin(text, version=context.versions.get(text, "")))
        yield from read_path(Path(source).expanduser(), prefix, packages)


def _parse_git_source(text: str) -> GitSource:
    location, _, path = text.removeprefix(_GIT).partition("#")
    where, at, ref = location.rpartition("@")
    if not at or ":" in ref:  # the @ of user@host:path
        where, ref = location, "HEAD"
    return GitSource(where, ref, path)
