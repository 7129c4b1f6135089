"""Exported declarations in a Go file, with their doc comments."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vrom.builder.sources.code.go.doc_comments import read_comment
from vrom.builder.sources.code.syntax import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_DECLARATIONS = {
    "function_declaration",
    "method_declaration",
    "type_declaration",
    "const_declaration",
    "var_declaration",
}


@dataclass(eq=False)
class Declaration:
    """A function, method, type, or group of constants or variables."""

    names: list[str]
    node: "Node"
    docs: list[str]
    """Lines of the doc comment."""
    owner: str = ""
    """The type of a method, of a function that returns it, or of typed constants."""

    @property
    def is_type(self) -> bool:
        """True for a type and an alias of one."""
        return self.node.type in ("type_spec", "type_alias")

    @property
    def is_method(self) -> bool:
        """True for a function with a receiver."""
        return self.node.type == "method_declaration"


def is_exported(name: str) -> bool:
    """True for a name that begins with an upper-case letter."""
    return name[:1].isupper()


def list_declarations(root: "Node") -> Iterator[Declaration]:
    """The exported declarations of a file, in order."""
    for node, docs in with_comments(root):
        if node.type == "type_declaration":
            yield from _list_types(node, docs)
        elif node.type in ("const_declaration", "var_declaration"):
            names = [name for name in _list_names(node) if is_exported(name)]
            if names:
                yield Declaration(names, node, docs, _find_constant_type(node))
        elif node.type in _DECLARATIONS:
            name = text_of(node.child_by_field_name("name"))
            receiver = node.child_by_field_name("receiver")
            owner = base_type(text_of(receiver)) if receiver is not None else _find_result_type(node)
            if is_exported(name) and (receiver is None or is_exported(owner)):
                yield Declaration([name], node, docs, owner)


def with_comments(container: "Node") -> Iterator[tuple["Node", list[str]]]:
    """The children of a node that aren't comments, each with the comment that ends on the line before it."""
    docs: list[str] = []
    last = -2
    for node in container.named_children:
        if node.type == "comment":
            if node.start_point.row != last + 1:
                docs = []
            docs += read_comment(text_of(node))
            last = node.end_point.row
            continue
        yield node, docs if node.start_point.row == last + 1 else []
        docs, last = [], -2


def base_type(text: str) -> str:
    """The name of the type in a receiver or result: `Tree` of `(t *Tree[K, V])`."""
    words = text.strip("()").partition("[")[0].replace("*", " ").split()
    return words[-1] if words else ""


def _list_types(node: "Node", docs: list[str]) -> Iterator[Declaration]:
    for spec, own in with_comments(node):
        name = text_of(spec.child_by_field_name("name"))
        if spec.type in ("type_spec", "type_alias") and is_exported(name):
            yield Declaration([name], spec, own or docs)


def list_specs(node: "Node") -> list["Node"]:
    """The lines of a group of constants or variables."""
    inner = [child for child in node.named_children if child.type == "var_spec_list"] or [node]
    return [spec for one in inner for spec in one.named_children if spec.type in ("const_spec", "var_spec")]


def _list_names(node: "Node") -> list[str]:
    return [text_of(name) for spec in list_specs(node) for name in spec.children_by_field_name("name")]


def _find_constant_type(node: "Node") -> str:
    """The exported type of the first constant that has one."""
    if node.type == "var_declaration":
        return ""
    types = [text_of(spec.child_by_field_name("type")) for spec in list_specs(node)[:2]]
    return next((name for name in types if is_exported(name) and name.isidentifier()), "")


def _find_result_type(node: "Node") -> str:
    """The type of a function's first result: what a constructor makes."""
    result = node.child_by_field_name("result")
    if result is None:
        return ""
    if result.type == "parameter_list":
        first = next((child for child in result.named_children if child.type == "parameter_declaration"), None)
        result = first.child_by_field_name("type") if first is not None else None
    name = base_type(text_of(result)) if result is not None and result.type != "slice_type" else ""
    return name if is_exported(name) and name.isidentifier() else ""
