"""What holds for the pieces of any document: nothing lost, nothing twice, nothing torn, nothing over the limit.

Documents are generated from blocks in which every line carries a number of its own, so that each can be found again.
"""

import re
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from vrom.builder.chunking.chunker import chunk_document
from vrom.builder.chunking.token_budget import TokenBudget
from vrom.builder.document import Document
from vrom.builder.markdown.blocks import parse_markdown

pytestmark = pytest.mark.slow

TARGET, LIMIT = 30, 60

MARKER = re.compile(r"n\d+n")
FENCE = re.compile(r"([ \t>]*)(`{3,}|~{3,})(.*)")

words = st.text(st.sampled_from("abc é字🤗.,:;!?()`*_"), min_size=1, max_size=40).map(str.strip).filter(bool)


class Numbered:
    """Lines with a number each; `next` numbers are never given twice within a document."""

    def __init__(self):
        self.count = 0

    def line(self, text=""):
        self.count += 1
        return f"n{self.count}n {text}".rstrip()


@st.composite
def blocks(draw, numbered, depth=0):
    kinds = ["heading", "setext", "paragraph", "fence", "open fence", "table", "list", "quote", "note", "code", "html"]
    kind = draw(st.sampled_from(kinds if depth == 0 else [*kinds[2:4], *kinds[5:9]]))
    line = numbered.line
    match kind:
        case "heading":
            return ["#" * draw(st.integers(1, 6)) + " " + line(draw(words))]
        case "setext":
            return [line(draw(words)), draw(st.sampled_from(["===", "---"]))]
        case "paragraph":
            return [line(draw(words)) for _ in range(draw(st.integers(1, 4)))]
        case "fence" | "open fence":
            mark = draw(st.sampled_from(["```", "~~~", "````"]))
            inner = [f"# {line()}", f"{line()}(", "", f"    {line()}", ")", f"<Tip> {line()}", "| a |"]
            code = draw(st.lists(st.sampled_from(inner), max_size=30, unique=True).map(lambda x: [*x]))
            return [f"{mark}python", *code, *([mark] if kind == "fence" else [])]
        case "table":
            rows = [f"| {line()} | {draw(words).replace('|', '')} |" for _ in range(draw(st.integers(0, 12)))]
            return [f"| header {line()} | b |", "| --- | --- |", *rows]
        case "list":
            lines = []
            for _ in range(draw(st.integers(1, 5))):
                lines.append(draw(st.sampled_from(["- ", "* ", "1. "])) + line(draw(words)))
                if depth < 3 and draw(st.booleans()):
                    lines += ["", *indented(draw(blocks(numbered, depth + 1)), 4)]
            return lines
        case "quote":
            return ["> " + inner for inner in draw(blocks(numbered, depth + 1))] if depth < 3 else [f"> {line()}"]
        case "note":
            title = draw(st.sampled_from(["!!! note", "??? tip", '=== "Tab"'])) + f' "{line()}"'
            return [title, *indented(draw(blocks(numbered, depth + 1)), 4)] if depth < 3 else [title]
        case "code":
            return [f"    {line()}" for _ in range(draw(st.integers(1, 4)))]
        case "html":
            return [*draw(st.sampled_from([["<Tip>"], ["</Tip>"], ["<!-- a comment -->"], ["<div>", "</div>"]])), ""]


def indented(lines, by):
    return [" " * by + line if line else line for line in lines]


@st.composite
def documents(draw):
    numbered = Numbered()
    parts = [draw(blocks(numbered)) for _ in range(draw(st.integers(1, 12)))]
    newline = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = ""
    for part in parts:
        text += newline.join(part) + newline * draw(st.sampled_from([1, 2, 2, 2, 3]))
    return text


def balanced(text):
    """Whether each fence is closed at its own depth of quotes."""
    mark = depth = ""
    opened = 0
    for line in re.split(r"\r\n|\r|\n", text):
        if found := FENCE.match(line):
            quotes = found[1].replace(" ", "")
            indent = len(found[1]) - len(found[1].rstrip(" "))
            if not mark:
                mark, depth = ("" if "`" in found[2] and "`" in found[3] else found[2]), quotes
                opened = indent
            elif quotes == depth and indent <= opened + 3 and found[2].startswith(mark) and not found[3].strip():
                mark = ""
    return not mark


@pytest.fixture(scope="module")
def pieces_of(count_tokens):
    return lambda text: chunk_document(Document("a.md", text, "Title"), TokenBudget(count_tokens, TARGET, LIMIT))


def runs_of_headings(text):
    page, runs = parse_markdown(text), [[]]
    for block in page.blocks:
        if block.kind == "heading":
            runs[-1].append(text[slice(*page.span(block.first, block.last))])
        elif block.kind != "dropped":
            runs.append([])
    return [" ".join(run) for run in runs]


@given(documents())
@settings(max_examples=100, deadline=None)
def test_every_line_is_in_one_piece_in_order(pieces_of, text):
    pieces = pieces_of(text)
    expected = MARKER.findall(text) if pieces else []
    found = [marker for piece in pieces for marker in MARKER.findall(piece.text)]
    repeated = {marker for marker, times in Counter(found).items() if times > 1}
    assert all(f"| header {marker} |" in text for marker in repeated)
    assert list(dict.fromkeys(found)) == expected


@given(documents())
@settings(max_examples=100, deadline=None)
def test_fences_are_balanced_in_every_piece(pieces_of, text):
    for piece in pieces_of(text):
        assert balanced(piece.text)


@given(documents())
@settings(max_examples=100, deadline=None)
def test_no_piece_is_over_the_limit(pieces_of, count_tokens, text):
    for piece in pieces_of(text):
        assert count_tokens(" > ".join(piece.heading_path) + "\n" + piece.text) <= LIMIT


@given(documents())
@settings(max_examples=100, deadline=None)
def test_no_piece_is_only_headings(pieces_of, count_tokens, text):
    assume(all(count_tokens(run) * 5 <= LIMIT for run in runs_of_headings(text)))  # more than that is text itself
    parsed = parse_markdown(text)
    spans = [parsed.span(block.first, block.last) for block in parsed.blocks if block.kind == "heading"]
    for piece in pieces_of(text):
        rest = piece.text
        for start, end in spans:
            if piece.char_start <= start < piece.char_end:
                rest = rest.replace(text[start:end], "", 1)
        assert rest.strip()


@given(documents())
@settings(max_examples=100, deadline=None)
def test_offsets_are_ordered_and_give_the_text_back(pieces_of, text):
    pieces = pieces_of(text)
    assert all(before.char_end <= after.char_start for before, after in pairwise(pieces))
    for piece in pieces:
        extent = text[piece.char_start : piece.char_end]
        if not re.search(r"[<|]|```|~~~", extent + piece.text):
            assert piece.text == extent
        source = [line.strip() for line in extent.splitlines()]
        added = [line for line in piece.text.splitlines() if line.strip() not in source]
        assert all(FENCE.match(line) or "header" in line or "---" in line or not line for line in added)


@given(documents())
@settings(max_examples=100, deadline=None)
def test_without_its_frame_a_piece_begins_and_ends_as_the_source_does(pieces_of, text):
    for piece in pieces_of(text):
        extent = text[piece.char_start : piece.char_end]
        lead, own, tail = piece.text[: piece.lead], piece.text[piece.lead :], ""
        if piece.tail:
            own, tail = own[: -piece.tail], own[-piece.tail :]
        assert own.split("\n")[0].startswith(extent[:5].split("\n")[0].rstrip("\r"))
        assert own.split("\n")[-1].rstrip("\r").endswith(extent[-5:].split("\n")[-1].rstrip("\r"))
        assert not MARKER.search(lead.replace("| header", "|").split("|")[0] + tail)
        assert not tail or FENCE.match(tail.strip("\n"))


@given(st.text() | st.text(st.sampled_from("#-=*>`~|<!/ \t\r\n:\"'?[](){}ab1.\x00\u2028"), max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_is_cut_without_loss(pieces_of, count_tokens, text):
    pieces = pieces_of(text)
    for piece in pieces:
        assert piece.text.strip()
        assert count_tokens(" > ".join(piece.heading_path) + "\n" + piece.text) <= LIMIT
    assert all(before.char_end <= after.char_start for before, after in pairwise(pieces))
