"""Modules and items of a crate, as its source declares them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Union

from vrom.builder.sources.code.rust.attributes import Attributes

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(eq=False)
class Item:
    """A declared type, trait, function, constant or macro."""

    name: str
    node: "Node"
    attributes: Attributes
    is_public: bool
    members: list["Item"] = field(default_factory=list)
    """Public methods and associated items, of a trait's body or of the impl blocks of a type."""
    implemented: list[str] = field(default_factory=list)
    """Headers of impl blocks of traits: `impl Clone for Error`."""

    @property
    def kind(self) -> str:
        """The type of the item's node: `struct_item`."""
        return self.node.type


@dataclass(frozen=True)
class Use:
    """One name of a `use` declaration."""

    path: tuple[str, ...]
    name: str
    """The name that it has in the module, or `*`."""
    is_public: bool


@dataclass(eq=False)
class Module:
    """A module and all that it declares, public or not."""

    name: str
    parent: "Module | None"
    folder: Path
    """Folder of the files of its submodules."""
    is_public: bool = True
    attributes: Attributes = field(default_factory=Attributes)
    items: list[Item] = field(default_factory=list)
    modules: list["Module"] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    impls: list["Node"] = field(default_factory=list)
    names: dict[str, dict["Target", bool]] = field(default_factory=dict)
    """Targets by name; true for those that are public in the module."""


Target = Union[Item, Module]  # noqa: UP007 - named before both classes exist
