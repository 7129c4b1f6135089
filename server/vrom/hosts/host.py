"""A host: a program that starts MCP servers, and its files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from vrom.hosts.entry import PLAIN, EntryForm

Scope = Literal["user", "project"]
Environment = Mapping[str, str]

NAME = "vrom"
"""Name of the entry in every host's configuration."""


@dataclass(frozen=True)
class Place:
    """Location of an entry: a file, and the path of keys in it."""

    file: Path
    path: tuple[str, ...]

    @property
    def is_toml(self) -> bool:
        """True for a TOML file; any other file is JSON, possibly with comments."""
        return self.file.suffix == ".toml"


@dataclass(frozen=True)
class RulesFile:
    """A file of rules for agents in a project."""

    file: Path
    is_own: bool = False
    """True if the file is wholly vrom's; else it is shared, and vrom has a block in it."""
    front_matter: str = ""
    """Front matter of an own file, with which the host always reads it."""


@dataclass(frozen=True)
class Host:
    """A program that starts MCP servers."""

    name: str
    """Name for `vrom install NAME`."""
    title: str
    places: Mapping[Scope, Place]
    then: str
    """Instruction to the user for making the host load a change."""
    form: EntryForm = PLAIN
    """Form of its entries."""
    command: Callable[[Scope, list[str], Environment], list[str] | None] = lambda *_: None
    """The host's own command for adding the server; None if it has none for the scope."""
    in_project: Environment = field(default_factory=dict)
    """Variables of an entry in a project's file, for hosts that start servers outside the project folder."""
    seen: tuple[Place, ...] = ()
    """Other places in which the host itself may have added an entry, for the project; it comes first there."""
    remove_seen: str = ""
    """The host's own command that removes such an entry."""
    programs: tuple[str, ...] = ()
    """Names of its program on `PATH`."""
    signs: tuple[Path, ...] = ()
    """Files and folders that exist if it is installed or has been used."""
    reads_agents: bool = False
    """True if it reads the project's `AGENTS.md`."""
    rules: tuple[RulesFile, ...] = ()
    """Its own rules files in a project: the first that exists is used, else the first."""
    skills: tuple[Path, ...] = ()
    """Folders of a project in which it looks for skills."""
