"""Documents of a public module and its larger types."""

from collections.abc import Iterator

from vrom.builder.document import Document
from vrom.builder.sources.code.rust.attributes import Attributes, read_attributes
from vrom.builder.sources.code.rust.declarations import is_public
from vrom.builder.sources.code.rust.doc_comments import convert_docs
from vrom.builder.sources.code.rust.model import Item
from vrom.builder.sources.code.rust.public import PublicModule
from vrom.builder.sources.code.rust.signatures import write_signature
from vrom.builder.sources.files.read import add_prefix
from vrom.builder.sources.formats.fenced_text import lower_headings, replace_headings
from vrom.builder.sources.formats.markdown_writer import write_fence, write_item, write_quote

SEVERAL = 2
"""Documented members that make a type a document of its own."""
_MOST_IMPLEMENTED = 30
_PARTS = ("field_declaration", "enum_variant")


def write_module(public: PublicModule, prefix: str) -> Iterator[Document]:
    """The document of a module, then those of its types that have several documented members."""
    path = "::".join(public.path)
    blocks = [lower_headings(_write_about(public.module.attributes))]
    types = []
    for name, item in public.items:
        members = [member for member in item.members if member.attributes.docs]
        if len(members) + len(list(_list_parts(item))) >= SEVERAL:
            types.append((name, item, members))
        elif item.attributes.docs or members:
            blocks.append(f"## {name}{'!' * (item.kind == 'macro_definition')}")
            blocks += _write_item(name, item, alone=False)
            blocks += [_write_member(name, member) for member in members]
    if public.foreign:
        lines = [f"pub use {'::'.join(use.path)}{'::*' * (use.name == '*')};" for use in public.foreign]
        blocks += ["## Re-exports from other crates", write_fence("\n".join(lines), "rust")]
    if any(blocks):
        yield _make_document(path, blocks, prefix)
    for name, item, members in types:
        own = [*_write_item(name, item, alone=True), *(_write_member(name, member) for member in members)]
        yield _make_document(f"{path}::{name}", own, prefix)


def _write_item(item_name: str, item: Item, *, alone: bool) -> list[str]:
    """The blocks of an item: signature, text, fields and implemented traits. Alone in its document it has headings."""
    about = _write_about(item.attributes)
    blocks = [
        write_fence(write_signature(item_name, item), "rust"),
        lower_headings(about) if alone else replace_headings(about),
    ]
    parts = [write_item("-", [f"`{part}` — {first}", *rest]) for part, first, rest in _list_parts(item)]
    if parts:
        title = "Variants" if item.kind == "enum_item" else "Fields"
        blocks += [_write_title(title, alone=alone), "\n".join(parts)]
    if item.implemented:
        more = len(item.implemented) - _MOST_IMPLEMENTED
        lines = [*item.implemented[:_MOST_IMPLEMENTED], *([f"// and {more} more"] if more > 0 else [])]
        blocks += [_write_title("Trait implementations", alone=alone), write_fence("\n".join(lines), "rust")]
    return blocks


def _write_title(title: str, *, alone: bool) -> str:
    return f"## {title}" if alone else f"**{title}**"


def _write_member(name: str, member: Item) -> str:
    about = replace_headings(_write_about(member.attributes))
    return f"## {name}::{member.name}\n\n{write_fence(write_signature(member.name, member), 'rust')}\n\n{about}"


def _write_about(attributes: Attributes) -> str:
    notice = write_quote(convert_docs(attributes.deprecated)) if attributes.deprecated else ""
    return "\n\n".join(filter(None, [notice, convert_docs(attributes.docs)]))


def _list_parts(item: Item) -> Iterator[tuple[str, str, list[str]]]:
    """The documented public fields or variants of a type: name, first paragraph, and the others."""
    body = item.node.child_by_field_name("body")
    if item.kind not in ("struct_item", "enum_item", "union_item") or body is None:
        return
    before = []
    for node in body.named_children:
        if node.type not in _PARTS:
            before.append(node)
            continue
        attributes = read_attributes(before, lambda _: "")
        before = []
        name = node.child_by_field_name("name")
        if name is None or attributes.is_hidden or not (node.type == "enum_variant" or is_public(node)):
            continue
        if about := replace_headings(_write_about(attributes)):
            first, *rest = about.split("\n\n")
            yield (name.text or b"").decode("utf-8", "replace"), first, rest


def _make_document(name: str, blocks: list[str], prefix: str) -> Document:
    text = "\n\n".join([f"# {name}", *filter(None, (block.strip("\n") for block in blocks))]) + "\n"
    return Document(add_prefix(prefix, name), text, name)
