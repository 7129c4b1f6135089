"""Guides from the repository of a dependency, read where its other sources brought none."""

import re
from pathlib import Path

from vrom.builder.document import Origin
from vrom.builder.sources.files import find_reader
from vrom.builder.sources.git.command import GitMissingError, UnreachableError
from vrom.errors import BuildError
from vrom.project.dependency import Dependency
from vrom.project.sources.documentation_folder import find_documentation, read_documentation
from vrom.project.sources.gathered import Gathered
from vrom.project.sources.repository.address import FORGES, Repository, find_repository
from vrom.project.sources.repository.checkout import check_out, list_tags, open_repository
from vrom.project.sources.repository.tags import find_tag

_NOT_GUIDES = re.compile(
    r"reference/.*|(?:.*/)?(?:readme|changelog|changes|history|news|migration|upgrading|license|contributing|security)"
    r"[^/]*",
    re.IGNORECASE,
)


class Forges:
    """Hosts of repositories. One that doesn't answer is not asked again: a run may have many dependencies."""

    def __init__(self, hosts: frozenset[str] = FORGES, scheme: str = "https") -> None:
        self._hosts = hosts
        self._scheme = scheme
        self._failures: dict[str, str] = {}
        """Problems by host; that of an empty host is about git itself."""

    def add_guides(self, dependency: Dependency, gathered: Gathered, work: Path) -> None:
        """Add the documentation in the repository, at the tag of the dependency's version, if there are no guides yet.

        What goes wrong is noted as a problem.
        """
        repository = find_repository(gathered.links, gathered.directory, self._hosts, self._scheme)
        if repository is None or has_guides(gathered) or "" in self._failures:
            return
        host = repository.host
        if host in self._failures:
            gathered.problems.append(f"repository: {self._failures[host]}")
            return
        try:
            self._read(repository, dependency, gathered, work)
        except GitMissingError as error:
            self._failures[""] = str(error)
            gathered.problems.append(f"repository: {error}")
        except UnreachableError as error:
            self._failures[host] = f"{host} did not answer, so it was not asked again."
            gathered.problems.append(f"repository: {error}")
        except BuildError as error:
            gathered.problems.append(f"repository: {error}")

    def _read(self, repository: Repository, dependency: Dependency, gathered: Gathered, work: Path) -> None:
        folder, tree = work / "git", work / "tree"
        folder.mkdir(parents=True)
        git = open_repository(repository.url, folder)
        tag = find_tag(list_tags(git), dependency.name, dependency.version)
        if tag is None:
            gathered.problems.append(f"repository: {repository.url} has no tag of version {dependency.version}.")
            return
        tree.mkdir()
        checkout = check_out(git, tag, repository.directory, tree)
        own = tree / repository.directory
        found = (find_documentation(own) if repository.directory and own.is_dir() else None) or find_documentation(tree)
        if found is None:
            gathered.problems.append(f"repository: {repository.url} has no documentation folder at tag {tag}.")
            return
        origin = Origin(f"{repository.url}@{tag}", version=dependency.version, commit=checkout.commit)
        gathered.add(origin, read_documentation(found, "docs"))


def has_guides(gathered: Gathered) -> bool:
    """True if a document was read from a file of documentation, other than a README or changelog."""
    return any(find_reader(name) and not _NOT_GUIDES.fullmatch(name) for name in gathered.documents)
