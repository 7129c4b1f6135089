"""HTML in the prose of a page as Markdown: links, emphasis, headings, lists, layout. Tables stay HTML."""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vrom.builder.markdown.blocks import parse_markdown
from vrom.builder.sources.formats.markdown.html.pairs import (
    BLOCKS,
    FRAMES,
    HEADINGS,
    LISTS,
    MARKS,
    Element,
    find_elements,
    is_one_paragraph,
)
from vrom.builder.sources.formats.markdown.lines import margin_of, surroundings
from vrom.builder.sources.formats.markdown.masked import MaskedText
from vrom.builder.sources.formats.markdown.mdx.edits import Edits
from vrom.builder.sources.formats.markdown.mdx.jsx import Tag, strip_tags

_ITEM = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+")
_LINE_BREAK = re.compile(r"[ \t]*\n[ \t>]*")
_SPACE = re.compile(r"\s+")
_LONGEST_TARGET = 300
_NO_DESCRIPTIONS = {
    "thumbnail",
    "image",
    "img",
    "picture",
    "photo",
    "screenshot",
    "logo",
    "icon",
    "banner",
    "alt",
    "drawing",
}
_EMOJI = re.compile(r"\b(?:\w*moji\w*|emojione)\b")


def rewrite_html(masked: MaskedText) -> None:
    """Replace the HTML of a text, whose code is masked, by Markdown. Tables, drawings and comments stay."""
    text = masked.text
    elements, stray = find_elements(text)
    if not elements and not stray:
        return
    blocks = list(_html_blocks(text))
    edits = _Writer(masked, text, blocks, elements)
    for element in elements:
        edits.write(element)
    for tag in stray:
        edits.remove(tag)
    for block in blocks:
        for start, end in block.indentation(text):
            edits.replace(start, end, "")
    masked.text = edits.apply()


class _Writer(Edits):
    """Edits that make Markdown of elements."""

    def __init__(
        self, masked: MaskedText, text: str, blocks: Sequence["_HtmlBlock"], elements: Sequence[Element]
    ) -> None:
        super().__init__(text)
        self._masked = masked
        self._blocks = blocks
        self._starts = [block.start for block in blocks]
        self._elements = elements
        self._first = [element.opening.start for element in elements]
        self._addresses: dict[int, str] = {}
        """Addresses of links around blocks, by where the tag begins of the block that becomes the link."""

    def write(self, element: Element) -> None:
        """Replace an element's tags."""
        name = element.name
        if name == "br":
            self._break(element)
        elif name == "img":
            tag = element.opening
            is_label = self.text[tag.start - 1 : tag.start] == "[" and self.text[tag.end : tag.end + 2] == "]("
            self.replace(tag.start, tag.end, _image(element) or ("image" if is_label else ""))
        elif name in ("code", "tt"):
            self._code(element)
        elif name in MARKS:
            self._mark(element, MARKS[name])
        elif name == "a":
            self._link(element)
        elif name in HEADINGS:
            self._heading(element)
        elif name == "summary":
            self._summary(element)
        elif name == "li" and element.is_within(LISTS):
            self._item(element)
        elif name in BLOCKS:
            self._block(element)
        elif name in ("sup", "sub"):
            self._shift(element)
        elif name == "abbr" and element.attribute("title"):
            self._around(element, "", f" ({element.attribute('title')})")
        elif name in FRAMES:
            self._around(element, element.attribute("title"), "")
        elif name == "q":
            self._around(element, '"', '"')
        else:
            self._around(element, "", "")

    def remove(self, tag: Tag) -> None:
        """Remove a tag that lacks its other half."""
        self.replace(tag.start, tag.end, self._apart(tag) if tag.name.lower() in BLOCKS else "")

    def _around(self, element: Element, before: str, after: str) -> None:
        self.replace(element.opening.start, element.opening.end, before)
        if element.closing:
            self.replace(element.closing.start, element.closing.end, after)

    def _inside(self, element: Element) -> str:
        return self.text[element.opening.end : element.closing.start] if element.closing else ""

    def _row(self, tag: Tag) -> bool:
        """True if a tag is in a line that can't be cut: a heading or a table's row."""
        before, after = surroundings(self.text, tag.start, tag.end)
        line = before.lstrip(" \t>")
        return line.startswith(("|", "#")) or ("|" in strip_tags(before) and after.rstrip().endswith("|"))

    def _margin(self, tag: Tag, before: str) -> str:
        """The margin of the block that a tag is in."""
        number = bisect_right(self._starts, tag.start) - 1
        if number >= 0 and tag.start < self._blocks[number].end:
            return self._blocks[number].margin
        item = _ITEM.match(before)
        return re.sub(r"[^\s>]", " ", item[0]) if item else margin_of(before)

    def _apart(self, tag: Tag) -> str:
        """What ends a block at a tag, with the margin of what follows."""
        before, after = surroundings(self.text, tag.start, tag.end)
        if self._row(tag):
            return " " if before[-1:].isalnum() and after[:1].isalnum() else ""
        item = _ITEM.match(before)
        if item and not strip_tags(before[item.end() :]).strip():
            return ""
        margin = self._margin(tag, before)
        return f"\n{margin.rstrip()}\n{margin}" if before.strip(" \t>") or not margin else f"\n{margin}"

    def _block(self, element: Element) -> None:
        if element.name in LISTS and element.is_within(LISTS) and not self._row(element.opening):
            self._remove_with_space(element.opening)
            if element.closing:
                self._remove_with_space(element.closing)
            return
        if address := self._addresses.get(element.opening.start):
            self._own_line(element, "[", f"]({address})")
            return
        self.replace(element.opening.start, element.opening.end, self._apart(element.opening))
        if element.closing:
            self.replace(element.closing.start, element.closing.end, self._apart(element.closing))

    def _remove_with_space(self, tag: Tag) -> None:
        self.replace(self._space_before(tag.start), tag.end, "")

    def _space_before(self, at: int) -> int:
        """Where the whitespace before a position begins."""
        while at and self.text[at - 1].isspace():
            at -= 1
        return at

    def _break(self, element: Element) -> None:
        tag = element.opening
        before, after = surroundings(self.text, tag.start, tag.end)
        start, end = tag.start, tag.end + len(after) - len(after.lstrip(" \t"))
        if before.strip(" \t>"):
            start -= len(before) - len(before.rstrip(" \t"))
        if not after.strip():
            self.replace(start, tag.end, "")
        elif self._row(tag) or element.is_within({*HEADINGS, "summary", "a"}):
            self.replace(start, end, " ")
        else:
            self.replace(start, end, f"\n{self._margin(tag, before)}" if before.strip(" \t>") else "")

    def _join_lines(self, element: Element) -> None:
        """Make one line of what is within an element."""
        inside = self._inside(element)
        start = element.opening.end + len(inside) - len(inside.lstrip())
        for found in _LINE_BREAK.finditer(self.text, start, element.opening.end + len(inside.rstrip())):
            self.replace(found.start(), found.end(), " ")

    def _code(self, element: Element) -> None:
        inside = self._inside(element)
        code = _SPACE.sub(" ", html.unescape(strip_tags(inside))).strip()
        if not code or not element.closing or not is_one_paragraph(self.text, element) or self._masked.opening in code:
            self._around(element, "", "")
            return
        mark = "`" * (max([0, *map(len, re.findall("`+", code))]) + 1)
        pad = " " if code.startswith("`") or code.endswith("`") else ""
        span = self._masked.take_out(f"{mark}{pad}{code}{pad}{mark}")
        self.replace(element.opening.start, element.closing.end, span)

    def _mark(self, element: Element, mark: str) -> None:
        inside = self._inside(element)
        shown = strip_tags(inside)
        within = element.is_within({*HEADINGS, "summary"}) or any(
            MARKS.get(outer.name) == mark for outer in element.ancestors()
        )
        if within or not shown.strip() or mark[0] in shown or not is_one_paragraph(self.text, element):
            self._around(element, "", "")
        elif shown == shown.strip() and inside == inside.strip():
            self._around(element, mark, mark)
        elif element.closing:
            lead = len(inside) - len(inside.lstrip())
            start, end = element.opening.end + lead, element.closing.start - (len(inside) - len(inside.rstrip()))
            self.replace(element.opening.start, start, (" " if lead else "") + mark)
            self.replace(end, element.closing.end, mark + (" " if end < element.closing.start else ""))

    def _link(self, element: Element) -> None:
        target = element.attribute("href")
        no_link = not target or target.startswith(("#", "javascript:", "data:")) or len(target) > _LONGEST_TARGET
        within = list(self._within(element))
        shown = strip_tags(self._inside(element)).strip() or any(map(_image, within))
        nested = element.is_within({"a"}) or "](" in self._inside(element)
        if no_link or not shown or nested:
            self._around(element, "", "")
            return
        address = html.unescape(target).replace(" ", "%20").replace("(", "%28").replace(")", "%29")
        if not any(inner.name in BLOCKS for inner in within) and is_one_paragraph(self.text, element):
            self._join_lines(element)
            self._around(element, "[", f"]({address})")
            return
        self._around(element, "", "")
        titles = (inner for inner in within if self._may_be_link(inner))
        if title := next(titles, None):
            self._addresses[title.opening.start] = address

    def _within(self, element: Element) -> Iterator[Element]:
        """The elements within another one."""
        end = element.closing.start if element.closing else 0
        for inner in self._elements[bisect_right(self._first, element.opening.start) :]:
            if inner.opening.start >= end:
                break
            yield inner

    def _may_be_link(self, element: Element) -> bool:
        """True if a block is one line of text, of which a link can be made."""
        is_block = element.name in BLOCKS and element.name not in (*LISTS, "li", "summary")
        inside = self._inside(element)
        if (
            not is_block
            or not strip_tags(inside).strip()
            or any(inner.name in BLOCKS for inner in self._within(element))
        ):
            return False
        return is_one_paragraph(self.text, element)

    def _heading(self, element: Element) -> None:
        if not self._inside(element).strip() or self._row(element.opening) or not is_one_paragraph(self.text, element):
            self._block(element)
            return
        address = self._addresses.get(element.opening.start)
        marks = "#" * int(element.name[1])
        self._own_line(element, f"{marks} [" if address else f"{marks} ", f"]({address})" if address else "")

    def _own_line(self, element: Element, before: str, after: str) -> None:
        """Put the content of an element onto a line of its own, between these marks."""
        self._join_lines(element)
        inside = self._inside(element)
        opening, closing = element.opening, element.closing
        lead, tail = len(inside) - len(inside.lstrip()), len(inside) - len(inside.rstrip())
        self.replace(opening.start, opening.end + lead, self._apart(opening) + before)
        if closing:
            self.replace(closing.start - tail, closing.end, after + self._apart(closing))

    def _summary(self, element: Element) -> None:
        inside = self._inside(element)
        shown = strip_tags(inside).strip()
        if not shown or "**" in shown or not is_one_paragraph(self.text, element) or re.search(r"<h[1-6]", inside):
            self._block(element)
            return
        self._own_line(element, "**", "**" if shown.endswith((":", "?", "!", ".")) else "**:")

    def _item(self, element: Element) -> None:
        lists = [outer for outer in element.ancestors() if outer.name in LISTS]
        mark = "1. " if lists[0].name == "ol" else "- "
        opening, closing = element.opening, element.closing
        following = re.compile(r"\s*").match(self.text, opening.end)
        end = following.end() if following else opening.end
        if self._row(opening):
            self.replace(opening.start, opening.end, " • ")
        else:
            outermost = lists[-1].opening
            margin = self._margin(outermost, surroundings(self.text, outermost.start, outermost.end)[0])
            depth = "".join("   " if outer.name == "ol" else "  " for outer in lists[1:])
            self.replace(self._space_before(opening.start), end, f"\n{margin}{depth}{mark}")
        if closing and self._row(closing):
            self.replace(closing.start, closing.end, "")
        elif closing:
            self._remove_with_space(closing)

    def _shift(self, element: Element) -> None:
        inner = strip_tags(self._inside(element)).strip()
        mark = "^" if element.name == "sup" else "_"
        plain = not inner or not inner.isalnum() or re.fullmatch(r"st|nd|rd|th|tm|sm|r|c", inner, re.IGNORECASE)
        self._around(element, "" if plain else mark, "")


def _image(element: Element) -> str:
    """What is shown of an image; empty for one without a description, and for what isn't an image."""
    if element.name != "img":
        return ""
    alt, source = " ".join(element.attribute("alt").split()), element.attribute("src")
    if alt.lower() in _NO_DESCRIPTIONS:
        return ""
    if _EMOJI.search(element.attribute("class")) or not any(map(str.isalnum, alt)):
        return alt
    if not source or len(source) > _LONGEST_TARGET or source.startswith("data:") or re.search(r"[\s()]", source):
        return f"[image: {alt}]"
    return f"![{alt.replace('[', '(').replace(']', ')')}]({source})"


@dataclass(frozen=True)
class _HtmlBlock:
    """Lines of HTML, of which only the first one's margin has a meaning."""

    start: int
    end: int
    margin: str

    def indentation(self, text: str) -> Iterator[tuple[int, int]]:
        """The spans of the indentation of its lines."""
        if re.match(r"[ \t>]*<(?:table|pre|script|style|svg|!--)", text[self.start : self.end], re.IGNORECASE):
            return
        for line in re.finditer(r"^([ \t>]*)(?=\S)", text[self.start : self.end], re.MULTILINE):
            width = len(self.margin)
            if line.start() and len(line[1]) > width and line[1].startswith(self.margin):
                yield self.start + line.start() + width, self.start + line.end()


def _html_blocks(text: str) -> Iterator[_HtmlBlock]:
    parsed = parse_markdown(text)
    pending = list(reversed(parsed.blocks))
    while pending:
        block = pending.pop()
        pending += reversed(block.children)
        if block.kind == "html" or (block.kind == "dropped" and block.last - block.first > 1):
            start, end = parsed.span(block.first, block.last)
            margin = margin_of(text[start:end])
            item = _ITEM.match(text, start)
            yield _HtmlBlock(start, end, re.sub(r"[^\s>]", " ", item[0]) if item else margin)
