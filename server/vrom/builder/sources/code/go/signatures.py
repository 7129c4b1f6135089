"""Declarations of Go as code: without bodies, unexported fields and unexported constants."""

import re
from typing import TYPE_CHECKING

from vrom.builder.sources.code.go.declarations import Declaration, is_exported, list_specs
from vrom.builder.sources.code.syntax import text_between, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

LONGEST_SIGNATURE = 6000
"""Maximum characters of a declaration; a struct's or a group's contains its comments."""


def write_signature(declaration: Declaration) -> str:
    """The code of a declaration, for a code block."""
    node = declaration.node
    if node.type == "function_declaration" or declaration.is_method:
        text = text_between(node, node.child_by_field_name("body")).rstrip()
    elif declaration.is_type:
        text = f"type {_write_type(node)}"
    else:
        text = _without(node, [spec for spec in list_specs(node) if not _exports(spec)])
    return text if len(text) <= LONGEST_SIGNATURE else text[:LONGEST_SIGNATURE].rstrip() + " …"


def _write_type(node: "Node") -> str:
    body = node.child_by_field_name("type")
    if body is None or body.type not in ("struct_type", "interface_type"):
        return _align(text_of(node))
    members = [child for one in body.named_children for child in (one.named_children if "list" in one.type else [one])]
    hidden = [member for member in members if member.type != "comment" and not _exports(member)]
    text = _without(node, hidden)
    if hidden:
        head = text.rpartition("}")[0].rstrip()
        text = f"{head}\n    // unexported {'fields' if body.type == 'struct_type' else 'methods'}\n}}"
    return text


def _exports(member: "Node") -> bool:
    """True if a field, method or constant has an exported name; an embedded type's name is that of the field."""
    names = [text_of(name) for name in member.children_by_field_name("name")]
    if not names:
        names = [text_of(member).lstrip("*~ ").partition("[")[0].rpartition(".")[2]]
        return is_exported(names[0]) or member.type == "type_elem"
    return any(map(is_exported, names))


def _without(node: "Node", hidden: list["Node"]) -> str:
    """The text of a node without some nodes in it, and without their comments."""
    text = node.text or b""
    kept, at = [], 0
    for one in hidden:
        start, end = _find_first_comment(one).start_byte, one.end_byte
        after = one.next_named_sibling
        if after is not None and after.type == "comment" and after.start_point.row == one.end_point.row:
            end = after.end_byte
        kept.append(text[at : max(at, start - node.start_byte)])
        at = max(at, end - node.start_byte)
    kept.append(text[at:])
    text_left = re.sub(r"\n(?:[ \t]*\n)+", "\n\n", b"".join(kept).decode("utf-8", "replace"))
    return _align(re.sub(r"([{(]\n)\n", r"\1", text_left))


def _find_first_comment(member: "Node") -> "Node":
    """The first of the comments on the lines right before a member; the member itself without one."""
    first, before = member, member.prev_named_sibling
    while before is not None and before.type == "comment" and before.end_point.row == first.start_point.row - 1:
        earlier = before.prev_named_sibling
        if earlier is not None and earlier.end_point.row == before.start_point.row:
            break  # a comment beside the member before
        first, before = before, earlier
    return first


def _align(text: str) -> str:
    """Code with spaces for tabs, and without an indent of the lines after the first."""
    lines = text.expandtabs(4).split("\n")
    last = lines[-1] if len(lines) > 1 else ""
    indent = len(last) - len(last.lstrip())
    return "\n".join([lines[0], *(line[indent:] if not line[:indent].strip() else line for line in lines[1:])])
