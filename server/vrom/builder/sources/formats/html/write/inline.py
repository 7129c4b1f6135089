"""Text and inline elements as one line of Markdown."""

import re
from urllib.parse import urljoin

from vrom.builder.sources.formats.html.tree import Element, squeeze
from vrom.builder.sources.formats.html.write.math import read_math
from vrom.markdown.headings import displayed_heading

_LONGEST_TARGET = 300
"""Characters of a link's target from which on only its text is kept: a target of that length holds data."""
_LONGEST_ICON = 2_000
"""Characters of an embedded image without a description that may be an icon."""
_PLAIN_RAISED = re.compile(r"(?:st|nd|rd|th|tm|sm|r|c|®|™|©|\[.*\]|\*+|†|‡)?", re.IGNORECASE)
_MARKED_CHARACTERS = re.compile(r"[<>*_`\[\]&]")


class InlineWriter:
    """Writes inline elements; `url` is the document's own URL, against which relative links are resolved."""

    def __init__(self, url: str) -> None:
        self._url = url

    def line(self, element: Element) -> str:
        """The content of an element as one line."""
        return squeeze(self.inside(element))

    def heading(self, element: Element) -> str:
        """The text of a heading; words that Markdown would read as markup are marked as code."""
        return squeeze("".join(self._heading_parts(element)))

    def _heading_parts(self, element: Element) -> list[str]:
        parts = []
        for child in element.children:
            if isinstance(child, str):
                parts.append(_protect(child))
            elif child.tag in ("code", "tt", "kbd", "samp", "img", "math", "script") or child.has_class("katex"):
                parts.append(self.node(child))
            elif child.tag == "br":
                parts.append(" ")
            elif child.tag in ("a", "span", "em", "strong", "b", "i") or child.elements():
                parts += self._heading_parts(child)
            else:
                parts.append(self.node(child) if child.tag in ("sub", "sup") else _protect(child.text()))
        return parts

    def inside(self, element: Element) -> str:
        """The content of an element, with the whitespace of the source."""
        return "".join(child if isinstance(child, str) else self.node(child) for child in element.children)

    def node(self, element: Element) -> str:
        """An inline element."""
        tag = element.tag
        if tag == "br":
            return "\n"
        if tag == "img":
            return self._image(element)
        if tag == "input":
            return "[x] " if "checked" in element.attributes else "[ ] "
        if (formula := read_math(element)) is not None:
            return formula
        if tag in ("code", "tt", "kbd", "samp"):
            return _write_code(squeeze(element.text()))
        text = self.inside(element)
        if tag in ("strong", "b"):
            return _mark("**", text)
        if tag in ("em", "i", "cite", "dfn", "var"):
            return _mark("*", text)
        if tag in ("sup", "sub"):
            return self._shifted(element, text)
        if tag == "q":
            return f'"{text}"'
        if tag == "a":
            return self._link(text, element.attribute("href").strip())
        return text

    def _image(self, image: Element) -> str:
        alt = squeeze(image.attribute("alt"))
        source = (image.attribute("src") or image.attribute("data-src")).strip()
        if image.has_class("emoji", "twemoji", "gemoji") or (alt and not any(map(str.isalnum, alt))):
            return alt
        if source.startswith("data:"):
            return f"[image: {alt}]" if alt else "[image]" if len(source) > _LONGEST_ICON else ""
        if not alt:
            return ""
        return f"![{alt}]({self._absolute(source)})" if len(source) <= _LONGEST_TARGET else f"[image: {alt}]"

    def _shifted(self, element: Element, text: str) -> str:
        """Raised and lowered text: `x^2`, `a_(i+1)`; ordinals, marks and references to notes as they are."""
        inner = squeeze(text)
        if element.find_tag("a") is not None:
            label = inner.strip("[]")
            return f"[{label}]" if label.isdigit() else text
        if element.tag == "sup" and _PLAIN_RAISED.fullmatch(inner):
            return text
        mark = "^" if element.tag == "sup" else "_"
        return f"{mark}{inner}" if inner.isalnum() else f"{mark}({inner})" if inner else ""

    def _link(self, text: str, address: str) -> str:
        label = squeeze(text)
        if label in ("¶", "#", "§"):
            return ""
        if address.startswith("data:") and label:
            return f"{label} [embedded file]"
        if not label or not address or address.startswith(("#", "javascript:", "blob:", "vbscript:")):
            return text
        target = self._absolute(address)
        if not target or len(target) > _LONGEST_TARGET or label.startswith("!["):
            return text
        lead = " " if text[:1].isspace() else ""
        return f"{lead}[{label}]({target}){' ' if text[-1:].isspace() else ''}"

    def _absolute(self, address: str) -> str:
        """The absolute address, or the address itself without a URL of the page; empty if it is invalid."""
        try:
            return urljoin(self._url, address).replace(" ", "%20")
        except ValueError:
            return ""


def _write_code(text: str) -> str:
    if "`" not in text:
        return _mark("`", text)
    longest = max(map(len, re.findall("`+", text)))
    mark = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{mark}{pad}{text}{pad}{mark}"


def _protect(text: str) -> str:
    """A text of a heading whose words with markup characters are code, if a reader of Markdown would change them."""
    plain = squeeze(text)
    if not plain or not _MARKED_CHARACTERS.search(plain) or displayed_heading(plain) == plain:
        return text
    words = re.split(r"(\s+)", text)
    marked = (f"`{word}`" if _MARKED_CHARACTERS.search(word) and "`" not in word else word for word in words)
    return "".join(marked).replace("` `", " ")


def _mark(mark: str, text: str) -> str:
    """Text between Markdown marks, with surrounding whitespace moved outside the marks."""
    inner = text.strip()
    if not inner or (inner.startswith(("![", "**")) and mark == "**"):
        return text
    before, _, after = text.partition(inner)
    return f"{before}{mark}{inner}{mark}{after}"
