"""Guides from the repository of a dependency, read where its other sources brought none."""

import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

from vrom.builder.document import Origin
from vrom.builder.sources.files.read import find_reader
from vrom.builder.sources.git.command import Git, GitMissingError, UnreachableError
from vrom.builder.sources.top_texts import ABOUT
from vrom.errors import BuildError
from vrom.network.addresses import is_proxied
from vrom.project.dependency import Dependency
from vrom.project.sources.documentation_folder import find_documentation, read_documentation
from vrom.project.sources.gathered import Gathered
from vrom.project.sources.repository.address import FORGES, Repository, find_repository
from vrom.project.sources.repository.checkout import check_out, list_tags, open_repository
from vrom.project.sources.repository.tags import find_tag

_CONNECT_SECONDS = 3.0
_NOT_GUIDES = re.compile(
    rf"reference/.*|(?:.*/)?(?:{'|'.join(sorted(ABOUT))}|license|contributing|security)[^/]*", re.IGNORECASE
)


class Forges:
    """Hosts of repositories. One that doesn't answer is not asked again: a run may have many dependencies."""

    def __init__(self, hosts: frozenset[str] = FORGES, scheme: str = "https") -> None:
        self._hosts = hosts
        self._scheme = scheme
        self._failures: dict[str, str] = {}
        """Problems by host; that of an empty host is about git itself."""
        self._reached: set[str] = set()

    def add_guides(self, dependency: Dependency, gathered: Gathered, work: Path) -> None:
        """Add the documentation in the repository, at the tag of the dependency's version, if there are no guides yet.

        What goes wrong is noted as a problem.
        """
        repository = find_repository(gathered.links, gathered.directory, self._hosts, self._scheme)
        if repository is None or has_guides(gathered) or "" in self._failures:
            return
        host = repository.host
        if host in self._failures:
            gathered.note_failure("repository", self._failures[host])
            return
        work.mkdir(parents=True)
        try:
            if tagged := self._find_tag(repository, dependency, gathered, work):
                _read(repository, tagged, dependency, gathered, work)
        except GitMissingError as error:
            self._failures[""] = str(error)
            gathered.note_failure("repository", error)
        except BuildError as error:
            gathered.note_failure("repository", error)

    def _find_tag(
        self, repository: Repository, dependency: Dependency, gathered: Gathered, work: Path
    ) -> tuple[Git, str] | None:
        """A repository to fetch from, and the tag of the version; None, with a problem noted, if there is none."""
        try:
            git = open_repository(repository.url, work)
            if repository.host not in self._reached:
                _connect(repository.url)
            self._reached.add(repository.host)
            tag = find_tag(list_tags(git), dependency.name, dependency.version)
        except UnreachableError as error:
            self._failures[repository.host] = f"{repository.host} did not answer, so it was not asked again."
            gathered.note_failure("repository", error)
            return None
        if tag is None:
            gathered.problems.append(f"repository: {repository.url} has no tag of version {dependency.version}.")
            return None
        return git, tag


def _read(
    repository: Repository, tagged: tuple[Git, str], dependency: Dependency, gathered: Gathered, work: Path
) -> None:
    """Add the documentation at a tag. Raises `BuildError`."""
    git, tag = tagged
    tree = work / "tree"
    tree.mkdir()
    checkout = check_out(git, tag, repository.directory, tree)
    own = tree / repository.directory
    found = (find_documentation(own) if repository.directory and own.is_dir() else None) or find_documentation(tree)
    if found is None:
        gathered.problems.append(f"repository: {repository.url} has no documentation folder at tag {tag}.")
        return
    origin = Origin(f"{repository.url}@{tag}", version=dependency.version, commit=checkout.commit)
    gathered.add(origin, read_documentation(found, "docs", tree))


def _connect(url: str) -> None:
    """Raise `UnreachableError` if a host doesn't accept connections: git itself waits for minutes."""
    if is_proxied(url):
        return
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname, parts.port or 443), timeout=_CONNECT_SECONDS):
            pass
    except OSError as error:
        raise UnreachableError(f"{parts.netloc} can't be reached: {error.strerror or error}.") from error


def has_guides(gathered: Gathered) -> bool:
    """True if a document was read from a file of documentation, other than a README or changelog."""
    return any(find_reader(name) and not _NOT_GUIDES.fullmatch(name) for name in gathered.documents)
