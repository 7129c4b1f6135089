"""Signatures of Rust items: declarations as written, without bodies and private fields."""

import re
from collections.abc import Iterator
from textwrap import dedent
from typing import TYPE_CHECKING

from vrom.builder.sources.code.rust.declarations import is_public
from vrom.builder.sources.code.rust.model import Item
from vrom.builder.sources.code.syntax import text_between, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

LONGEST_SIGNATURE = 3000
"""Maximum characters of a signature."""
_LONGEST_VALUE = 200
_MOST_ARMS = 5
_ANNOTATIONS = ("line_comment", "block_comment", "attribute_item")


def write_signature(name: str, item: Item) -> str:
    """The declaration of an item with its attributes, for a code block."""
    if item.attributes.macro:
        return item.attributes.macro.replace("{}", name)
    text = "\n".join([*item.attributes.shown, _write_declaration(name, item)])
    return text if len(text) <= LONGEST_SIGNATURE else text[:LONGEST_SIGNATURE].rstrip() + " …"


def _write_declaration(name: str, item: Item) -> str:
    node, body = item.node, item.node.child_by_field_name("body")
    if node.type == "macro_definition":
        return _write_macro(name, node)
    if node.type in ("const_item", "static_item"):
        value = node.child_by_field_name("value")
        is_long = value is not None and value.end_byte - value.start_byte > _LONGEST_VALUE
        return text_between(node, value).rstrip() + " …;" if is_long else _align(text_of(node))
    head = _align(text_between(node, body)).rstrip()
    if body is None or node.type.startswith("function"):
        return head
    lines = list(_write_body(node, body))
    if body.type == "ordered_field_declaration_list":
        rest = text_of(node)[len(text_between(node, body)) + len(text_of(body)) :]
        return f"{head}({', '.join(lines)}){rest}"
    return "\n".join([f"{head} {{", *(f"    {line}" for one in lines for line in one.split("\n")), "}"])


def _write_body(node: "Node", body: "Node") -> Iterator[str]:
    if node.type == "trait_item":
        yield from _write_required(body)
    elif node.type == "enum_item":
        yield from (f"{_strip_annotations(one)}," for one in body.named_children if one.type == "enum_variant")
    elif body.type == "ordered_field_declaration_list":
        yield from _write_tuple(body)
    else:
        fields = [one for one in body.named_children if one.type == "field_declaration"]
        shown = [one for one in fields if is_public(one)]
        yield from (f"{_align(text_of(one))}," for one in shown)
        if len(shown) < len(fields):
            yield "// private fields"


def _write_tuple(body: "Node") -> Iterator[str]:
    public = False
    for one in body.named_children:
        if one.type == "visibility_modifier":
            public = text_of(one) == "pub"
        elif one.type not in _ANNOTATIONS:
            yield f"pub {text_of(one)}" if public else "_"
            public = False


def _write_required(body: "Node") -> Iterator[str]:
    """The items that a type must define to implement a trait."""
    provided = 0
    for one in body.named_children:
        if one.type == "function_item":
            provided += 1
        elif one.type in ("function_signature_item", "associated_type", "const_item"):
            yield _align(text_of(one))
    if provided:
        yield f"// and {provided} provided method{'s' * (provided > 1)}"


_INTERNAL_RULE = re.compile(r"[({\[]\s*@")


def _write_macro(name: str, node: "Node") -> str:
    rules = [text_of(one.child_by_field_name("left")) for one in node.named_children if one.type == "macro_rule"]
    arms = [rule for rule in rules if not _INTERNAL_RULE.match(rule)]
    lines = [f"    {_align(arm)} => {{ … }};" for arm in arms[:_MOST_ARMS]]
    more = len(arms) - len(lines)
    return "\n".join([f"macro_rules! {name} {{", *lines, *([f"    // and {more} more"] if more else []), "}"])


def _strip_annotations(variant: "Node") -> str:
    """A variant without the comments and attributes in and before its fields."""
    text = _align(text_of(variant))
    return re.sub(r"^[ \t]*(?://.*|#\[.*\])\n", "", text, flags=re.MULTILINE)


def _align(text: str) -> str:
    """A declaration without the indent that its first line lost."""
    first, newline, rest = text.partition("\n")
    lines = [line for line in rest.split("\n") if line.strip()]
    closing = len(lines[-1]) - len(lines[-1].lstrip()) if lines else 0
    indent = min([closing, *(len(line) - len(line.lstrip()) for line in lines)]) if lines else 0
    return first + newline + dedent("\n".join(line[indent:] for line in rest.split("\n"))) if newline else first
