"""The time that a text of a package takes grows with its length: a small one can't stop the server."""

import time

import pytest

from vrom.answers import markdown
from vrom.answers.document import Document
from vrom.answers.excerpt import Layout
from vrom.app.resources.prompts import _framed
from vrom.format.hidden_text import hidden_kinds, visible, visible_line
from vrom.format.models import Chunk
from vrom.index.lexical.bulk_tokenizer import cut
from vrom.index.outline import read_headings
from vrom.index.tokenizer import tokenize
from vrom.markdown.comments import comment_ranges, cut_out, whole_lines
from vrom.markdown.fences import fence_after
from vrom.markdown.headings import displayed_heading, heading_text, slug


class OneDocument:
    """What `Document` needs of a cartridge: one document of one chunk."""

    id = version = "x"

    def __init__(self, text):
        self.chunk = [Chunk(chunk_id=0, text=text, source_file="a.md")].__getitem__
        self.documents = {"a.md": [0]}


def read_document(text):
    document = Document(OneDocument(text), "a.md")
    document.sections()
    document.layout.excerpt(0, len(document.text), 2_000)
    document.layout.blocks(0, len(document.text))


READERS = [
    visible, hidden_kinds, visible_line, tokenize, heading_text, displayed_heading, slug, fence_after, Layout,
    read_document, markdown.quoted, markdown._plain, _framed,
    lambda text: markdown.rule_for([text]),
    lambda text: list(cut([text])),
    lambda text: read_headings([text], "Title"),
    lambda text: cut_out(text, whole_lines(text, comment_ranges(text))),
]  # fmt: skip

HOSTILE = [
    "# a\n", "###### a\n", "a" * 50 + "\n", "\n", " ", "\t", "`", "```\n", "~~~x\n", "<!-- x -->", "<!---->",
    "<!-- ", "<", "[", "](", "[[", "{#", "*", "**", "**a** · ", " · ", "_", "|", "| - ", "---\n", "-", "> ", "- ",
    "1. ", "\\", "\u0301", "\u0f73", "\u200b", "\u200d\ufe0f", "\x1b[", "\x1b]", "\U000e0041", "\u4e00", "a.b-",
    "aB", "A_", "é", "&", "</documentation", "http://", "\r", "\u2028",
]  # fmt: skip

SHORT, LONG = 20_000, 160_000


def seconds(read, text):
    begun = time.process_time()
    read(text)
    return time.process_time() - begun


@pytest.mark.timeout(120)
@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__qualname__)
def test_eight_times_the_text_takes_far_less_than_64_times_as_long(read):
    slow = {}
    for piece in HOSTILE:
        short, long = ((piece * count)[:count] for count in (SHORT, LONG))
        least = max(seconds(read, short), 0.004)
        if (taken := seconds(read, long)) > 32 * least and seconds(read, long) > 32 * least:
            slow[piece] = (least, taken)
    assert not slow
