"""Write the public API of an npm package as documents."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.code.javascript.api import Item, PublicApi, PublicScope
from vrom.builder.sources.code.javascript.members import Member, find_members
from vrom.builder.sources.code.javascript.signatures import bound_signature, format_declaration, format_head
from vrom.builder.sources.code.javascript.tsdoc import convert_comments, strip_marks
from vrom.builder.sources.files.read import add_prefix
from vrom.builder.sources.formats.markdown_writer import write_fence

LONGEST_HELPER = 1_200
"""Maximum characters of a type that has no comment; longer ones compute types, and are left out."""

MANY_MEMBERS, SOME_DOCUMENTED = 12, 4
"""So many members, or so many with a comment, give a class or interface its own document."""

MOST_NAMED = 200
"""Maximum names of other packages listed in a document."""

_ORDER = ("class", "function", "const", "enum", "interface", "type")


@dataclass
class Reference:
    """The documents of a public API, written one after another."""

    api: PublicApi
    prefix: str = ""
    helpers: int = 0
    """Types left out for their length."""
    names: set[str] = field(default_factory=set)
    """Names of documents written so far."""

    def write(self) -> Iterator[Document | Skipped]:
        """A document for each entry point and namespace, and for each larger class and interface; what is left out."""
        for public in self.api.scopes:
            yield from self._write_scope(public)
        yield from self.api.skipped
        if self.helpers:
            reason = f"{self.helpers:,} types without a comment, each of more than {LONGEST_HELPER:,} characters"
            yield Skipped(add_prefix(self.prefix, self.api.resolver.name), reason)

    def _write_scope(self, public: PublicScope) -> Iterator[Document]:
        blocks, large = [], []
        for item in sorted(public.items.values(), key=_rank):
            members = find_members(item, self.api)
            documented = sum(member.is_documented for member in members)
            if len(members) >= MANY_MEMBERS or documented >= SOME_DOCUMENTED:
                large.append((item, members))
            elif block := self._write_item(item, members, public):
                blocks.append(block)
        if not blocks and not large and not public.externals and not public.stars:
            return
        about = convert_comments([public.scope.about]) if public.scope.about else ""
        others = _write_others(public)
        title = f"{public.path}: {public.namespace}" if public.namespace else public.path
        if blocks or about or (others and not public.namespace):
            yield self._make(public, public.namespace.replace(".", "/"), title, [about, *blocks, others])
        for item, members in large:
            name = f"{public.namespace}.{item.name}".lstrip(".")
            parts = self._write_large(item, members, public)
            yield self._make(public, name.replace(".", "/"), f"{public.path}: {name}", parts)

    def _write_item(self, item: Item, members: list[Member], public: PublicScope) -> str:
        signatures = []
        for one in item.declarations:
            text = _write_body(format_head(one, item.name), members) if _has_members(one) else ""
            signatures.append(text or format_declaration(one, item.name))
        first = item.declarations[0]
        if first.kind == "type" and not first.comment and len(signatures[0]) > LONGEST_HELPER:
            self.helpers += 1
            return ""
        code = bound_signature("\n".join(dict.fromkeys(signatures)))
        comments = convert_comments([one.comment for one in item.declarations])
        return _join([f"## {_qualify(item, public)}", write_fence(code, "ts"), _write_import(item, public), comments])

    def _write_large(self, item: Item, members: list[Member], public: PublicScope) -> list[str]:
        heads = [
            format_head(one, item.name) if _has_members(one) else format_declaration(one, item.name)
            for one in item.declarations
        ]
        plain = [one for member in members if not member.is_documented for one in member.signatures]
        code = _write_lines(dict.fromkeys(heads), plain)
        parts = [write_fence(code, "ts"), _write_import(item, public)]
        parts.append(convert_comments([one.comment for one in item.declarations]))
        for member in members:
            if member.is_documented:
                fence = write_fence(bound_signature("\n".join(member.signatures)), "ts")
                parts.append(_join([f"## {item.name}.{member.name}", fence, convert_comments(member.comments)]))
        return parts

    def _make(self, public: PublicScope, name: str, title: str, blocks: list[str]) -> Document:
        path = "/".join(filter(None, [public.mark.replace(" ", "-"), public.path, name]))
        unique, number = path, 1
        while unique in self.names:
            number += 1
            unique = f"{path}-{number}"
        self.names.add(unique)
        title = f"{title} ({public.mark})" if public.mark else title
        title = f"{title} (from {public.declared_by})" if public.declared_by else title
        return Document(add_prefix(self.prefix, unique), _join([f"# {title}", *blocks]) + "\n", title)


def _rank(item: Item) -> tuple[bool, int]:
    kinds = [_ORDER.index(one.kind) for one in item.declarations if one.kind in _ORDER]
    return not item.is_default, 0 if min(kinds, default=0) < _ORDER.index("interface") else 1


def _has_members(declaration: object) -> bool:
    return getattr(declaration, "kind", "") in ("class", "interface")


def _qualify(item: Item, public: PublicScope) -> str:
    """An item's name as users write it: `z.object`, `iso.date`, `useQuery`."""
    is_value = any(one.kind not in ("interface", "type") for one in item.declarations)
    return ".".join(filter(None, [public.alias if is_value else "", public.namespace, item.name]))


def _write_import(item: Item, public: PublicScope) -> str:
    """The statement that imports a default export; empty for other items."""
    return f'Default export: `import {item.name} from "{public.path}"`' if item.is_default else ""


def _write_body(head: str, members: list[Member]) -> str:
    """A class or interface with its members and their comments, as code."""
    lines = []
    for member in members:
        for signature, comment in zip(member.signatures, member.comments, strict=True):
            if comment:
                text = strip_marks(comment)
                mark = (
                    f"/** {text} */"
                    if "\n" not in text
                    else "/**\n" + "".join(f" * {line}".rstrip() + "\n" for line in text.split("\n")) + " */"
                )
                lines.append(mark)
            lines.append(f"{signature};")
    return f"{head} {{\n{textwrap.indent(chr(10).join(lines), '    ')}\n}}" if lines else f"{head} {{}}"


def _write_lines(heads: dict[str, None], plain: list[str]) -> str:
    first, *rest = heads
    body = textwrap.indent("\n".join(f"{one};" for one in plain), "    ")
    head = f"{first} {{\n{body}\n}}" if plain and re.match(r"(?:abstract )?(?:class|interface)\b", first) else first
    return bound_signature("\n".join([head, *rest]))


def _write_others(public: PublicScope) -> str:
    """The names that a scope exports from other packages."""
    names: dict[str, list[str]] = {}
    for one in public.externals[:MOST_NAMED]:
        names.setdefault(one.source, []).append(f"`{one.name}`")
    lines = [f"- everything of `{source}`" for source in public.stars[:MOST_NAMED]]
    lines += [f"- {', '.join(listed)} of `{source}`" for source, listed in names.items()]
    return _join(["## Exported from other packages", "\n".join(lines)]) if lines else ""


def _join(blocks: list[str]) -> str:
    return "\n\n".join(filter(None, map(str.strip, blocks)))
