"""Read Org, the format of Emacs' Org mode: headings, source blocks, tables and lists.

https://orgmode.org/org.html
"""

import re
from collections.abc import Iterator
from textwrap import dedent

from vrom.builder.document import Document, Remark
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.markdown_writer import (
    escape_paragraph,
    write_fence,
    write_item,
    write_quote,
    write_table,
)
from vrom.builder.sources.formats.titles import make_titled_document

_HEADING = re.compile(r"(\*{1,20})\s+(.*?)(?:\s+:[\w@#%:]+:)?\s*$")
_STATE = re.compile(r"(?:TODO|DONE|NEXT|WAITING|CANCELLED|COMMENT)\s+|\[#[A-Z]\]\s+")
_KEYWORD = re.compile(r"\s*#\+(\w+):[ \t]*(.*)", re.IGNORECASE)
_BLOCK = re.compile(r"\s*#\+begin_(\w+)[ \t]*(.*)", re.IGNORECASE)
_DRAWER = re.compile(r"\s*:([\w-]+):\s*$")
_ITEM = re.compile(
    r"(\s*)(?:([-+]|\s\*)|(\d{1,4}|[a-zA-Z])[.)])(?:[ \t]+|$)(?:\[@\d+\]\s*)?(\[[ xX-]\]\s+)?"
    r"(?:(.*?)[ \t]::(?:[ \t]+|$))?"
)
_LINK = re.compile(r"\[\[([^\[\]]{1,2000})\](?:\[([^\[\]]{1,2000})\])?\]")
_MARKUP = re.compile(r"(?<![\w*/_=~+])([*/_+])(?=\S)([^\n]{0,500}?\S|\S)\1(?![\w*/_+])")
_VERBATIM = re.compile(r"(?<![\w=~])([=~])(?=\S)([^\n]{0,500}?\S|\S)\1(?![\w=~])")
_TIMESTAMP = re.compile(r"^\s*(?:(?:CLOSED|DEADLINE|SCHEDULED|CLOCK):\s*[\[<].*)$")
_DEEPEST = 20


def read_org(text: str, name: str) -> Iterator[Document]:
    """Read a document in Org. Raises `UnreadableError` if nothing but properties and comments is in it."""
    reader = _Reader()
    blocks = reader.read(text.expandtabs(8).split("\n"), 0)
    if not blocks:
        raise UnreadableError("no text besides properties and comments")
    if reader.title:
        blocks.insert(0, f"# {reader.title}")
    found = make_titled_document(name, "\n\n".join(blocks) + "\n", reader.title)
    yield Document(name, found.text, found.title, parsed=found.parsed, remarks=tuple(reader.remarks))


class _Reader:
    def __init__(self) -> None:
        self.title = ""
        self.remarks: list[Remark] = []
        self._name = ""  # of the next block: `#+CAPTION:`

    def read(self, lines: list[str], depth: int) -> list[str]:
        blocks: list[str] = []
        at = 0
        while at < len(lines):
            found, at = self._next(lines, at, depth)
            blocks += found
        return [block for block in blocks if block.strip()]

    def _next(self, lines: list[str], at: int, depth: int) -> tuple[list[str], int]:
        """The blocks at a line, and the number of the line after them."""
        line = lines[at]
        if not line.strip() or _TIMESTAMP.match(line) or re.match(r"\s*# |\s*#$", line):
            return [], at + 1
        if depth == 0 and (heading := _HEADING.match(line)):
            shift = 1 if self.title else 0
            words = _inline(_STATE.sub("", heading[2]).strip())
            return [f"{'#' * min(len(heading[1]) + shift, 6)} {words}"] if words else [], at + 1
        if block := _BLOCK.match(line):
            end = _find(lines, at + 1, re.compile(rf"\s*#\+end_{re.escape(block[1])}\s*$", re.IGNORECASE))
            return self._block(block[1].lower(), block[2], lines[at + 1 : end], depth), end + 1
        if keyword := _KEYWORD.match(line):
            return self._keyword(keyword[1].lower(), keyword[2].strip()), at + 1
        if (drawer := _DRAWER.match(line)) and drawer[1].lower() != "end":
            end = _find(lines, at + 1, re.compile(r"\s*:end:\s*$", re.IGNORECASE), limit=200)
            if end < len(lines):
                return [], end + 1
        if re.match(r"\s*: |\s*:$", line):
            end = _while(lines, at, re.compile(r"\s*:(?: |$)"))
            return [write_fence("\n".join(re.sub(r"^\s*: ?", "", one) for one in lines[at:end]))], end
        if re.match(r"\s*\|", line):
            end = _while(lines, at, re.compile(r"\s*\|"))
            return self._captioned(_table(lines[at:end])), end
        if re.fullmatch(r"\s*-{5,}\s*", line):
            return ["---"], at + 1
        if _ITEM.match(line):
            return self._list(lines, at, depth)
        return self._paragraph(lines, at, depth)

    def _keyword(self, name: str, value: str) -> list[str]:
        if name == "title" and not self.title:
            self.title = _inline(value)
        elif name in ("caption", "name") and value:
            self._name = _inline(value) if name == "caption" else self._name
        elif name == "include":
            self.remarks.append(Remark("included file not found", f"#+INCLUDE: {value}", lost=True))
        elif name == "subtitle":
            return [value]
        return []

    def _captioned(self, blocks: list[str]) -> list[str]:
        caption, self._name = self._name, ""
        return [f"**{caption}**", *blocks] if caption and blocks else blocks

    def _block(self, kind: str, options: str, lines: list[str], depth: int) -> list[str]:
        code = dedent("\n".join(re.sub(r"^(\s*),(?=[*#,])", r"\1", line) for line in lines))
        if kind in ("src", "example", "export"):
            words = options.split()
            language = words[0].lower() if words and kind == "src" and not words[0].startswith(("-", ":")) else ""
            if kind == "export":
                return [code] if options.strip().lower() in ("md", "markdown", "html") and code.strip() else []
            return self._captioned([write_fence(code, language)]) if code.strip() else []
        if kind == "comment":
            return []
        if kind == "verse":
            return [write_quote("  \n".join(map(_inline, code.strip().split("\n"))))]
        inner = self.read(code.split("\n"), depth + 1) if depth < _DEEPEST else [write_fence(code)]
        if kind in ("quote", "center"):
            return [write_quote("\n\n".join(inner))] if inner else []
        if kind in ("note", "tip", "warning", "important", "caution"):
            return [write_quote("\n\n".join([f"**{kind.capitalize()}:**", *inner]))] if inner else []
        return inner

    def _list(self, lines: list[str], at: int, depth: int) -> tuple[list[str], int]:
        """A list: items at one indentation, each with the lines that are further in."""
        first = _ITEM.match(lines[at])
        assert first is not None
        indent = _indent(lines[at])
        items: list[str] = []
        while at < len(lines):
            found = _ITEM.match(lines[at])
            if found is None or _indent(lines[at]) != indent or _HEADING.match(lines[at]):
                break
            end = _end_of_item(lines, at + 1, indent)
            inside = [lines[at][found.end() :], *lines[at + 1 : end]]
            rest = dedent("\n".join(inside[1:])).split("\n") if len(inside) > 1 else []
            blocks = self._item([inside[0], *rest], depth)
            if found[5]:
                term = f"**{_inline(found[5])}**: "
                blocks = (
                    [term + blocks[0], *blocks[1:]]
                    if blocks and blocks[0][:3] not in ("```", "- ")
                    else [term, *blocks]
                )
            if found[4]:
                blocks = [f"{found[4].strip().replace('X', 'x')} {blocks[0] if blocks else ''}", *blocks[1:]]
            items.append(write_item(f"{len(items) + 1}." if found[3] else "-", blocks or [""]))
            at = end
            while at < len(lines) and not lines[at].strip() and at + 1 < len(lines) and _ITEM.match(lines[at + 1]):
                at += 1
        return ["\n".join(items)], at

    def _item(self, lines: list[str], depth: int) -> list[str]:
        if depth >= _DEEPEST:
            return [_inline(" ".join(lines))]
        if not lines[0].strip():
            return self.read(lines[1:], depth + 1)
        return self.read(lines, depth + 1)

    def _paragraph(self, lines: list[str], at: int, depth: int) -> tuple[list[str], int]:
        start = at
        while at < len(lines) and lines[at].strip():
            line = lines[at]
            is_other = (
                _BLOCK.match(line) or _KEYWORD.match(line) or re.match(r"\s*\||\s*: ", line) or _DRAWER.match(line)
            )
            if at > start and (is_other or _ITEM.match(line) or (depth == 0 and _HEADING.match(line))):
                break
            at += 1
        text = _inline("\n".join(line.strip() for line in lines[start:at]))
        return self._captioned([escape_paragraph(text)]), max(at, start + 1)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _end_of_item(lines: list[str], at: int, indent: int) -> int:
    """The line after those that are further in than an item; two blank lines end it."""
    blank = 0
    while at < len(lines):
        if not lines[at].strip():
            blank += 1
            if blank > 1:
                break
        elif _indent(lines[at]) <= indent:
            break
        else:
            blank = 0
        at += 1
    while at > 0 and not lines[at - 1].strip():
        at -= 1
    return at


def _find(lines: list[str], at: int, pattern: re.Pattern[str], limit: int = 100_000) -> int:
    return next(
        (number for number in range(at, min(len(lines), at + limit)) if pattern.match(lines[number])), len(lines)
    )


def _while(lines: list[str], at: int, pattern: re.Pattern[str]) -> int:
    while at < len(lines) and pattern.match(lines[at]):
        at += 1
    return at


def _table(lines: list[str]) -> list[str]:
    """A table; its first rows are the header if a rule follows them."""
    rows: list[list[str]] = []
    has_header = False
    for line in lines:
        if re.match(r"\s*\|[-+|]*-[-+|]*\s*$", line):
            has_header = has_header or len(rows) == 1
            continue
        cells = [_inline(cell.strip()) for cell in line.strip().strip("|").split("|")]
        if any(cells) and not all(re.fullmatch(r"<[lcr]?\d*>|", cell) for cell in cells):
            rows.append(cells)
    if not rows:
        return []
    return [write_table(rows if has_header else [[""] * max(map(len, rows)), *rows])]


def _inline(text: str) -> str:
    """Text with Org's marks as Markdown's."""
    kept: list[str] = []

    def keep(markdown: str) -> str:
        kept.append(markdown)
        return f"\ue000{len(kept) - 1}\ue001"

    def code(found: re.Match[str]) -> str:
        words = found[2]
        return keep(f"`` {words} ``" if "`" in words else f"`{words}`")

    def link(found: re.Match[str]) -> str:
        target, label = found[1], found[2]
        target = re.sub(r"^file:|::.*$", "", target) if target.startswith("file:") else target
        if re.match(r"https?://|mailto:|ftp:|\.?\.?/|[\w./-]+\.\w{2,4}$", target):
            return (
                f"{keep('[')}{label}{keep(f']({target})')}"
                if label
                else keep(f"<{target}>" if ":" in target else target)
            )
        return label or target.lstrip("*#")

    def mark(found: re.Match[str]) -> str:
        sign = {"*": "**", "/": "*", "_": "*", "+": "~~"}[found[1]]
        return f"{sign}{found[2]}{sign}"

    text = re.sub("[\ue000\ue001]", "", text)
    text = re.sub(r"\{\{\{\w+\(([^{}]{0,500})\)\}\}\}", r"\1", text)
    text = _VERBATIM.sub(code, text)
    text = _LINK.sub(link, text)
    text = re.sub(r"https?://[^\s\ue000]+", lambda found: keep(found[0]), text)
    text = re.sub(r"\[fn:[\w-]*:([^\[\]]*)\]", r" (\1)", text)
    text = re.sub(r"<<<?([^<>\n]{1,200})>>>?", r"\1", text)
    text = _MARKUP.sub(mark, text)
    text = re.sub(r"\\\\$", "  ", text, flags=re.MULTILINE)
    text = re.sub(r"<(?=[A-Za-z/!])", r"\\<", text)
    for _ in range(3):
        text = re.sub("\ue000(\\d+)\ue001", lambda found: kept[int(found[1])], text)
    return text
