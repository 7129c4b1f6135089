"""The changes that pages can make, as the commands do them; the command `vrom explore` provides them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vrom.app.explorer.changes.jobs import Job
from vrom.app.explorer.changes.report import Report

State = Literal["there", "words only", "other version", "in a registry", "to be made", "no version"]
"""State of a dependency's documentation on this machine."""


@dataclass(frozen=True)
class BuildForm:
    """A build of a folder, a file or an address."""

    source: str
    cartridge: str = ""
    version: str = ""
    description: str = ""
    follows_links: bool = False

    def fields(self) -> dict[str, str]:
        """The fields of the page's form."""
        given = {"source": self.source, "id": self.cartridge, "version": self.version, "description": self.description}
        return {name: value for name, value in given.items() if value} | ({"follow": "1"} if self.follows_links else {})


@dataclass(frozen=True)
class AddForm:
    """Documentation of dependencies."""

    names: Sequence[str]
    """As `vrom add` takes them: `pydantic`, `httpx==0.27.2`, `npm:zod`."""
    folder: str = ""
    """The project's folder; empty for that of the server."""
    own: bool = False
    """Include the project's own documentation."""
    offline: bool = False

    def fields(self) -> dict[str, str]:
        """The fields of the page's form."""
        flags = {"own": self.own, "offline": self.offline}
        given = {"names": " ".join(self.names), "folder": self.folder}
        return given | {name: "1" for name, is_set in flags.items() if is_set}


@dataclass(frozen=True)
class Listed:
    """A dependency that a project locks."""

    name: str
    """As `AddForm` takes it, with ecosystem and version: `pypi:pydantic==2.14.4`."""
    title: str
    ecosystem: str
    version: str
    groups: Sequence[str]
    is_direct: bool
    state: State
    cartridge: str = ""
    """Name of the cartridge that there is."""
    chunks: int = 0
    other_versions: Sequence[str] = ()


@dataclass(frozen=True)
class ProjectView:
    """A project: what it locks, and which documentation of it is there."""

    folder: Path
    files: Sequence[str]
    """The lock files that were read."""
    problems: Sequence[str]
    dependencies: Sequence[Listed]
    own: str = ""
    """Id of the project's own documentation; empty if the folder isn't a project."""
    has_own: bool = False
    """True if the project's own documentation is there."""


@dataclass(frozen=True)
class Operations:
    """The changes themselves, as the commands make them; each takes the job whose progress it reports."""

    store: Path
    """Folder of the packages that can be updated and removed."""

    pull: Callable[[str, Job], Report]
    update: Callable[[str, Job], Report]
    update_all: Callable[[Job], Report]
    """Update every pulled cartridge of which a registry lists a newer version."""
    remove: Callable[[str, Job], Report]
    refresh: Callable[[Job], Report]
    """Read the lists of the registries again."""
    build: Callable[[BuildForm, Job], Report]
    preview: Callable[[BuildForm, Job], Report]
    add: Callable[[AddForm, Job], Report]
    preview_added: Callable[[AddForm, Job], Report]
    project: Callable[[str], ProjectView]
    """Read a project by its folder; empty for that of the server. Raises `VromError`."""
