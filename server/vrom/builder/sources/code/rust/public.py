"""Public items of a crate by their best public path, with the methods of their impl blocks."""

import heapq
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vrom.builder.sources.code.rust.declarations import is_public, list_declarations
from vrom.builder.sources.code.rust.model import Item, Module, Target, Use
from vrom.builder.sources.code.rust.resolve import Names
from vrom.builder.sources.code.rust.uses import split_path
from vrom.builder.sources.code.syntax import text_between, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_MEMBERS = {"function_item", "function_signature_item", "const_item", "associated_type"}
_TYPES = {"struct_item", "enum_item", "union_item", "trait_item"}


@dataclass
class PublicModule:
    """A module with the items that are documented under its path."""

    path: tuple[str, ...]
    module: Module
    items: list[tuple[str, Item]] = field(default_factory=list)
    foreign: list[Use] = field(default_factory=list)
    """Re-exports from other crates."""


def find_public_modules(root: Module, modules: Sequence[Module]) -> list[PublicModule]:
    """The public modules, shortest paths first. An item with several public paths has the best one.

    The best path is the one outside preludes, then the shortest, then the one of the definition.
    """
    names = Names(root, modules)
    for module in modules:
        _add_members(module, names)
    found: dict[Module, PublicModule] = {}
    seen: set[Item] = set()
    waiting: list[tuple[tuple[bool, int, bool], int, tuple[str, ...], Target, PublicModule | None]] = []
    heapq.heappush(waiting, ((False, 1, False), 0, (root.name,), root, None))
    order = 0
    while waiting:
        _, _, path, target, parent = heapq.heappop(waiting)
        if isinstance(target, Item):
            if target not in seen and parent is not None:
                seen.add(target)
                parent.items.append((path[-1], target))
            continue
        if target in found:
            continue
        public = found[target] = PublicModule(path, target, foreign=list(names.list_foreign(target)))
        declared: set[Target] = {*target.items, *target.modules}
        for name, one in _list_public(target):
            order += 1
            key = ("prelude" in path[1:] or name == "prelude", len(path) + 1, one not in declared)
            heapq.heappush(waiting, (key, order, (*path, name), one, public))
    return list(found.values())


def _list_public(module: Module) -> Iterator[tuple[str, Target]]:
    for name, bound in module.names.items():
        for target, public in bound.items():
            if public and not target.attributes.is_hidden:
                yield name, target


def _add_members(module: Module, names: Names) -> None:
    """Give traits the items of their bodies, and types those of their impl blocks in this module."""
    for item in module.items:
        if item.kind == "trait_item":
            item.members += _list_members(item.node, in_trait=True)
    for node in module.impls:
        for target in names.resolve(module, split_path(_name_type(node.child_by_field_name("type")))):
            if not isinstance(target, Item) or target.kind not in _TYPES:
                continue
            if node.child_by_field_name("trait") is None:
                target.members += _list_members(node, in_trait=False)
            else:
                header = text_between(node, node.child_by_field_name("body"))
                target.implemented.append(re.sub(r"\s+", " ", header).strip())


def _list_members(node: "Node", *, in_trait: bool) -> Iterator[Item]:
    body = node.child_by_field_name("body")
    for member, attributes in list_declarations(body, lambda _: "") if body is not None else ():
        name = text_of(member.child_by_field_name("name")).removeprefix("r#")
        if member.type in _MEMBERS and (in_trait or is_public(member)) and not attributes.is_hidden:
            yield Item(name, member, attributes, True)


def _name_type(node: "Node | None") -> str:
    """The path of an impl block's type, without its type arguments."""
    if node is not None and node.type == "generic_type":
        node = node.child_by_field_name("type")
    return text_of(node) if node is not None and "identifier" in node.type else ""
