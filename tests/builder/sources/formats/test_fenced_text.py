"""Markdown as prose and code in turn."""

from vrom.builder.sources.formats.fenced_text import lower_headings, replace_headings, split_fences


def test_a_fence_within_code_does_not_end_it():
    parts = list(split_fences("A.\n```md\n    ```c\n    x\n    ```\n# code\n```\nB."))
    assert [part.is_code for part in parts] == [False, True, False]
    assert parts[1].lines == ["    ```c", "    x", "    ```", "# code"]


def test_a_fence_in_a_tab_ends_where_it_is_indented():
    parts = list(split_fences("    ```\n    x\n    ```\n# A"))
    assert [part.is_code for part in parts] == [True, False]


def test_headings_change_outside_code_only():
    text = "# A\n```\n# b\n```\nC\n==="
    assert replace_headings(text) == "**A**\n```\n# b\n```\n**C**"
    assert lower_headings(text) == "## A\n```\n# b\n```\n## C"
