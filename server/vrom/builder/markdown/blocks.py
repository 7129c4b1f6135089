"""Parse Markdown into a tree of blocks with their source lines.

CommonMark with tables (markdown-it-py), and extensions common in documentation: front matter, MDX components and
import lines, admonitions and tabs of MkDocs (`!!! note`, `=== "tab"`), directives (`:::`). Only block structure is
parsed, not inline markup.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from vrom.builder.markdown.inline_html import is_layout
from vrom.builder.markdown.rules import add_documentation_rules
from vrom.markdown.headings import LONGEST, HeadingLine, displayed_heading, read_html_heading, strip_marks

Kind = Literal[
    "heading", "paragraph", "fence", "code", "html", "table", "list", "item", "quote", "container", "rule", "dropped"
]

_KINDS: dict[str, Kind] = {
    "paragraph_open": "paragraph",
    "heading_open": "heading",
    "fence": "fence",
    "code_block": "code",
    "html_block": "html",
    "table_open": "table",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "list_item_open": "item",
    "blockquote_open": "quote",
    "container_open": "container",
    "hr": "rule",
    "dropped": "dropped",
}

NEWLINE = re.compile(r"\r\n|\n|\r")

_FRONT_MATTER_TITLE = re.compile(r"^title\s*[:=]\s*(.+?)\s*$", re.MULTILINE)
_DEEPEST_NESTING = 60
_LINES_OF_A_SETEXT_HEADING = 2
_LONGEST_SETEXT_HEADING = 200
_LINES_OF_AN_HTML_HEADING = 12


@dataclass(slots=True)
class Block:
    """A block of Markdown: lines `first` to `last` (exclusive, counted from 0) of the source."""

    kind: Kind
    first: int
    last: int
    children: list["Block"] = field(default_factory=list)
    level: int = 0
    """Level of a heading: 1 to 6."""
    text: str = ""
    """Displayed text of a heading, or the label kept from a dropped block, if any."""
    mark: str = ""
    """A fence's run of backticks or tildes."""
    closed: bool = True
    """False for a fence that the source doesn't close."""


@dataclass(slots=True)
class ParsedMarkdown:
    """A Markdown text, its lines and its top-level blocks in order. Every non-blank line is in a block."""

    text: str
    lines: Sequence[tuple[int, int]]
    """`(start, end)` of each line in `text`, without its line break."""
    blocks: Sequence[Block] = ()
    front_matter: str = ""

    def line(self, number: int) -> str:
        """One line, without its line break."""
        start, end = self.lines[number]
        return self.text[start:end]

    def is_blank(self, number: int) -> bool:
        """True if a line holds nothing but whitespace."""
        return not self.line(number).strip()

    def span(self, first: int, last: int) -> tuple[int, int]:
        """`(start, end)` in `text` of lines `first` to `last` (exclusive)."""
        return self.lines[first][0], self.lines[last - 1][1]


def parse_markdown(text: str) -> ParsedMarkdown:
    """Parse the block structure of a Markdown text. Never raises: any text is valid Markdown."""
    parsed = ParsedMarkdown(text, _find_lines(text))
    environment: dict[str, str] = {}
    tokens: list[Token] = []
    # One character for each line break and each NUL, so that the parser counts lines as `parsed.lines` does.
    normalised = NEWLINE.sub("\n", text).replace("\0", "\N{REPLACEMENT CHARACTER}")
    _PARSER.block.parse(normalised, _PARSER, environment, tokens)
    parsed.front_matter = environment.get("front_matter", "")
    parsed.blocks = _cover_lines(_build_tree(tokens, parsed), 0, len(parsed.lines), parsed)
    return parsed


def find_title(parsed: ParsedMarkdown) -> str:
    """The document's title: from its front matter, else its first heading; empty if it has neither.

    A first heading below level 1 counts only as the first block: further down it belongs to a section.
    """
    title_line = _FRONT_MATTER_TITLE.search(parsed.front_matter)
    if title_line and (title := displayed_heading(title_line[1].strip("\"'"))):
        return title
    blocks = [block for block in parsed.blocks if block.kind != "dropped"]
    first = next((block for block in blocks if block.kind == "heading" and block.text), None)
    return first.text if first and (first.level == 1 or first is blocks[0]) else ""


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST_NESTING}).enable("table")
    add_documentation_rules(parser)
    return parser


_PARSER = _parser()


def _find_lines(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for newline in NEWLINE.finditer(text):
        spans.append((start, newline.start()))
        start = newline.end()
    spans.append((start, len(text)))
    return spans


def _build_tree(tokens: Iterable[Token], parsed: ParsedMarkdown) -> list[Block]:
    top: list[Block] = []
    parents = [top]
    for token in tokens:
        if token.nesting == -1:
            parents.pop()
            continue
        inside: list[Block] = []
        if (kind := _KINDS.get(token.type)) and token.map:
            block = _make_block(kind, token, parsed)
            parents[-1].append(block)
            inside = block.children
        if token.nesting == 1:
            parents.append(inside)
    return top


def _make_block(kind: Kind, token: Token, parsed: ParsedMarkdown) -> Block:
    assert token.map is not None
    block = Block(kind, *_trim_blank_lines(parsed, *token.map))
    if kind == "heading":
        _read_heading(block, token, parsed)
    elif kind == "fence":
        block.mark, block.closed = token.markup, bool(token.meta["closed"])
    elif kind == "dropped":
        block.text = token.content
    elif kind == "html":
        if block.last - block.first <= _LINES_OF_AN_HTML_HEADING and (heading := _read_html_heading(block, parsed)):
            block.kind, (block.level, block.text) = "heading", heading
        elif is_layout(parsed.text, parsed.lines[block.first : block.last]):
            block.kind = "dropped"
    return block


def _read_html_heading(block: Block, parsed: ParsedMarkdown) -> HeadingLine | None:
    start, end = parsed.span(block.first, block.last)
    heading = read_html_heading(parsed.text[start:end]) if end - start <= LONGEST else None
    return heading if heading and (heading.text or block.last - block.first == 1) else None


def _read_heading(block: Block, token: Token, parsed: ParsedMarkdown) -> None:
    if token.markup.startswith("#"):
        text = strip_marks(parsed.line(block.first))
    else:  # underlined
        lines = [parsed.line(number).strip() for number in range(block.first, block.last - 1)]
        text = " ".join(lines)
        if len(lines) > _LINES_OF_A_SETEXT_HEADING or len(text) > _LONGEST_SETEXT_HEADING:
            block.kind = "paragraph"  # a paragraph directly above a line of dashes, which is meant as a rule
    block.level, block.text = int(token.tag[1]), displayed_heading(text)


def _trim_blank_lines(parsed: ParsedMarkdown, first: int, last: int) -> tuple[int, int]:
    """A range of lines without trailing blank lines."""
    while last > first + 1 and parsed.is_blank(last - 1):
        last -= 1
    return first, last


def _cover_lines(blocks: list[Block], first: int, last: int, parsed: ParsedMarkdown) -> list[Block]:
    """The blocks, plus a paragraph for every run of lines that the parser assigned to no block: no line is lost."""
    covered: list[Block] = []
    reached = first
    for block in blocks:
        block.first, block.last = max(block.first, reached), min(block.last, last)
        if any(not parsed.is_blank(number) for number in range(block.first, block.last)):
            covered.extend(_fill_lines(reached, block.first, parsed))
            if block.children:
                block.children = _cover_lines(block.children, block.first, block.last, parsed)
            covered.append(block)
            reached = block.last
    covered.extend(_fill_lines(reached, last, parsed))
    return covered


def _fill_lines(first: int, last: int, parsed: ParsedMarkdown) -> list[Block]:
    while first < last and parsed.is_blank(first):
        first += 1
    return [Block("paragraph", *_trim_blank_lines(parsed, first, last))] if first < last else []
