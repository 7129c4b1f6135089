"""Comments are found wherever a page hides them, and code that shows one is left alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from vrom.markdown.comments import comment_ranges, cut_out, whole_lines


def shown(text):
    return cut_out(text, whole_lines(text, comment_ranges(text)))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a <!-- b --> c", "a  c"),
        ("a\n<!-- b\nc -->\nd", "a\nd"),
        ("a\n<!-- b -->", "a"),
        ("a\n\n<!-- b\n\nc -->\n\nd", "a\n\n\nd"),
        ("never closed <!-- b\nc", "never closed "),
        ("two <!-- a --> and <!-- b -->.", "two  and ."),
        ("<!-- ``` -->\ntext <!-- x -->", "text "),
        ("odd ` tick <!-- x --> text", "odd ` tick  text"),
        ("\\` escaped <!-- x --> `", "\\` escaped  `"),
        ("a `b`` c` <!-- x --> d", "a `b`` c`  d"),
        ("# head ` \n\ntext <!-- x --> `", "# head ` \n\ntext  `"),
        ("<div>\n<!-- x\n\ny -->\n</div>", "<div>\n</div>"),
        ("> ```\n> code\n> ```\n>\n> <!-- x -->", "> ```\n> code\n> ```\n>\n> "),
        ("- item\n\n  <!-- x -->\n- next", "- item\n\n- next"),
        ("text\n    <!-- a paragraph goes on here -->\nend", "text\nend"),
    ],
)
def test_a_comment_is_cut_out(text, left):
    assert shown(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "inline `<!-- shown -->` code",
        "a `` b ` <!-- c --> ` d ``",
        "```html\n<!-- shown -->\n```",
        "~~~\n<!-- shown -->\n~~~",
        "> ```\n> <!-- shown -->\n> ```",
        "- item\n\n      <!-- indented code in a list -->",
        "    <!-- indented code -->",
        "\\<!-- escaped -->",
        "no comment - at > all",
        "",
    ],
)
def test_code_keeps_it(text):
    assert shown(text) == text


@given(st.text(alphabet="`<!-->\n ab~\\#>", max_size=200))
def test_no_comment_is_left_and_nothing_else_is_lost(text):
    ranges = comment_ranges(text)
    assert all(text.startswith("<!--", start) for start, _ in ranges)
    assert ranges == sorted(ranges)
    html = MarkdownIt("commonmark").render(cut_out(text, ranges))
    assert "<!--" not in html, "what a browser would hide"


@pytest.mark.timeout(120)
@pytest.mark.slow
@pytest.mark.parametrize(
    "hostile",
    [
        "<!-- ",
        "<!-- x --> ",
        "<!---->",
        "<!-- x -->\n",
        "` <!-- x --> ",
        "`<!--",
        "> ",
        "- ",
        "[",
        "[a]: b\n",
        "<div>",
        "\\",
    ],
)
def test_the_time_grows_with_the_length(hostile):
    def seconds(count):
        text = hostile * count + "<!-- x"
        begun = time.process_time()
        whole_lines(text, comment_ranges(text))
        return time.process_time() - begun

    least = max(seconds(5_000), 0.01)
    assert seconds(40_000) < 8 * 6 * least, "quadratic would be 64 times as long"
