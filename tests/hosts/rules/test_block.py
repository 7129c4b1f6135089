"""A block in a text of any kind: it comes in, is replaced, and goes out, and everything else stays."""

import re

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from vrom.hosts.rules.block import BEGIN, END, MarkerError, find_block, insert_block, remove_block

BLOCK = f"{BEGIN}\nUse it.\n\n- one\n{END}"
OTHER = f"{BEGIN}\nUse it differently.\n{END}"

pieces = st.sampled_from([
    "# Title", "text", "- item", "    code", "> quote", "```", "~~~", "```py", "<!-- note -->", "<!--", "-->", "<div>",
    "<pre>", "</pre>", "| a |", "---", "é \N{LINE SEPARATOR}", "\t", " ", "", "\n", "\r\n", "\n\n", "\r", "\x0c",
])  # fmt: skip
texts = st.lists(pieces, max_size=12).map("".join)
many = settings(deadline=None, max_examples=300)


def insert(text: str, block: str = BLOCK) -> str:
    """Insert, where the text allows it."""
    try:
        return insert_block(text, block)
    except MarkerError:
        assume(False)
        raise


@pytest.mark.slow
@many
@given(texts)
@example("")
@example("\n")
@example("no line end")
@example("a\r\n")
@example("a\r\nb\n")
@example("only \r")
def test_removing_what_was_inserted_gives_the_text_back(text):
    assert remove_block(insert(text)) == text


@pytest.mark.slow
@many
@given(texts)
def test_inserting_twice_is_the_same_as_once(text):
    once = insert(text)
    assert insert_block(once, BLOCK) == once


@pytest.mark.slow
@many
@given(texts)
def test_another_block_replaces_the_first_as_if_it_had_come_alone(text):
    assert insert_block(insert(text), OTHER) == insert(text, OTHER)


@pytest.mark.slow
@many
@given(texts, texts)
def test_text_that_the_user_adds_below_stays(text, below):
    changed = insert(text) + "\n" + below
    try:
        removed = remove_block(changed)
    except MarkerError:
        assume(False)
    assert "".join(removed.split()) == "".join((text + below).split())


def test_the_block_follows_after_an_empty_line():
    assert insert_block("# Notes\n", BLOCK) == f"# Notes\n\n{BLOCK}\n"
    assert insert_block("", BLOCK) == f"{BLOCK}\n"


def test_a_text_without_a_final_line_end_gets_none():
    assert insert_block("# Notes", BLOCK) == f"# Notes\n\n{BLOCK}"


def test_line_ends_of_windows_stay():
    changed = insert_block("# Notes\r\n", BLOCK)
    assert not re.search(r"(?<!\r)\n", changed)
    assert not re.search(r"(?<!\r)\n", insert_block(changed, OTHER))


def test_the_block_is_replaced_where_it_is():
    text = f"# Notes\n\n{BLOCK}\n\n## More\n"
    assert insert_block(text, OTHER) == f"# Notes\n\n{OTHER}\n\n## More\n"
    assert remove_block(text) == "# Notes\n\n## More\n"


def test_a_text_without_markers_has_no_block():
    assert find_block("# Notes on vrom:begin\n") is None
    assert remove_block("# Notes\n") == "# Notes\n"


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (f"a\n{BEGIN}\nb\n", 2, "without <!-- vrom:end --> after it"),
        (f"a\n\n{END}\n", 3, "without <!-- vrom:begin --> before it"),
        (f"{END}\n{BEGIN}\n", 1, "without <!-- vrom:begin --> before it"),
        (f"{BEGIN}\n{BEGIN}\n{END}\n", 1, "without <!-- vrom:end --> after it"),
        (f"{BLOCK}\n\n{BLOCK}\n", 7, "a second <!-- vrom:begin -->"),
        (f"{BLOCK}\n{END}\n", 6, "a second <!-- vrom:end -->"),
        (f"```\n{BLOCK}\n```\n", 2, "inside a code block"),
        (f"```\n{BEGIN}\n```\n{END}\n", 2, "inside a code block"),
        (f"- item\n\n  {BEGIN}\n\n{END}\n", 3, "alone on the line"),
        (f"<!--\n{BEGIN}\n{END}\n", 2, "inside a code block, a list or a comment"),
        (f"See {BEGIN} below.\n", 1, "alone on the line"),
        (f"{BEGIN} \na\n{END}\n", 1, "alone on the line"),
        (f"a\r\n{BEGIN}\r\n", 2, "without"),
        ("<!--vrom:begin-->\n", 1, "alone on the line"),
        ("<!-- vrom:begin v2 -->\n<!-- vrom:end -->\n", 1, "alone on the line"),
        (f"a\rb\r{BEGIN}\r", 3, "without"),
    ],
)
def test_markers_that_are_no_pair_are_refused_with_their_line(text, line, problem):
    for action in (find_block, remove_block, lambda text: insert_block(text, BLOCK)):
        with pytest.raises(MarkerError, match=re.escape(problem)) as refused:
            action(text)
        assert refused.value.line == line


@pytest.mark.parametrize(
    ("text", "line"),
    [("# A\n\n```py\nx = 1\n", 3), ("~~~", 1), ("# A\n<!-- note\n", 2), ("<pre>\n", 1), ("# A\n\n<script>", 3)],
)
def test_a_text_whose_end_is_inside_a_code_block_is_refused_with_the_line_where_it_begins(text, line):
    with pytest.raises(MarkerError, match="not closed") as refused:
        insert_block(text, BLOCK)
    assert refused.value.line == line
