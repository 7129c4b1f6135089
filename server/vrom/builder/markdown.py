"""Markdown as a tree of blocks that know which lines of the source they are.

CommonMark with tables (markdown-it-py), and what documentation adds to it: front matter, MDX components and import
lines, admonitions and tabs of MkDocs (`!!! note`, `=== "tab"`), directives (`:::`). Only block structure is read:
the text inside is left alone.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from vrom.builder.markdown_rules import add_documentation_rules

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

_NEWLINE = re.compile(r"\r\n|\n|\r")
_MOST_LINES_OF_A_SETEXT_HEADING = 2
_LONGEST_SETEXT_HEADING = 200


@dataclass(slots=True)
class Block:
    """A block of Markdown: lines `first` to `last` (exclusive, counted from 0) of the source."""

    kind: Kind
    first: int
    last: int
    children: list["Block"] = field(default_factory=list)
    level: int = 0
    """Of a heading: 1 to 6."""
    text: str = ""
    """Of a heading: its text as readers see it. Of a dropped block: the label to keep, if there is one."""
    closed: bool = True
    """Of a fence: whether the source closes it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A source text, its lines and its top-level blocks in order."""

    text: str
    lines: Sequence[tuple[int, int]]
    """`(start, end)` of each line in `text`, without its line break."""
    blocks: Sequence[Block]
    front_matter: str = ""

    def line(self, number: int) -> str:
        """One line, without its line break."""
        start, end = self.lines[number]
        return self.text[start:end]

    def is_blank(self, number: int) -> bool:
        """Whether a line holds nothing but whitespace."""
        return not self.line(number).strip()


def parse(text: str) -> Page:
    """Read the block structure of a Markdown text. Any text is Markdown: nothing is raised."""
    lines = _line_spans(text)
    environment: dict[str, str] = {}
    # One character for each line break and each NUL, so that the parser's line numbers are ours.
    normalised = _NEWLINE.sub("\n", text).replace("\0", "\N{REPLACEMENT CHARACTER}")
    tokens: list[Token] = []
    _PARSER.block.parse(normalised, _PARSER, environment, tokens)
    page = Page(text, lines, [], environment.get("front_matter", ""))
    return Page(text, lines, _tree(tokens, page), page.front_matter)


def plain_heading(text: str) -> str:
    """A heading as readers see it: without anchors, attributes, emphasis, code marks and link targets.

    >>> plain_heading("`DPOTrainer` [[trl.DPOTrainer]] {#dpo}")
    'DPOTrainer'
    """
    text = _ANCHOR.sub("", text)
    text = _LINK.sub(r"\1", text)
    text = _TAG.sub("", text)
    text = _EMPHASIS.sub(r"\2", text.replace("`", ""))
    return _ESCAPE.sub(r"\1", " ".join(text.split()))


def title_of(page: Page) -> str:
    """The page's own title: from the front matter, else its first heading of the highest level; empty if none."""
    stated = _FRONT_MATTER_TITLE.search(page.front_matter)
    if stated and (title := plain_heading(stated.group(1).strip().strip("\"'"))):
        return title
    headings = [block for block in page.blocks if block.kind == "heading" and block.text]
    if not headings or (headings[0].level > 1 and headings[0] is not page.blocks[0]):
        first_level = [heading for heading in headings if heading.level == 1]
        return first_level[0].text if first_level else ""
    return headings[0].text


_ANCHOR = re.compile(r"\[\[[^\]]*\]\]|\s\{[:#.][^}]*\}\s*$|\s\{ ?#[^}]*\}")
_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\]]*\])*)\](?:\([^)]*\)|\[[^\]]*\])")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_EMPHASIS = re.compile(r"(\*\*|__|\*|(?<!\w)_(?=\w))(?=\S)(.+?)(?<=\S)\1(?!\w)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_FRONT_MATTER_TITLE = re.compile(r"^title\s*[:=]\s*(.+?)\s*$", re.MULTILINE)
_HTML_HEADING = re.compile(r"^\s*<h([1-6])(?:\s[^<>]*)?>(.*?)</h\1>\s*$", re.IGNORECASE)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": 60}).enable("table").disable("reference")
    add_documentation_rules(parser)
    return parser


_PARSER = _parser()


def _line_spans(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for newline in _NEWLINE.finditer(text):
        spans.append((start, newline.start()))
        start = newline.end()
    spans.append((start, len(text)))
    return spans


def _tree(tokens: Iterable[Token], page: Page) -> list[Block]:
    top: list[Block] = []
    open_blocks: list[list[Block]] = [top]
    for token in tokens:
        kind = _KINDS.get(token.type)
        if kind is not None and token.map is not None:
            block = Block(kind, *_without_blank_edges(page, *token.map))
            if kind == "heading":
                _read_heading(block, token, page)
            elif kind == "fence":
                block.closed = bool(token.meta.get("closed"))
            elif kind == "dropped":
                block.text = token.content
            elif kind == "html" and block.last - block.first == 1 and (html := _HTML_HEADING.match(page.line(block.first))):
                block.kind, block.level, block.text = "heading", int(html[1]), plain_heading(html[2])
            open_blocks[-1].append(block)
            if token.nesting == 1:
                open_blocks.append(block.children)
        elif token.nesting == 1:
            open_blocks.append([])
        if token.nesting == -1:
            open_blocks.pop()
    return _covering(top, 0, len(page.lines), page)


def _read_heading(block: Block, token: Token, page: Page) -> None:
    setext = token.markup in ("=", "-")
    lines = [page.line(number) for number in range(block.first, block.last - 1 if setext else block.last)]
    text = " ".join(line.strip() for line in lines)
    if setext and (len(lines) > _MOST_LINES_OF_A_SETEXT_HEADING or len(text) > _LONGEST_SETEXT_HEADING):
        block.kind = "paragraph"  # a paragraph over a line of dashes: meant as a rule, not as a heading
        return
    if not setext:
        text = re.sub(r"^#{1,6}|\s#+$", "", text).strip()
    block.level, block.text = int(token.tag[1]), plain_heading(text)


def _without_blank_edges(page: Page, first: int, last: int) -> tuple[int, int]:
    while last > first + 1 and page.is_blank(last - 1):
        last -= 1
    return first, last


def _covering(blocks: list[Block], first: int, last: int, page: Page) -> list[Block]:
    """The blocks, with a paragraph for every run of lines that the parser gave to none: no line is ever lost."""
    covered: list[Block] = []
    reached = first
    for block in blocks:
        block.first = max(block.first, reached)
        block.last = min(max(block.last, block.first), last)
        covered.extend(_lines_between(reached, block.first, page))
        if block.last > block.first:
            if block.children:
                block.children = _covering(block.children, block.first, block.last, page)
            covered.append(block)
            reached = block.last
    covered.extend(_lines_between(reached, last, page))
    return covered


def _lines_between(first: int, last: int, page: Page) -> list[Block]:
    while first < last and page.is_blank(first):
        first += 1
    if first >= last:
        return []
    return [Block("paragraph", *_without_blank_edges(page, first, last))]
