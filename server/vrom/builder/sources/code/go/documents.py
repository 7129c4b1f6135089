"""Documents of a Go package and its larger types."""

from collections.abc import Iterator, Sequence

from vrom.builder.document import Document
from vrom.builder.sources.code.go.declarations import Declaration
from vrom.builder.sources.code.go.doc_comments import convert_comment
from vrom.builder.sources.code.go.packages import Package
from vrom.builder.sources.code.go.signatures import write_signature
from vrom.builder.sources.files.read import add_prefix
from vrom.builder.sources.formats.fenced_text import replace_headings
from vrom.builder.sources.formats.markdown_writer import write_fence

SEVERAL = 2
"""Documented methods and constructors that make a type a document of its own."""
_MOST_NAMES = 3


def write_package(package: Package, prefix: str) -> Iterator[Document]:
    """The document of a package, then those of its types that have several documented methods."""
    blocks = [convert_comment(package.docs)]
    first = _take_first(package.declarations)
    types = {one.names[0]: one for one in first if one.is_type}
    owned: dict[str, list[Declaration]] = {}
    for one in first:
        if one.owner in types and _is_documented(one):
            owned.setdefault(one.owner, []).append(one)
    large = [name for name in types if len(owned.get(name, [])) >= SEVERAL]
    for one in first:
        if one.is_type:
            members = owned.get(one.names[0], [])
            if one.names[0] not in large and (one.docs or members):
                blocks += [_write(one), *map(_write, members)]
        elif one.owner not in types and not one.is_method and _is_documented(one):
            blocks.append(_write(one))
    if any(blocks):
        head = write_fence(f'import "{package.path}"', "go")
        yield _make_document(package.path, f"package {package.name}", [head, *blocks], prefix)
    for name in large:
        own = [write_fence(write_signature(types[name]), "go"), convert_comment(types[name].docs)]
        title = f"{package.name}.{name}"
        yield _make_document(f"{package.path}.{name}", title, [*own, *map(_write, owned[name])], prefix)


def _take_first(declarations: Sequence[Declaration]) -> list[Declaration]:
    """Of declarations for several systems, the first; a documented one before others."""
    found: dict[tuple[str, ...], Declaration] = {}
    for one in declarations:
        owner = one.owner if one.is_method else ""
        known = found.setdefault((owner, *one.names), one)
        if not known.docs and one.docs:
            found[owner, *one.names] = one
    return list(found.values())


def _is_documented(declaration: Declaration) -> bool:
    """True with a doc comment; a group of constants or variables may have comments within it."""
    is_group = declaration.node.type in ("const_declaration", "var_declaration")
    return bool(declaration.docs) or (is_group and b"//" in (declaration.node.text or b""))


def _write(declaration: Declaration) -> str:
    names = ", ".join(declaration.names[:_MOST_NAMES]) + ", …" * (len(declaration.names) > _MOST_NAMES)
    heading = f"## {declaration.owner}.{names}" if declaration.is_method else f"## {names}"
    text = replace_headings(convert_comment(declaration.docs))
    return f"{heading}\n\n{write_fence(write_signature(declaration), 'go')}\n\n{text}".rstrip()


def _make_document(name: str, title: str, blocks: Sequence[str], prefix: str) -> Document:
    text = "\n\n".join([f"# {title}", *filter(None, (block.strip("\n") for block in blocks))]) + "\n"
    return Document(add_prefix(prefix, name), text, title)
