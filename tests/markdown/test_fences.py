import pytest

from vrom.markdown.fences import Fence, fence_after, fence_mark, has_no_info, is_closing_line, step


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("```python", "```"),
        ("\t    ~~~~ text", "~~~~"),
        ("``` a `b`", ""),
        ("~~~ a `b`", "~~~"),
        ("``", ""),
        ("> ```", ""),
        ("text ```", ""),
    ],
)
def test_a_mark_opens_a_fence_at_any_indent(line, mark):
    assert fence_mark(line) == mark


def test_a_fence_is_closed_by_its_own_character_at_least_as_often():
    assert is_closing_line("  ````  ", "```")
    assert not is_closing_line("```", "````")
    assert not is_closing_line("~~~", "```")
    assert not is_closing_line("``` python", "```")


def test_a_mark_with_a_language_has_an_info_string():
    assert has_no_info("  ``` ")
    assert has_no_info("~~~")
    assert not has_no_info("```python")


def test_a_fence_stays_open_until_its_own_mark_closes_it():
    assert fence_after("```python\nx = 1") == Fence("```python", "```")
    assert fence_after("```python\nx = 1\n```") is None


def test_a_longer_mark_holds_a_shorter_one():
    assert fence_after("````md\n```python\nx\n```") == Fence("````md", "````")
    assert fence_after("````md\n```python\nx\n```\n````") is None


def test_other_marks_inside_are_text():
    assert fence_after("~~~\n```\n~~~") is None


def test_fences_count_inside_lists_and_quotes():
    assert fence_after("- item\n\n      ```sh\n      ls") == Fence("      ```sh", "      ```")
    assert fence_after("> ```python\n> x") == Fence("> ```python", "> ```")
    assert fence_after("> ```python\n> x\n> ```") is None


def test_inline_code_opens_nothing():
    assert fence_after("```x``` is inline") is None


def test_a_language_where_only_a_closing_mark_could_stand_opens_anew():
    assert fence_after("```python\nx = 1\n```bash\nls") == Fence("```bash", "```")
    assert fence_after("```python\nx = 1\n```bash\nls\n```") is None


def test_a_text_that_starts_inside_a_fence_is_read_as_code():
    inside = Fence("```python", "```")
    assert fence_after("# a comment", inside) == inside
    assert fence_after("x = 1\n```\n\nprose", inside) is None


def test_a_mark_four_columns_deeper_than_the_fence_is_code_in_it():
    lines = ["```md", "    ```c", "    ```", "```"]
    fence = None
    for line, is_open in zip(lines, [True, True, True, False], strict=True):
        fence = step(line, fence)
        assert (fence is not None) == is_open


def test_a_fence_may_close_three_columns_deeper():
    assert fence_after("```\nx\n   ```") is None
    assert fence_after("    ```\n    x\n    ```") is None
    assert fence_after("> ```\n> x\n> ```") is None
