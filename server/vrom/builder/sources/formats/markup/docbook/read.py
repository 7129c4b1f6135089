"""Read DocBook XML: sections, code, lists, tables, admonitions and reference pages."""

from collections.abc import Iterator
from typing import Any

from vrom.builder.document import Document, Remark
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.markdown_writer import escape_paragraph, write_fence, write_item, write_quote
from vrom.builder.sources.formats.markup.docbook.inline import Inline, squeeze
from vrom.builder.sources.formats.markup.docbook.parse import check_depth, find_external_entities, local_name, parse_xml
from vrom.builder.sources.formats.markup.docbook.tables import write_cals_table
from vrom.builder.sources.formats.titles import make_titled_document

_SECTIONS = {
    "set", "book", "part", "reference", "chapter", "appendix", "preface", "article", "section", "sect1", "sect2",
    "sect3", "sect4", "sect5", "simplesect", "refentry", "refsect1", "refsect2", "refsect3", "refsection", "glossary",
    "bibliography", "dedication", "colophon", "refsynopsisdiv", "topic", "partintro", "acknowledgements",
    "refnamediv",
}  # fmt: skip
_CODE = {"programlisting", "screen", "synopsis", "literallayout", "funcsynopsisinfo", "classsynopsisinfo"}
_SYNOPSES = {"cmdsynopsis", "funcsynopsis", "classsynopsis", "methodsynopsis", "fieldsynopsis", "constructorsynopsis"}
_ADMONITIONS = {"note", "tip", "important", "warning", "caution", "danger"}
_DROPPED = {
    "title", "subtitle", "titleabbrev", "info", "bookinfo", "articleinfo", "chapterinfo", "sectioninfo", "sect1info",
    "refentryinfo", "refmeta", "index", "toc", "indexterm", "remark", "anchor", "setindex", "prefaceinfo",
    "appendixinfo", "partinfo", "referenceinfo", "refsect1info", "lot", "beginpage", "authorgroup", "copyright",
    "revhistory", "objectinfo",
}  # fmt: skip
_PARAGRAPHS = {"para", "simpara", "formalpara", "bridgehead", "refpurpose", "term", "attribution", "phrase"}


def read_docbook(text: str, name: str) -> Iterator[Document]:
    """Read a document in DocBook. Raises `UnreadableError` if it isn't XML, or has no text."""
    root = parse_xml(text)
    check_depth(root)
    writer = _Writer(_find_titles(root))
    blocks = writer.section(root, 1)
    if not blocks:
        raise UnreadableError("no text in it")
    found = make_titled_document(name, "\n\n".join(blocks) + "\n")
    references = [f"&{entity};" for entity in find_external_entities(text)]
    references += [f"xi:include {address}" for address in writer.included]
    remarks = tuple(Remark("included file not found", reference, lost=True) for reference in references)
    yield Document(name, found.text, found.title, parsed=found.parsed, remarks=remarks)


def _find_titles(root: Any) -> dict[str, str]:
    titles = {}
    inline = Inline({})
    for element in root.iter():
        identity = (
            element.get("id") or element.get("{http://www.w3.org/XML/1998/namespace}id") if local_name(element) else ""
        )
        if identity and (title := _title(element)) is not None:
            titles[identity] = inline.write(title)
    return titles


def _title(element: Any) -> Any:
    """The title of an element, which may stand in its `info`; None if it has none."""
    for child in element:
        name = local_name(child)
        if name in ("title", "refentrytitle"):
            return child
        if name.endswith("info") or name == "refmeta":
            inner = _title(child)
            if inner is not None:
                return inner
    return None


class _Writer:
    def __init__(self, titles: dict[str, str]) -> None:
        self._inline = Inline(titles)
        self.included: list[str] = []
        """Other files that the document is put together from."""

    def section(self, element: Any, level: int) -> list[str]:
        """The blocks of a section with its heading."""
        title = _title(element)
        name = local_name(element)
        heading = self._inline.write(title) if title is not None else ""
        if name == "refsynopsisdiv" and not heading:
            heading = "Synopsis"
        if name == "refnamediv":
            return self._reference_name(element)
        blocks = self.blocks(element, level)
        return [f"{'#' * min(level, 6)} {heading}", *blocks] if heading else blocks

    def _reference_name(self, element: Any) -> list[str]:
        names = [self._inline.write(child) for child in element if local_name(child) == "refname"]
        purpose = [self._inline.write(child) for child in element if local_name(child) == "refpurpose"]
        text = ", ".join(f"`{name}`" for name in names)
        return [" — ".join(filter(None, [text, *purpose]))]

    def blocks(self, element: Any, level: int) -> list[str]:
        """The blocks in an element; text between them is a paragraph."""
        found: list[str] = []
        if element.text and element.text.strip():
            found.append(escape_paragraph(squeeze(element.text)))
        for child in element:
            found += self._block(child, level)
            if child.tail and child.tail.strip():
                found.append(escape_paragraph(squeeze(child.tail)))
        return [block for block in found if block.strip()]

    def _block(self, element: Any, level: int) -> list[str]:
        name = local_name(element)
        if not name or name in _DROPPED:
            return []
        if name in _SECTIONS:
            return self.section(element, level + 1)
        if name == "include":
            self.included.append(element.get("href") or "")
            return self.blocks(element, level)
        if name in _CODE:
            return [_write_code(element)]
        if name in _SYNOPSES:
            return [write_fence(self._synopsis(element))]
        if name in _ADMONITIONS:
            return self._admonition(element, name, level)
        if name in ("blockquote", "epigraph", "sidebar"):
            body = "\n\n".join([*self._own_title(element), *self.blocks(element, level)])
            return [write_quote(body)] if body else []
        if name in ("itemizedlist", "orderedlist", "procedure", "substeps", "simplelist", "calloutlist", "qandaset"):
            return [*self._own_title(element), *self._list(element, name, level)]
        if name in ("variablelist", "glosslist"):
            return [*self._own_title(element), *self._variables(element, level)]
        if name in ("table", "informaltable"):
            return [*self._own_title(element), *write_cals_table(element, self._cell)]
        if name in ("mediaobject", "inlinemediaobject", "figure", "informalfigure", "screenshot", "graphic"):
            return [*self._own_title(element), *self._figure(element)]
        if name in _PARAGRAPHS:
            return self._paragraph(element, name, level)
        return [*self._own_title(element), *self.blocks(element, level)]

    def _own_title(self, element: Any) -> list[str]:
        title = _title(element)
        text = self._inline.write(title) if title is not None else ""
        return [f"**{text}**"] if text else []

    def _paragraph(self, element: Any, name: str, level: int) -> list[str]:
        """A paragraph; blocks within it, such as a list, part it."""
        if name == "formalpara":
            return [*self._own_title(element), *self.blocks(element, level)]
        if name == "bridgehead":
            return [f"**{self._inline.write(element)}**"]
        blocks: list[str] = []
        run = element.makeelement("run", {})
        run.text = element.text
        for child in list(element):
            if _is_block(local_name(child)):
                blocks += [self._text(run), *self._block(child, level)]
                run = element.makeelement("run", {})
                run.text = child.tail
            else:
                run.append(child)
        return [block for block in [*blocks, self._text(run)] if block]

    def _text(self, element: Any) -> str:
        return escape_paragraph(self._inline.write(element))

    def _admonition(self, element: Any, name: str, level: int) -> list[str]:
        blocks = self.blocks(element, level)
        title = _title(element)
        label = (
            f"**{name.capitalize()}: {self._inline.write(title)}**"
            if title is not None
            else f"**{name.capitalize()}:**"
        )
        return [write_quote("\n\n".join([label, *blocks]))] if blocks else []

    def _list(self, element: Any, name: str, level: int) -> list[str]:
        is_numbered = name in ("orderedlist", "procedure", "substeps", "calloutlist")
        items: list[str] = []
        for child in element:
            if local_name(child) in (
                "listitem",
                "step",
                "member",
                "callout",
                "qandaentry",
                "qandadiv",
                "stepalternatives",
            ):
                is_member = local_name(child) == "member"
                blocks = [self._text(child)] if is_member else [*self._own_title(child), *self.blocks(child, level)]
                if any(blocks):
                    items.append(write_item(f"{len(items) + 1}." if is_numbered else "-", blocks))
        return ["\n".join(items)] if items else []

    def _variables(self, element: Any, level: int) -> list[str]:
        items = []
        for entry in element:
            terms = [self._inline.write(part) for part in entry if local_name(part) in ("term", "glossterm")]
            bodies = [part for part in entry if local_name(part) in ("listitem", "glossdef", "glosssee")]
            if local_name(entry) in ("varlistentry", "glossentry"):
                blocks = [block for body in bodies for block in self.blocks(body, level)]
                label = ", ".join(f"**{term}**" for term in terms)
                if blocks and not blocks[0].startswith(("```", "- ", "|", "> ")):
                    blocks = [f"{label}: {blocks[0]}", *blocks[1:]]
                else:
                    blocks = [f"{label}:", *blocks]
                items.append(write_item("-", blocks))
        return ["\n".join(items)] if items else []

    def _cell(self, element: Any) -> list[str]:
        if any(_is_block(local_name(child)) or local_name(child) in _PARAGRAPHS for child in element):
            return self.blocks(element, 6)
        text = self._inline.write(element)
        return [text] if text else []

    def _figure(self, element: Any) -> list[str]:
        words = [
            self._inline.write(part) for part in element.iter() if local_name(part) in ("textobject", "caption", "alt")
        ]
        listings = [_write_code(part) for part in element.iter() if local_name(part) in _CODE]
        return listings or [word for word in dict.fromkeys(words) if word]

    def _synopsis(self, element: Any) -> str:
        """A synopsis as it is read: options in brackets, arguments in parentheses."""
        name = local_name(element)
        if name == "funcprototype":
            arguments = [squeeze("".join(part.itertext())) for part in element if local_name(part) == "paramdef"]
            own = [squeeze("".join(part.itertext())) for part in element if local_name(part) == "funcdef"]
            return f"{' '.join(own)}({', '.join(arguments)});"
        if name in ("arg", "group"):
            between = " | " if name == "group" else ""
            inner = between.join(filter(None, [squeeze(element.text or ""), *self._parts(element)]))
            dots = "..." if element.get("rep") == "repeat" else ""
            choice = element.get("choice")
            return (inner if choice == "plain" else f"{{{inner}}}" if choice == "req" else f"[{inner}]") + dots
        if name == "sbr":
            return "\n"
        parts = [squeeze(element.text or ""), *self._parts(element)]
        separator = "\n" if name == "funcsynopsis" else " " if name in _SYNOPSES else ""
        return separator.join(filter(None, parts))

    def _parts(self, element: Any) -> Iterator[str]:
        for child in element:
            if local_name(child):
                yield self._synopsis(child)
            if child.tail and child.tail.strip():
                yield squeeze(child.tail)


def _is_block(name: str) -> bool:
    return name in _CODE | _SYNOPSES | _ADMONITIONS or name in (
        "itemizedlist", "orderedlist", "variablelist", "simplelist", "table", "informaltable", "example", "mediaobject",
        "informalexample", "blockquote", "procedure", "figure", "informalfigure", "calloutlist", "glosslist",
        "programlistingco", "screenco", "equation", "informalequation", "screenshot", "para", "simpara",
    )  # fmt: skip


def _write_code(element: Any) -> str:
    callouts = (f" ({number})" for number in range(1, 1_000))
    for mark in element.iter():
        if local_name(mark) == "co":
            mark.text = next(callouts, "")
    code = "".join(element.itertext())
    language = (element.get("language") or "").lower()
    return (
        write_fence("\n".join(line.rstrip() for line in code.strip("\n").split("\n")), language) if code.strip() else ""
    )
