"""Convert HTML elements to Markdown blocks and lines."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

from vrom.builder.markdown.inline_html import INLINE
from vrom.builder.sources.formats.markdown_writer import (
    escape_paragraph,
    write_fence,
    write_item,
    write_quote,
    write_table,
)

_DEEPEST = 120
"""Nesting depth of elements below which only the text is read."""

_IN_A_LINE = INLINE | {"br", "img", "math", "-text"}
_BLOCKS = "p, div, pre, ul, ol, table, h1, h2, h3, h4, h5, h6"
_LANGUAGE = re.compile(
    r"(?:^|\s)(?:language|lang|highlight|highlight-source|brush:|sourceCode|src)[-\s:]?([a-z0-9+#.]+)", re.IGNORECASE
)
_NO_LANGUAGE = {"default", "none", "notranslate", "text", "plaintext", "plain", "code", "wrapper", "literal"}


class HtmlWriter:
    """Converts elements to Markdown; `url` is the document's own URL, against which relative links are resolved."""

    def __init__(self, url: str) -> None:
        self._url = url

    def document(self, element: Any) -> str:
        """The Markdown of an element and everything in it."""
        return "\n\n".join(self.blocks(element)) + "\n"

    def blocks(self, element: Any, depth: int = 0) -> list[str]:
        """The blocks in an element. Text and inline elements between two blocks are a paragraph."""
        if depth > _DEEPEST:
            return list(filter(None, [escape_paragraph(_squeeze(element.text()))]))
        found: list[str] = []
        line: list[str] = []
        for child in element.iter(include_text=True):
            if child.tag in _IN_A_LINE and not _holds_block(child):
                line.append(self._inline(child, depth))
                continue
            found.extend(self._paragraph(line))
            line = []
            found.extend(self._block(child, depth + 1))
        return [block for block in [*found, *self._paragraph(line)] if block.strip()]

    def _paragraph(self, line: Iterable[str]) -> list[str]:
        text = _squeeze("".join(line))
        return [escape_paragraph(text)] if text else []

    def _block(self, element: Any, depth: int) -> list[str]:
        tag = element.tag
        classes = (element.attributes.get("class") or "").split()
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            text = _squeeze(self.inline(element)).rstrip("¶").strip()
            return [f"{'#' * int(tag[1])} {text}"] if text else []
        if tag == "pre":
            return [self._code(element)]
        if "highlighttable" in classes or ("highlight" in classes and element.css_first("pre")):
            return [self._code(element.css_first("td.code pre") or element.css_first("pre"))]
        if tag in ("ul", "ol", "menu"):
            return [self._list(element, depth)]
        if tag == "dl":
            return [self._definitions(element, depth)]
        if tag == "table":
            return self._table(element, depth)
        if tag == "blockquote" or {"admonition", "alert", "theme-admonition", "callout"} & set(classes):
            body = "\n\n".join(self.blocks(element, depth))
            return [write_quote(body)] if body else []
        if tag == "hr":
            return ["---"]
        if tag == "img":
            return [text] if (text := self._inline(element, depth)) else []
        if tag in ("summary", "figcaption", "legend", "caption") or "admonition-title" in classes:
            text = _squeeze(self.inline(element))
            return [f"**{text}**"] if text else []
        if tag in ("_comment", "-comment", "head", "link", "meta"):
            return []
        return self.blocks(element, depth)

    def _code(self, pre: Any) -> str:
        code = pre.css_first("code")
        named = [pre, code, pre.parent, pre.parent.parent if pre.parent is not None else None]
        language = next(filter(None, map(_language, named)), "")
        return write_fence(pre.text(), language)

    def _list(self, element: Any, depth: int) -> str:
        ordered = element.tag == "ol"
        start = element.attributes.get("start") or "1"
        number = int(start) if ordered and start.isdecimal() else 1
        items = []
        for child in element.iter():
            if blocks := self.blocks(child, depth + 1) if child.tag == "li" else self._block(child, depth + 1):
                items.append(write_item(f"{number}." if ordered else "-", blocks))
                number += 1
        return "\n".join(items)

    def _definitions(self, element: Any, depth: int) -> str:
        """Terms and their definitions; for API objects, the signature and the documentation."""
        blocks: list[str] = []
        for child in element.iter():
            if child.tag == "dt" and {"sig", "sig-object"} & set((child.attributes.get("class") or "").split()):
                if name := child.attributes.get("id"):
                    blocks.append(f"#### {name}")
                blocks.append(write_fence(_squeeze(child.text()).rstrip("¶# "), "python"))
            elif child.tag == "dt":
                blocks.append(f"**{_squeeze(self.inline(child))}**")
            elif child.tag == "dd":
                blocks.extend(self.blocks(child, depth + 1))
            else:
                blocks.extend(self._block(child, depth + 1))
        return "\n\n".join(blocks)

    def _table(self, element: Any, depth: int) -> list[str]:
        cells = ([cell for cell in row.iter() if cell.tag in ("td", "th")] for row in element.css("tr"))
        rows = [row for row in ([self._cell(cell, depth) for cell in row] for row in cells) if any(row)]
        if not rows:
            return []
        if max(map(len, rows)) == 1:  # used for layout
            return [cell for row in rows for cell in row if cell]
        caption = element.css_first("caption")
        title = [f"**{_squeeze(caption.text())}**"] if caption is not None else []
        return [*title, write_table(rows)]

    def _cell(self, cell: Any, depth: int) -> str:
        if cell.css_first("pre, ul, ol, p, div") is None:
            return _squeeze(self.inline(cell))
        blocks = [f"`{_squeeze(part.text())}`" for part in cell.css("pre")] if cell.css_first("pre") else []
        return "<br>".join(blocks or [_squeeze(block) for block in self.blocks(cell, depth + 1)])

    def inline(self, element: Any, depth: int = 0) -> str:
        """The text of an element on one line, with its emphasis, code and links."""
        if depth > _DEEPEST:
            return str(element.text())
        return "".join(self._inline(child, depth) for child in element.iter(include_text=True))

    def _inline(self, element: Any, depth: int) -> str:
        tag = element.tag
        if tag == "-text":
            return str(element.text(deep=True))
        if tag == "br":
            return "\n"
        if tag == "img":
            alt = _squeeze(element.attributes.get("alt") or "")
            return f"![{alt}]({urljoin(self._url, element.attributes.get('src') or '')})" if alt else ""
        if tag in ("code", "tt", "kbd", "samp"):
            text = _squeeze(element.text())
            return _mark("``" if "`" in text else "`", text)
        text = self.inline(element, depth + 1)
        if tag in ("strong", "b"):
            return _mark("**", text)
        if tag in ("em", "i", "cite", "dfn", "var"):
            return _mark("*", text)
        if tag == "a":
            return self._link(text, element.attributes.get("href") or "")
        return text

    def _link(self, text: str, address: str) -> str:
        if text.strip() in ("¶", "#", "§"):
            return ""
        if not text.strip() or not address or address.startswith(("#", "javascript:")):
            return text
        try:
            return f"[{_squeeze(text)}]({urljoin(self._url, address)})"
        except ValueError:
            return text


def _holds_block(element: Any) -> bool:
    return element.tag != "-text" and element.css_first(_BLOCKS) is not None


def _language(element: Any) -> str:
    """The code language named by an element's attributes; empty if absent."""
    if element is None:
        return ""
    for attribute in ("data-lang", "data-language", "data-code-language"):
        if element.attributes.get(attribute):
            return str(element.attributes[attribute])
    found = _LANGUAGE.findall(element.attributes.get("class") or "")
    return next((name.lower() for name in found if name.lower() not in _NO_LANGUAGE), "")


def _mark(mark: str, text: str) -> str:
    """Text between Markdown marks, with surrounding whitespace moved outside the marks."""
    inner = text.strip()
    if not inner:
        return text
    before, _, after = text.partition(inner)
    return f"{before}{mark}{inner}{mark}{after}"


def _squeeze(text: str) -> str:
    """Text with every run of whitespace, including line breaks, replaced by one space."""
    return re.sub(r"\s+", " ", text).strip()
