"""Declarations in a file, a module or an impl block, each with its attributes."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from vrom.builder.sources.code.rust.attributes import Attributes, read_attributes
from vrom.builder.sources.code.syntax import parse, text_of
from vrom.builder.sources.formats.encodings.decode import UnreadableError

if TYPE_CHECKING:
    from tree_sitter import Node

DEEPEST_MACRO = 8
"""Maximum nesting of macros around items, since the text of each is parsed again."""
_AROUND_ITEMS = ("cfg_", "pin_project", "feature", "doc_cfg")

Include = Callable[[str], str]
"""Function from a file's name in `include_str!` to its text."""


def list_declarations(container: "Node", include: Include, depth: int = 0) -> Iterator[tuple["Node", Attributes]]:
    """The declarations directly in a node, also those within macros that only select or annotate items."""
    before: list[Node] = []
    for node in container.named_children:
        if node.type == "inner_attribute_item" or _is_inner_comment(node):
            continue
        if node.type in ("line_comment", "block_comment", "attribute_item"):
            before.append(node)
            continue
        inner = node.named_children[0] if node.type == "expression_statement" and node.named_children else node
        if inner.type == "macro_invocation":
            if depth < DEEPEST_MACRO:
                for part in _open_macro(inner):
                    yield from list_declarations(part, include, depth + 1)
        elif node.type in ("foreign_mod_item", "ERROR"):
            body = node.child_by_field_name("body") if node.type != "ERROR" else node
            if body is not None and depth < DEEPEST_MACRO:
                yield from list_declarations(body, include, depth + 1)
        else:
            yield node, read_attributes(before, include)
        before = []


def read_inner_attributes(container: "Node", include: Include) -> Attributes:
    """The documentation that a module has within itself."""
    found = []
    for node in container.named_children:
        if node.type == "inner_attribute_item" or _is_inner_comment(node):
            found.append(node)
        elif "comment" not in node.type:
            break
    return read_attributes(found, include)


def _is_inner_comment(node: "Node") -> bool:
    """True for a doc comment of what it is in, rather than of what follows it."""
    return "comment" in node.type and (node.text or b"")[:3] in (b"//!", b"/*!")


def is_public(node: "Node") -> bool:
    """True for `pub`, false for `pub(crate)` and the like."""
    return any(text_of(child) == "pub" for child in node.children if child.type == "visibility_modifier")


def _open_macro(node: "Node") -> Iterator["Node"]:
    """The syntax trees of the items within `cfg_rt! { … }`; the branches of `cfg_if!` one after another."""
    name = text_of(node.child_by_field_name("macro")).rpartition("::")[2]
    body = node.named_children[-1] if node.named_children else node
    if not name.startswith(_AROUND_ITEMS) or not text_of(body).startswith("{"):
        return
    parts = [body]
    if name == "cfg_if":
        parts = [part for part in body.named_children if text_of(part).startswith("{")]
    for part in parts:
        try:
            yield parse("rust", text_of(part)[1:-1])
        except UnreadableError:
            continue
