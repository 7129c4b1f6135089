"""A passage begins at the left margin and holds no notation that only a site's generator understands."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.answers.passages.tidy import tidy
from vrom.answers.search import search_docs


@pytest.mark.parametrize(
    ("before", "text", "shown"),
    [
        ("- Fill it.\n\n", "    Close it.\n\n    ```sh\n    boil\n    ```", "Close it.\n\n```sh\nboil\n```"),
        ("1. Fill it.\n\n", "    - the lid\n    - the base", "- the lid\n- the base"),
        ("!!! note\n    One.\n\n", "    Two.\n\nOutside.", "Two.\n\nOutside."),
        ("- a\n\n    - b\n\n", "        Deep.\n\n    Less deep.\n\nNot.", "Deep.\n\nLess deep.\n\nNot."),
        ("- a\n", "    ```py\n    if x:\n        y\n    ```", "```py\nif x:\n    y\n```"),
        ("", "  <tr>\n    <td>1</td>\n  </tr>", "<tr>\n  <td>1</td>\n</tr>"),
    ],
)
def test_what_begins_in_a_list_or_a_note_is_shown_at_the_left_margin(before, text, shown):
    assert tidy(text, before) == shown


@pytest.mark.parametrize("before", ["", "Run this:\n\n", "- An item.\n\nA paragraph:\n\n"])
def test_indented_code_stays_code(before):
    assert tidy("    boil --now\n    wait", before) == "    boil --now\n    wait"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("!!! note\n    It is hot.\n    Wait.\n\nAfter.", "**Note**:\nIt is hot.\nWait.\n\nAfter."),
        ('!!!warning "Hot water"\n\n    It is hot.', "**Warning: Hot water**:\n\nIt is hot."),
        ('??? tip "Ask"\n    - one\n    - two', "**Tip: Ask**:\n\n- one\n- two"),
        ('=== "macOS"\n\n    ```sh\n    boil\n    ```', "**macOS**:\n\n```sh\nboil\n```"),
        ('!!! tip\n    === "A"\n\n        One.\n\n    Two.', "**Tip**:\n\n**A**:\n\nOne.\n\nTwo."),
        ('Text.\n\n??? api "API"\n    [`kettle.Kettle`][kettle.Kettle]<br>\n\nMore.', "Text.\n\nMore."),
        ("!!! without a body", "!!! without a body"),
        ("```text\n!!! note\n    code\n```", "```text\n!!! note\n    code\n```"),
    ],
)
def test_a_note_is_a_label_and_its_text(text, shown):
    assert tidy(text, "") == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("## Boiling {#boiling}\n\nText.", "## Boiling\n\nText."),
        ('## Boiling <a name="boiling"></a>\n\nText.', "## Boiling\n\nText."),
        ("<h4>Boiling</h4>\n\nText.", "#### Boiling\n\nText."),
        ("Text.\n\n[kettle]: https://docs.example/kettle", "Text."),
        ("Text.[^1]\n\n[^1]: A footnote.", "Text.[^1]\n\n[^1]: A footnote."),
        ("Text.\n\n[Previous](a.md) | [Next: Lid](b.md)", "Text."),
        ("## Next steps\n\nNext, fill it. See [Next](a.md).", "## Next steps\n\nNext, fill it. See [Next](a.md)."),
        ("Use `{#boiling}` in [it](a.md).", "Use `{#boiling}` in [it](a.md)."),
    ],
)
def test_notation_is_left_out(text, shown):
    assert tidy(text, "") == shown


def test_call_outs_are_left_out_where_their_list_is_cut_off():
    code = "```py\nboil()  # (1)!\nwait()  # (2)\n```"
    assert tidy(code, "") == "```py\nboil()\nwait()\n```"
    assert tidy(code + "\n\n1. It boils.\n2. It waits.", "") == code + "\n\n1. It boils.\n2. It waits."


PIECES = [
    "    ", "\t", "\n", "\n\n", "- ", "1. ", "!!! note", '??? api "x"', '=== "a"', "```", "words", "\n[a]: b/c\n",
    "{#a}", "<h3>a</h3>", "# (1)!", "[Next](b)", "> ", "[a][b]", "# ",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_words_of_a_text_are_lost(text, before):
    assert len(re.findall("words", tidy(text, before))) == len(re.findall("words", text))


@pytest.mark.parametrize("text", ["!!! a " + " " * 50_000 + "x", " " * 50_000 + "# (1", "[" * 50_000, "<a id" * 20_000])
def test_hostile_text_takes_no_time(text):
    assert tidy(text, text)


def test_answers_hold_passages_that_are_tidied(make_package, library_of):
    pages = {"a.md": ["# Kettle\n\n- Fill it.", "    !!! note\n        It boils, then it whistles."]}
    answer = search_docs(library_of(make_package("a", pages).parent), "whistles", mode="lexical", max_tokens=4000)
    assert "\n**Note**:\nIt boils, then it whistles." in "\n" + answer.results[0].text.replace("    ", "")
