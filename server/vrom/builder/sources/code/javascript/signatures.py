"""Signatures of declarations, as TypeScript."""

import re
import textwrap
from itertools import pairwise
from typing import Any

from vrom.builder.sources.code.javascript.scope import Declaration

WIDEST = 100
"""Characters of a line beyond which a signature is broken into lines."""

LONGEST_SIGNATURE = 6_000
"""Maximum characters of a signature; the rest is cut off."""

_RENAMED = re.compile(r"\b([A-Za-z_]\w{0,100})\$\d{1,2}\b")
"""Name with the suffix that bundlers add to a name taken twice: `Options$1`."""


def format_declaration(declaration: Declaration, name: str) -> str:
    """A declaration under its public name, without `export` and `declare`."""
    node, label = declaration.node, declaration.node.child_by_field_name("name")
    prefix = f"{declaration.prefix} " if declaration.prefix else ""
    before = _slice(declaration, node.start_byte, label.start_byte)
    after = _slice(declaration, label.end_byte, node.end_byte)
    text = f"{prefix}{before}{name}{after.lstrip() if declaration.kind == 'function' else after}"
    if declaration.kind == "function" and _is_wide(text):
        text = _wrap_node(declaration, f"{before}{name}", label.end_byte, node)
    elif declaration.kind == "type" and _is_wide(text):
        return bound_signature(_rename(_wrap_union(declaration, f"{before}{name}", label.end_byte, node), declaration))
    return bound_signature(_tidy(text, declaration))


def format_head(declaration: Declaration, name: str) -> str:
    """The head of a class or interface: its name, type parameters and bases."""
    node, label = declaration.node, declaration.node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    before = _slice(declaration, node.start_byte, label.start_byte)
    text = f"{before}{name}{_slice(declaration, label.end_byte, body.start_byte if body else node.end_byte)}"
    parameters = node.child_by_field_name("type_parameters")
    if parameters and _is_wide(text):
        rest = _slice(declaration, parameters.end_byte, body.start_byte if body else node.end_byte)
        text = f"{before}{name}{_break(declaration, parameters, '<', '>')}{rest}"
    return bound_signature(_tidy(text, declaration))


def format_member(declaration: Declaration, node: Any) -> str:
    """A member of a class or interface."""
    text = _slice(declaration, node.start_byte, node.end_byte)
    label = node.child_by_field_name("name")
    if _is_wide(text) and label and node.child_by_field_name("parameters"):
        before = _slice(declaration, node.start_byte, label.end_byte)
        text = _wrap_node(declaration, before, label.end_byte, node)
    return bound_signature(_tidy(text, declaration))


def _tidy(text: str, declaration: Declaration) -> str:
    """Code without the indentation of its place."""
    first, line_break, rest = text.strip().partition("\n")
    return _rename(first + line_break + textwrap.dedent(rest), declaration)


def _rename(text: str, declaration: Declaration) -> str:
    """Code without the suffixes of bundlers and a semicolon at its end."""

    def restore(found: "re.Match[str]") -> str:
        imported = declaration.imports.get(found[0])
        return imported.name if imported and imported.name not in ("*", "=", "default") else found[1]

    return _RENAMED.sub(restore, text).rstrip("; \n,")


def bound_signature(text: str) -> str:
    """A signature of at most `LONGEST_SIGNATURE` characters."""
    if len(text) <= LONGEST_SIGNATURE:
        return text
    shown = text[:LONGEST_SIGNATURE].rpartition("\n")[0] or text[:LONGEST_SIGNATURE]
    return f"{shown}\n// … {len(text) - len(shown):,} more characters"


def _wrap_node(declaration: Declaration, start: str, at: int, node: Any) -> str:
    """A function's signature, with a line for each parameter, and for each type parameter if that isn't enough."""
    types, parameters = node.child_by_field_name("type_parameters"), node.child_by_field_name("parameters")
    if parameters is None:
        return start + _slice(declaration, at, node.end_byte)
    head = start + _slice(declaration, at, parameters.start_byte).strip()
    if types and len(head) > WIDEST:
        head = f"{start}{_break(declaration, types, '<', '>')}"
    result = _slice(declaration, parameters.end_byte, node.end_byte)
    return f"{head}{_break(declaration, parameters, '(', ')')}{result}"


def _break(declaration: Declaration, node: Any, opening: str, closing: str) -> str:
    """A list of parameters, each on its own line."""
    whole = _slice(declaration, node.start_byte, node.end_byte)
    if "\n" in whole:
        return whole
    edges = [node.start_byte, *(one.start_byte for one in node.children if one.type == ","), node.end_byte - 1]
    parts = [_slice(declaration, start + 1, end).strip() for start, end in pairwise(edges)]
    return opening + "".join(f"\n    {part}," for part in parts if part) + f"\n{closing}"


def _wrap_union(declaration: Declaration, start: str, at: int, node: Any) -> str:
    """A type alias of a union, with a line for each of its types."""
    value = node.child_by_field_name("value")
    parts: list[str] = []
    union = value
    while union is not None and union.type == "union_type" and len(parts) < 500:
        *first, last = union.named_children or [None]
        if last is None:
            break
        parts.append(_slice(declaration, last.start_byte, last.end_byte))
        union = first[0] if first else None
    whole = start + _slice(declaration, at, node.end_byte)
    if union is None or not parts or "\n" in whole or union.type == "union_type":
        return whole
    parts.append(_slice(declaration, union.start_byte, union.end_byte))
    lines = "".join(f"\n    | {part}" for part in reversed(parts))
    return f"{start}{_slice(declaration, at, value.start_byte).rstrip()}{lines}"


def _is_wide(text: str) -> bool:
    return len(text) > WIDEST and "\n" not in text.strip()


def _slice(declaration: Declaration, start: int, end: int) -> str:
    return declaration.source[start:end].decode("utf-8", "replace")
