"""Boxes with indented content."""

import pytest

from vrom.builder.markdown.blocks import parse_markdown
from vrom.builder.sources.formats.markdown.boxes.indented import unwrap_indented
from vrom.builder.sources.formats.markdown.rewrite import rewrite_dialects


def rewrite(text):
    return rewrite_dialects(text, "page.md", str).text


@pytest.mark.parametrize(
    ("opening", "label"),
    [
        ("!!! note", "**Note**:"),
        ("!!!tip", "**Tip**:"),
        ('!!! warning "Keep your key"', "**Warning: Keep your key**:"),
        ('!!! note inline end "Keep it"', "**Note: Keep it**:"),
        ("!!! note Keep it", "**Note: Keep it**:"),
        ('??? question "Why?"', "**Question: Why?**"),
        ('???+ example "A \\"key\\""', '**Example: A "key"**:'),
        ('=== "Linux"', "**Linux**:"),
        ('===+ "Linux"', "**Linux**:"),
        ('=== ":material-linux: Linux"', "**Linux**:"),
    ],
)
@pytest.mark.parametrize("between", ["", "\n"])
def test_a_box_becomes_its_label_and_its_content(opening, label, between):
    text = f"A.\n\n{opening}\n{between}    Text.\n\n    More.\n\nB."
    assert unwrap_indented(text) == f"A.\n\n{label}\nText.\n\nMore.\n\nB."


def test_a_box_with_an_empty_title_has_no_label():
    assert unwrap_indented('!!! note ""\n    Text.').strip() == "Text."


@pytest.mark.parametrize("text", ["a === b", "Stop!!! Now", "???", "!!! what", "Setext\n=== \n"])
def test_what_opens_no_box_is_text(text):
    assert unwrap_indented(text) == text


def test_code_directly_below_a_tab_is_code():
    text = '=== "pip"\n    ```sh\n    pip install a\n      --b\n    ```\n=== "uv"\n    ```sh\n    uv add a\n    ```\n'
    kept = rewrite(text)
    assert kept.strip() == "**pip**:\n\n```sh\npip install a\n  --b\n```\n\n**uv**:\n\n```sh\nuv add a\n```"
    assert [block.kind for block in parse_markdown(kept).blocks].count("fence") == 2


def test_boxes_nest():
    text = '!!! note\n    Outer.\n\n    === "A"\n\n        ```\n        code\n        ```\n\n    Outer again.\n\nEnd.'
    assert rewrite(text) == "**Note**:\nOuter.\n\n**A**:\n\n```\ncode\n```\n\nOuter again.\n\nEnd."


def test_a_box_in_a_list_or_a_quote_stays_in_it():
    assert rewrite("- A\n\n    !!! tip\n        B\n\n- C") == "- A\n\n    **Tip**:\n    B\n\n- C"
    assert rewrite("> A\n>\n> !!! tip\n>     B\n>\n> C") == "> A\n>\n> **Tip**:\n> B\n>\n> C"
    assert rewrite('1.  !!! tip "T"\n        B\n') == "1.  **Tip: T**:\n    B\n"


def test_indented_code_in_a_box_is_code():
    assert rewrite("!!! note\n    A:\n\n        code\n\nB") == "**Note**:\nA:\n\n    code\n\nB"


def test_a_heading_in_a_box_begins_no_section():
    assert rewrite('=== "A"\n    ## Keys\n\n    Text.') == "**A**:\n\n**Keys**:\n\nText."


def test_boxes_shown_as_code_stay():
    text = "```md\n!!! note\n    Text.\n```\n\n    !!! note\n        Text.\n"
    assert rewrite(text) == text


@pytest.mark.timeout(30)
@pytest.mark.parametrize("hostile", ["!!! a\n", '=== "a"\n', " " * 200 + "!!!\n", "!!! a\n    ", "!!! " + "a " * 50])
def test_many_boxes_take_bounded_time(hostile):
    unwrap_indented(hostile * (60_000 // len(hostile)))
