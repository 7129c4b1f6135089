"""Public members of classes and interfaces, with those of bases that have no public name."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from vrom.builder.sources.code.javascript.api import Item, PublicApi
from vrom.builder.sources.code.javascript.exports.resolve import Found
from vrom.builder.sources.code.javascript.scope import Declaration, Scope
from vrom.builder.sources.code.javascript.signatures import format_member
from vrom.builder.sources.code.javascript.tsdoc import is_internal

MOST_MEMBERS = 1_000
"""Maximum members of a class or interface; later ones are left out."""

MOST_BASES = 20
"""Maximum bases without a public name that members are taken from."""

_SILENT = {"comment", "class_static_block", "decorator", "ERROR"}
_NAMELESS = {"call_signature": "(call)", "construct_signature": "(new)", "index_signature": "(index)"}


@dataclass
class Member:
    """A member with its signatures: one, or those of its overloads."""

    name: str
    signatures: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    @property
    def is_documented(self) -> bool:
        """True if any of its overloads has a comment."""
        return any(self.comments)


def find_members(item: Item, api: PublicApi) -> list[Member]:
    """The public members of a class or interface by name, in the order of their declaration."""
    found: dict[str, Member] = {}
    for declaration, is_own in _list_bodies(item, api):
        names_before = set() if is_own else set(found)
        for name, node, comment in _list_public(declaration):
            if name in names_before or (name not in found and len(found) >= MOST_MEMBERS):
                continue
            member = found.setdefault(name, Member(name))
            signature = format_member(declaration, node)
            if signature not in member.signatures:
                member.signatures.append(signature)
                member.comments.append(comment)
    return list(found.values())


def _list_bodies(item: Item, api: PublicApi) -> Iterator[tuple[Declaration, bool]]:
    """The declarations of an item that have members, then those of its bases without a public name."""
    waiting = [(one, item.scope, True) for one in item.declarations if one.kind in ("class", "interface")]
    seen: set[tuple[int, str]] = set()
    for declaration, scope, is_own in waiting:
        yield declaration, is_own
        for base in _list_bases(declaration, scope, api):
            key = (id(base.scope), base.name)
            if key in seen or key in api.owners or len(seen) >= MOST_BASES:
                continue
            seen.add(key)
            waiting += [
                (one, base.scope, False)
                for one in base.scope.declarations.get(base.name, ())
                if one.kind in ("class", "interface")
            ]


def _list_bases(declaration: Declaration, scope: Scope, api: PublicApi) -> Iterator[Found]:
    for clause in declaration.node.children:
        inner = clause.named_children if clause.type == "class_heritage" else [clause]
        for one in inner:
            if one.type not in ("extends_clause", "extends_type_clause"):
                continue
            for base in one.named_children:
                name = _text(declaration, base).partition("<")[0].strip()
                found = api.resolver.find_local(scope, name) if base.type != "type_arguments" else None
                if isinstance(found, Found):
                    yield found


def _list_public(declaration: Declaration) -> Iterator[tuple[str, Any, str]]:
    """The public members of one declaration: name, node and comment."""
    body = declaration.node.child_by_field_name("body")
    comment = ""
    for node in body.named_children if body else ():
        if node.type in _SILENT:
            if node.type == "comment" and (text := _text(declaration, node)).startswith("/**"):
                comment = text
            continue
        label = node.child_by_field_name("name")
        name = _NAMELESS.get(node.type) or (_text(declaration, label) if label else "")
        access = {_text(declaration, one) for one in node.named_children if one.type == "accessibility_modifier"}
        is_hidden = name.startswith(("_", "#")) or access & {"private", "protected"} or is_internal(comment)
        if name and not is_hidden:
            yield name, node, comment
        comment = ""


def _text(declaration: Declaration, node: Any) -> str:
    return declaration.source[node.start_byte : node.end_byte].decode("utf-8", "replace")
