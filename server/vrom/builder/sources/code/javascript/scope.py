"""Scopes of type declarations: a file, the body of a namespace or of `declare module`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["function", "class", "interface", "type", "enum", "const", "namespace"]


@dataclass(frozen=True)
class Reference:
    """A name of another module, or of the scope itself if `source` is empty."""

    source: str
    """The module's specifier, as written: `./core.js`."""
    name: str
    """A local or exported name; `*` for all names as a namespace, `=` for an `export =`."""


@dataclass(eq=False, frozen=True)
class Declaration:
    """One declaration of a name."""

    kind: Kind
    node: Any
    """Its node in the syntax tree, without `export` and `declare`."""
    source: bytes
    """The text that the offsets of the node refer to."""
    comment: str
    """Its TSDoc comment, with its marks; empty if absent."""
    prefix: str = ""
    """The keyword before a variable: `const`."""
    imports: Mapping[str, Reference] = field(default_factory=dict)
    """Targets of the names that its file imports."""


@dataclass(eq=False)
class Scope:
    """Names that are declared, imported and exported at one place."""

    file: str
    """Path of the file within the package."""
    parent: "Scope | None" = None
    about: str = ""
    """TSDoc comment about the whole file; empty if absent."""
    declarations: dict[str, list[Declaration]] = field(default_factory=dict)
    namespaces: dict[str, "Scope"] = field(default_factory=dict)
    imports: dict[str, Reference] = field(default_factory=dict)
    exports: dict[str, Reference] = field(default_factory=dict)
    """Target of each exported name; `=` for `export =`."""
    stars: list[str] = field(default_factory=list)
    """Modules of which everything is exported."""
    modules: dict[str, "Scope"] = field(default_factory=dict)
    """Bodies of `declare module 'name'`."""
    paths: list[str] = field(default_factory=list)
    """Files of `/// <reference path="…" />`."""
    has_marks: bool = False
    """True if a list, or `export =`, says what is exported."""

    @property
    def is_module(self) -> bool:
        """False for a script, whose declarations are global."""
        return bool(self.exports or self.imports or self.stars or self.has_marks)

    def declares(self, name: str) -> bool:
        """True if the scope itself declares a name."""
        return name in self.declarations or name in self.namespaces
