"""HTML in the prose of a page as Markdown: links, emphasis, headings, lists, layout. Tables stay HTML."""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from vrom.builder.sources.formats.markdown.html.layout import Layout
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
from vrom.builder.sources.formats.markdown.lines import surroundings
from vrom.builder.sources.formats.markdown.masked import MaskedText
from vrom.builder.sources.formats.markdown.mdx.jsx import Tag, strip_tags

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
    page = Layout(text)
    writer = _Writer(masked, page, elements)
    for element in elements:
        writer.write(element)
    for tag in stray:
        writer.remove(tag)
    page.remove_indentation()
    masked.text = page.apply() if text.startswith("\n") else page.apply().lstrip("\n")


class _Writer:
    """Makes Markdown of elements."""

    def __init__(self, masked: MaskedText, page: Layout, elements: Sequence[Element]) -> None:
        self._masked = masked
        self._page = page
        self._elements = elements
        self._first = [element.opening.start for element in elements]
        self._addresses: dict[int, str] = {}
        """Addresses of links around blocks, by where the tag begins of the block that becomes the link."""

    def write(self, element: Element) -> None:
        """Replace an element's tags by Markdown."""
        name = element.name
        if name == "br":
            self._break(element)
        elif name == "img":
            tag = element.opening
            is_label = (
                self._page.text[tag.start - 1 : tag.start] == "[" and self._page.text[tag.end : tag.end + 2] == "]("
            )
            self._page.replace(tag.start, tag.end, _image(element) or ("image" if is_label else ""))
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
            self._page.around(element, "", f" ({element.attribute('title')})")
        elif name in FRAMES:
            self._page.around(element, element.attribute("title"), "")
        elif name == "q":
            self._page.around(element, '"', '"')
        else:
            self._page.around(element, "", "")

    def remove(self, tag: Tag) -> None:
        """Remove a tag that lacks its other half."""
        self._page.replace(tag.start, tag.end, self._page.apart(tag) if tag.name.lower() in BLOCKS else "")

    def _block(self, element: Element) -> None:
        if element.name in LISTS and element.is_within(LISTS) and not self._page.row(element.opening):
            self._page.remove_with_space(element.opening)
            if element.closing:
                self._page.remove_with_space(element.closing)
            return
        if address := self._addresses.get(element.opening.start):
            self._page.own_line(element, "[", f"]({address})")
            return
        self._page.replace(element.opening.start, element.opening.end, self._page.apart(element.opening))
        if element.closing:
            self._page.replace(element.closing.start, element.closing.end, self._page.apart(element.closing))

    def _break(self, element: Element) -> None:
        tag = element.opening
        before, after = surroundings(self._page.text, tag.start, tag.end)
        start, end = tag.start, tag.end + len(after) - len(after.lstrip(" \t"))
        if before.strip(" \t>"):
            start -= len(before) - len(before.rstrip(" \t"))
        if not after.strip():
            self._page.replace(start, tag.end, "")
        elif self._page.row(tag) or element.is_within({*HEADINGS, "summary", "a"}):
            self._page.replace(start, end, " ")
        else:
            self._page.replace(start, end, f"\n{self._page.margin(tag, before)}" if before.strip(" \t>") else "")

    def _code(self, element: Element) -> None:
        inside = self._page.inside(element)
        code = _SPACE.sub(" ", html.unescape(strip_tags(inside))).strip()
        if (
            not code
            or not element.closing
            or not is_one_paragraph(self._page.text, element)
            or self._masked.opening in code
        ):
            self._page.around(element, "", "")
            return
        mark = "`" * (max([0, *map(len, re.findall("`+", code))]) + 1)
        pad = " " if code.startswith("`") or code.endswith("`") else ""
        span = self._masked.take_out(f"{mark}{pad}{code}{pad}{mark}")
        self._page.replace(element.opening.start, element.closing.end, span)

    def _mark(self, element: Element, mark: str) -> None:
        inside = self._page.inside(element)
        shown = strip_tags(inside)
        within = element.is_within({*HEADINGS, "summary"}) or any(
            MARKS.get(outer.name) == mark for outer in element.ancestors()
        )
        if within or not shown.strip() or mark[0] in shown or not is_one_paragraph(self._page.text, element):
            self._page.around(element, "", "")
        elif shown == shown.strip() and inside == inside.strip():
            self._page.around(element, mark, mark)
        elif element.closing:
            lead = len(inside) - len(inside.lstrip())
            start, end = element.opening.end + lead, element.closing.start - (len(inside) - len(inside.rstrip()))
            self._page.replace(element.opening.start, start, (" " if lead else "") + mark)
            self._page.replace(end, element.closing.end, mark + (" " if end < element.closing.start else ""))

    def _link(self, element: Element) -> None:
        target = element.attribute("href")
        no_link = not target or target.startswith(("#", "javascript:", "data:")) or len(target) > _LONGEST_TARGET
        within = list(self._within(element))
        shown = strip_tags(self._page.inside(element)).strip() or any(map(_image, within))
        nested = element.is_within({"a"}) or "](" in self._page.inside(element)
        if no_link or not shown or nested:
            self._page.around(element, "", "")
            return
        address = html.unescape(target).replace(" ", "%20").replace("(", "%28").replace(")", "%29")
        if not any(inner.name in BLOCKS for inner in within) and is_one_paragraph(self._page.text, element):
            self._page.join_lines(element)
            self._page.around(element, "[", f"]({address})")
            return
        self._page.around(element, "", "")
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
        inside = self._page.inside(element)
        if (
            not is_block
            or not strip_tags(inside).strip()
            or any(inner.name in BLOCKS for inner in self._within(element))
        ):
            return False
        return is_one_paragraph(self._page.text, element)

    def _heading(self, element: Element) -> None:
        if (
            not self._page.inside(element).strip()
            or self._page.row(element.opening)
            or not is_one_paragraph(self._page.text, element)
        ):
            self._block(element)
            return
        address = self._addresses.get(element.opening.start)
        marks = "#" * int(element.name[1])
        self._page.own_line(element, f"{marks} [" if address else f"{marks} ", f"]({address})" if address else "")

    def _summary(self, element: Element) -> None:
        inside = self._page.inside(element)
        shown = strip_tags(inside).strip()
        if (
            not shown
            or "**" in shown
            or not is_one_paragraph(self._page.text, element)
            or re.search(r"<h[1-6]", inside)
        ):
            self._block(element)
            return
        self._page.own_line(element, "**", "**" if shown.endswith((":", "?", "!", ".")) else "**:")

    def _item(self, element: Element) -> None:
        lists = [outer for outer in element.ancestors() if outer.name in LISTS]
        mark = "1. " if lists[0].name == "ol" else "- "
        opening, closing = element.opening, element.closing
        following = re.compile(r"\s*").match(self._page.text, opening.end)
        end = following.end() if following else opening.end
        if self._page.row(opening):
            self._page.replace(opening.start, opening.end, " • ")
        else:
            outermost = lists[-1].opening
            margin = self._page.margin(outermost, surroundings(self._page.text, outermost.start, outermost.end)[0])
            depth = "".join("   " if outer.name == "ol" else "  " for outer in lists[1:])
            self._page.replace(self._page.space_before(opening.start), end, f"\n{margin}{depth}{mark}")
        if closing and self._page.row(closing):
            self._page.replace(closing.start, closing.end, "")
        elif closing:
            self._page.remove_with_space(closing)

    def _shift(self, element: Element) -> None:
        inner = strip_tags(self._page.inside(element)).strip()
        mark = "^" if element.name == "sup" else "_"
        plain = not inner or not inner.isalnum() or re.fullmatch(r"st|nd|rd|th|tm|sm|r|c", inner, re.IGNORECASE)
        self._page.around(element, "" if plain else mark, "")


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
