"""The names that a `use` declaration brings into a module."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from vrom.builder.sources.code.rust.model import Use
from vrom.builder.sources.code.syntax import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

LONGEST_PATH = 32
"""Maximum parts of a path; names by longer ones are left out."""


def list_uses(declaration: "Node", *, is_public: bool) -> Iterator[Use]:
    """Each name of `use a::{b, c as d, e::*}` with its path."""
    argument = declaration.child_by_field_name("argument")
    waiting: list[tuple[Node, tuple[str, ...]]] = [(argument, ())] if argument is not None else []
    while waiting:
        node, before = waiting.pop()
        if len(before) > LONGEST_PATH:
            continue
        if node.type == "use_list":
            waiting += [(child, before) for child in reversed(node.named_children)]
        elif node.type == "scoped_use_list":
            path = before + split_path(text_of(node.child_by_field_name("path")))
            listed = node.child_by_field_name("list")
            waiting += [(listed, path)] if listed is not None else []
        elif node.type == "use_wildcard":
            path = split_path(text_of(node).removesuffix("*").rstrip().removesuffix("::"))
            yield from _make_use(before + path, "*", is_public)
        elif node.type == "use_as_clause":
            path = split_path(text_of(node.child_by_field_name("path")))
            yield from _make_use(before + path, text_of(node.child_by_field_name("alias")), is_public)
        elif node.type in ("identifier", "scoped_identifier", "self", "crate", "super"):
            yield from _make_use(before + split_path(text_of(node)), "", is_public)


def _make_use(path: tuple[str, ...], name: str, is_public: bool) -> Iterator[Use]:
    if len(path) > 1 and path[-1] == "self":  # use a::b::{self}
        path = path[:-1]
    name = name or (path[-1] if path else "")
    if len(path) <= LONGEST_PATH and (path or name == "*") and name != "_":
        yield Use(path, name, is_public)


def split_path(text: str) -> tuple[str, ...]:
    """The parts of a path. That of another crate, `::std::fmt`, begins with an empty one."""
    parts = "".join(text.split()).split("::") if text else []
    return tuple(part.removeprefix("r#") for part in parts[: LONGEST_PATH + 2])
