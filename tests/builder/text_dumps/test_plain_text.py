"""Plain text as Markdown: nothing that an author wrote is lost; a copied page is recovered, and said to be one."""

import hashlib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrom.builder.chunking.chunker import chunk_document
from vrom.builder.chunking.token_budget import TokenBudget
from vrom.builder.document import Document
from vrom.builder.sources.files.read import read_content, read_path
from vrom.builder.text_dumps.plain_text import convert_plain_text, recovering

SEEDS = Path(__file__).parents[4] / "shared" / "seeds"
RECOVERED = {
    "000": "60f2e8387da1ebdaf0fcf8c0aa58891492a6f92aae574646cabaf96ef7dae38c",
    "001": "7404b2e5761051edaf68c718b8a20259d944058004f343b4167f80027de31b2b",
    "002": "83bc3ca6fb75f625ba13307e98dd15dd3df50be6459072404fde4e7c439df781",
    "003": "e51cd7a635a65071d3c07e61b60f356f53c14e37939c22e4b4d278b5357e3102",
    "004": "202c75935e435d092495a145a03a5bbcf500fdd6cb2dac87213a8290c0f8edda",
}

SENTENCES = [
    "Stop the service before you upgrade, or the database may be damaged.",
    "Stop the service before you update, or the database may be damaged.",
    "Copy the file into the folder of the application, then start it again.",
    "It returns the number of rows, counted from 1.",
    "See also the notes below!",
]
HEADINGS = ["Linux", "Windows", "Mac", "Copy", "Notes"]
CODE = ["service stop", "x = load(", "    'a',", ")", "# restart", "for row in rows:", "    print(row)"]


def paragraph(draw):
    return [" ".join(draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=2)))]


def bullets(draw):
    return [f"- {text}" for text in draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4))]


def table(draw):
    rows = draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4))
    return ["| Name | Meaning |", "| --- | --- |", *(f"| {row} | 1 |" for row in rows)]


def code(draw):
    lines = draw(st.lists(st.sampled_from(CODE), min_size=1, max_size=5))
    return draw(st.sampled_from([["```sh", *lines, "```"], [f"    {line}" for line in lines]]))


def heading(draw):
    text = draw(st.sampled_from(HEADINGS))
    return draw(st.sampled_from([[f"## {text}"], [text, "-" * len(text)], [text]]))


@st.composite
def pages(draw):
    """A page with repeated sentences, code, items and rows, with or without blank lines between them."""
    kinds = draw(st.lists(st.sampled_from([paragraph, bullets, table, code, heading]), min_size=1, max_size=14))
    between = draw(st.sampled_from([["", ""], [""], []]))
    lines = [line for kind in kinds for line in [*kind(draw), *between]]
    return "\n".join(lines) + "\n"


def count_sentences(text: str) -> Counter[str]:
    joined = " ".join(text.split())
    return Counter({sentence: joined.count(sentence) for sentence in SENTENCES})


def count_code(text: str) -> Counter[str]:
    return Counter(line.strip() for line in text.split("\n") if line.strip() in map(str.strip, CODE))


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(pages(), st.sampled_from(["a.txt", "a.md"]))
def test_no_sentence_and_no_line_of_code_of_an_ordinary_page_is_lost(page, name):
    [document] = read_content(page.encode(), name)
    assert not document.remarks
    budget = TokenBudget(lambda text: len(text.split()), 60, 120)
    chunked = "\n".join(chunk.text for chunk in chunk_document(document, budget))
    for text in (document.text, chunked):
        assert count_sentences(text) >= count_sentences(page)
        assert count_code(text) >= count_code(page)


def test_repeated_warnings_without_blank_lines_stay():
    page = "\n".join(f"{name}\n{SENTENCES[0]}\nThen go on with step {name}." for name in HEADINGS)
    markdown, remarks = convert_plain_text(page, "a.txt")
    assert (markdown, remarks) == (page, ())


DUMP = "\n".join(["Site", "Trainer", "Trainer", *(f"Line {number} of a page, as it was." for number in range(12))])
DUMP += "\nShow More"


def test_a_recovered_page_is_named_with_the_evidence():
    [document] = read_content(DUMP.encode(), "a.txt")
    assert document.text.startswith("# Trainer\n\nLine 0")
    remark, left_out = document.remarks
    assert (remark.subject, remark.lost) == ("recovered from a copied page", False)
    assert remark.example == "a.txt: button label (×1), title shown twice (×2)"
    assert left_out.example == "a.txt: button label (×1)"


def test_a_page_is_recovered_never_or_always_if_the_user_says_so():
    short = "Trainer\nIt trains a model on your own data.\n"
    with recovering("never"):
        assert convert_plain_text(DUMP, "a.txt") == (DUMP, ())
    with recovering("always"):
        markdown, [remark] = convert_plain_text(short, "a.txt")
    assert markdown == "# Trainer\n\nIt trains a model on your own data.\n"
    assert remark.example == "a.txt: --from-dump"
    assert convert_plain_text(short, "a.txt") == (short, ())


@pytest.mark.slow
@pytest.mark.skipif(not SEEDS.is_dir(), reason="the copied pages aren't here")
def test_known_dumps_come_out_as_ever():
    found = [one for one in read_path(SEEDS) if isinstance(one, Document)]
    assert {one.source_file[:3]: hashlib.sha256(one.text.encode()).hexdigest() for one in found} == RECOVERED
