"""Elements as Markdown blocks."""

from collections.abc import Callable, Iterator

from vrom.builder.sources.formats.html.tree import HEADINGS, Element, squeeze
from vrom.builder.sources.formats.html.write.code import read_code, split_by_language, write_code
from vrom.builder.sources.formats.html.write.inline import InlineWriter
from vrom.builder.sources.formats.html.write.tables import is_layout_table, own_cells, own_rows, write_grid
from vrom.builder.sources.formats.markdown_writer import escape_paragraph, write_item, write_quote

_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "legend", "li", "main",
    "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    *HEADINGS,
}  # fmt: skip
"""Elements that begin a line of their own; all others, also unknown ones, are part of a line if they hold no block."""
_LAYOUT_LISTS = ("blockList", "blockListLast", "member-list", "details-list", "summary-list", "tsd-signatures")
_LABELS = ("summary", "figcaption", "legend", "caption")


class BlockWriter:
    """Converts elements to Markdown; `url` is the document's own URL, against which relative links are resolved."""

    def __init__(self, url: str) -> None:
        self._inline = InlineWriter(url)
        self._writers: dict[str, Callable[[Element], list[str]]] = {
            "pre": self._code,
            "ul": self._list,
            "ol": self._list,
            "menu": self._list,
            "dir": self._list,
            "dl": self._definitions,
            "table": self._table,
            "blockquote": self._quote,
            "hr": lambda _: ["---"],
            **dict.fromkeys(HEADINGS, self._heading),
            **dict.fromkeys(_LABELS, self._label),
        }

    def document(self, element: Element) -> str:
        """The Markdown of an element and everything in it."""
        _mark_blocks(element)
        blocks = self.blocks(element)
        while blocks and blocks[-1] == "---":
            blocks.pop()
        while blocks and blocks[0] == "---":
            blocks.pop(0)
        return "\n\n".join(blocks) + "\n"

    def blocks(self, element: Element) -> list[str]:
        """The blocks in an element. Text and inline elements between two blocks are a paragraph."""
        found: list[str] = []
        line: list[str] = []
        for child in element.children:
            if isinstance(child, str):
                line.append(child)
            elif not _is_block(child):
                line.append(self._inline.node(child))
            else:
                found.extend(_paragraph(line))
                line = []
                found.extend(self._block(child))
        return [block for block in [*found, *_paragraph(line)] if block.strip()]

    def _block(self, element: Element) -> list[str]:
        write = self._writers.get(element.tag)
        return write(element) if write else self.blocks(element)

    def _heading(self, element: Element) -> list[str]:
        text = self._inline.heading(element).rstrip("¶§ ").strip()
        return [f"{'#' * int(element.tag[1])} {text}"] if text else []

    def _code(self, element: Element) -> list[str]:
        return [code for part in split_by_language(element) if (code := write_code(part))]

    def _label(self, element: Element) -> list[str]:
        if element.find_tag(*HEADINGS, "pre") is not None:
            return self.blocks(element)
        text = squeeze(" ".join(self.blocks(element)))
        return [text if text.startswith("**") else f"**{text}**"] if text else []

    def _quote(self, element: Element) -> list[str]:
        if _holds_headings(element):
            return self.blocks(element)
        body = "\n\n".join(self.blocks(element))
        return [write_quote(body)] if body else []

    def _list(self, element: Element) -> list[str]:
        if element.has_class(*_LAYOUT_LISTS) or _holds_headings(element):
            return self._unwrapped_list(element)
        ordered = element.tag == "ol"
        start = element.attribute("start") or "1"
        number = int(start) if ordered and start.isdecimal() and len(start) < 10 else 1
        items = []
        for child in element.elements():
            value = child.attribute("value")
            if ordered and value.isdecimal() and len(value) < 10:
                number = int(value)
            if blocks := self.blocks(child) if child.tag == "li" else self._block(child):
                items.append(write_item(f"{number}." if ordered else "-", blocks))
                number += 1
        text = squeeze("".join(child for child in element.children if isinstance(child, str)))
        return [*([escape_paragraph(text)] if text else []), *(["\n".join(items)] if items else [])]

    def _unwrapped_list(self, element: Element) -> list[str]:
        """A list of sections, as sections."""
        found: list[str] = []
        for number, child in enumerate(element.elements(), 1):
            blocks = self.blocks(child) if child.tag == "li" else self._block(child)
            if element.tag == "ol" and blocks and blocks[0].startswith("#") and "class" not in element.attributes:
                marks, _, title = blocks[0].partition(" ")
                blocks[0] = blocks[0] if title[:1].isdigit() else f"{marks} {number}. {title}"
            found.extend(blocks)
        return found

    def _definitions(self, element: Element) -> list[str]:
        """Terms in bold, each before its definitions."""
        blocks: list[str] = []
        for child in _entries(element):
            if child.tag != "dt":
                blocks.extend(self.blocks(child) if child.tag == "dd" else self._block(child))
            elif child.find_tag("pre", *HEADINGS) is not None:
                blocks.extend(self.blocks(child))
            elif text := squeeze(" ".join(self.blocks(child))):
                blocks.append(text if "**" in text else f"**{text}**")
        return blocks

    def _table(self, element: Element) -> list[str]:
        caption = next((child for child in element.elements() if child.tag == "caption"), None)
        title = self._label(caption) if caption is not None else []
        if is_layout_table(element):
            return [*title, *self._unwrapped_table(element)]
        grid = write_grid(element, self._cell)
        return [*title, *([grid] if grid else [])]

    def _unwrapped_table(self, element: Element) -> list[str]:
        return [block for row in own_rows(element) for cell in own_cells(row) for block in self.blocks(cell)]

    def _cell(self, cell: Element) -> str:
        """A cell as one line, with its paragraphs, items and lines of code between `<br>`."""
        return "<br>".join(filter(None, self._cell_lines(cell)))

    def _cell_lines(self, element: Element) -> Iterator[str]:
        line: list[str] = []
        for child in element.children:
            if isinstance(child, str) or not _is_block(child):
                line.append(child if isinstance(child, str) else self._inline.node(child).replace("\n", "<br>"))
                continue
            yield _cell_line(line)
            line = []
            yield from self._cell_block(child)
        yield _cell_line(line)

    def _cell_block(self, child: Element) -> Iterator[str]:
        if child.tag == "pre":
            yield from (f"`{text.rstrip()}`" for text in read_code(child).strip("\n").split("\n") if text.strip())
        elif child.tag == "table":
            for row in own_rows(child):
                yield ", ".join(filter(None, map(self._cell, own_cells(row))))
        elif child.tag in ("ul", "ol"):
            for number, item in enumerate(child.elements(), 1):
                lines = list(filter(None, self._cell_lines(item)))
                mark = f"{number}. " if child.tag == "ol" else "- "
                yield from [mark + lines[0], *lines[1:]] if lines else []
        elif child.tag == "dt":
            yield f"**{squeeze(self._inline.inside(child))}**" if not child.holds_block else self._cell(child)
        else:
            yield from self._cell_lines(child)


def _paragraph(line: list[str]) -> list[str]:
    text = squeeze("".join(line))
    return [escape_paragraph(text)] if text else []


def _cell_line(line: list[str]) -> str:
    return squeeze("".join(line)).removesuffix("<br>").strip()


def _entries(element: Element) -> Iterator[Element]:
    """The terms and definitions of a list, also where they are in groups."""
    for child in element.elements():
        if child.tag == "div":
            yield from _entries(child)
        else:
            yield child


def _holds_headings(element: Element) -> bool:
    return any(inner.tag in HEADINGS for inner in element.walk())


def _is_block(element: Element) -> bool:
    return element.tag in _BLOCKS or element.holds_block


def _mark_blocks(element: Element) -> None:
    order = [element, *element.walk()]
    for inner in reversed(order):  # children before their parents
        inner.holds_block = any(_is_block(child) for child in inner.elements())
