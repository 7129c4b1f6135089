"""What a cut leaves is whole: whatever the text and the limit."""

from hypothesis import given
from hypothesis import strategies as st

from vrom.answers.excerpt import Layout
from vrom.markdown.fences import fence_after

TABLE = "| name | meaning |\n| --- | --- |\n" + "".join(f"| row{i} | what row {i} means |\n" for i in range(20))

LINES = st.sampled_from(
    [
        "# Title", "## Section", "Some prose that is long enough to matter.", "", "- item", "```python", "```", "~~~",
        "# a comment in code", "x = 1", "| a | b |", "| --- | --- |", "| 1 | 2 |", "> quoted", "> ```", "    indented",
    ]
)  # fmt: skip
TEXTS = st.lists(LINES, max_size=60).map("\n".join)


def pages(text: str, limit: int) -> list[str]:
    layout, start, found = Layout(text), 0, []
    while start < len(text):
        excerpt = layout.excerpt(start, len(text), limit, repeat_header=False)
        assert excerpt.end > start, "every page goes on"
        found.append(excerpt.text)
        start = excerpt.end
    return found


@given(TEXTS, st.integers(80, 400))
def test_an_excerpt_never_exceeds_its_limit_and_its_fences_are_closed(text, limit):
    for page in pages(text, limit):
        assert len(page) <= limit
        assert fence_after(page) is None


@given(TEXTS, st.integers(80, 400))
def test_pages_lose_and_repeat_no_line(text, limit):
    """Fence lines apart: they are added where a cut needs them."""

    def lines(part: str) -> list[str]:
        return [line for line in part.split("\n") if line.strip() and not line.strip(" >").startswith(("```", "~~~"))]

    assert [line for page in pages(text, limit) for line in lines(page)] == lines(text)


def test_a_cut_inside_code_closes_it_and_opens_it_again_with_its_language():
    text = "```python\n" + "\n".join(f"line_{i} = {i}" for i in range(40)) + "\n```"
    first, second, *_ = pages(text, 200)
    assert first.startswith("```python\nline_0")
    assert first.endswith("\n```")
    assert second.startswith("```python\nline_")


def test_a_cut_inside_a_table_repeats_its_header():
    layout = Layout(TABLE)
    first = layout.excerpt(0, len(TABLE), 200)
    second = layout.excerpt(first.end, len(TABLE), 200)
    assert second.text.startswith("| name | meaning |\n| --- | --- |\n| row")
    assert layout.excerpt(first.end, len(TABLE), 200, repeat_header=False).text.startswith("| row")
    assert layout.excerpt(first.end, len(TABLE), 200, repeat_header=False).text.startswith("| row")


def test_a_cut_prefers_a_heading_to_a_paragraph_to_a_line():
    text = "Intro.\n\nMore intro.\nIts second line.\n\n## Next\n\nText of the next section, which is long."
    assert Layout(text).excerpt(0, len(text), 60).text.endswith("Its second line.")


def test_a_line_longer_than_the_limit_is_cut_at_a_space():
    text = "word " * 100
    found = pages(text, 80)
    assert all(len(page) <= 80 and not page.startswith("ord") for page in found)
    assert "".join(found).replace(" ", "") == "word" * 100


def test_an_excerpt_that_begins_with_the_closing_line_of_its_fence_leaves_it_out():
    text = "```python\nx = 1\n```\n\nProse after it."
    start = text.index("```\n\nProse")
    assert Layout(text).excerpt(start, len(text), 500).text == "Prose after it."


def test_an_empty_text_has_an_empty_excerpt():
    assert Layout("").excerpt(0, 0, 100).text == ""
