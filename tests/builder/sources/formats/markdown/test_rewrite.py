"""Dialects of Markdown: each page comes out as Markdown, and what is Markdown as it is."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrom.builder.sources.files.read import find_reader
from vrom.builder.sources.formats.markdown.rewrite import rewrite_dialects


def rewrite(text, name="page.md"):
    return rewrite_dialects(text, name, str.upper).text


ORDINARY = [
    "# Install\n\nRun it.\n",
    "Use `{name}` and `{% tag %}` and `{{< tag >}}`.\n",
    "```md\n::: tip\nimport a from 'b'\n{% raw %}\n[x]: y\n:::\n```\n",
    "    {% indented %} code\n",
    "Let {a, b} be a set, f<T>(x) a call, `List<String>` a type and a Promise<Response> as well.\n",
    "Is a === b? It is!!! Really???\n",
    "    <b>indented</b> code and `<b>` and \\<b> and <https://a.example> and x < y\n",
    "<table>\n<tr><td><b>A</b></td></tr>\n</table>\n",
    "<!-- <b>out</b> -->\n",
    "> [!NOTE]\n> Alert.\n",
    "Text[^1].\n\n[^1]: A footnote.\n",
    "::: package.module\n    options:\n      show: true\n",
    "A matrix [[1, 2], [3, 4]] and `[[ -f x ]]`.\n",
    "$\\sum_{i=1}^{n} x_{i}$ and\n\n$$\n\\frac{a}{b}\n$$\n",
    "- item\n\n      code in an item\n",
    "import random from nowhere\n",
    "Line one\r\nline {two}\r\n",
    "",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_markdown_stays_as_it_is(text):
    assert rewrite(text) == text


words = st.text(st.sampled_from("abcé字 .,:;!?()`*_-#>|\\\"'0"), min_size=1, max_size=30)
lines = st.sampled_from(["", "    ", "> ", "- ", "# ", "1. ", "```\n", "~~~\n", "| a | b |\n"])


@pytest.mark.slow
@given(st.lists(st.tuples(lines, words), max_size=12))
@settings(max_examples=200, deadline=None)
def test_no_word_and_no_position_of_ordinary_markdown_changes(parts):
    text = "\n".join(f"{start}{line}" for start, line in parts)
    assert rewrite(text) == text


SYNTAX = [
    "{% if x %}",
    "{{< tab 'A' >}}",
    "<Card title='A'>",
    "</Card>",
    "::: tip T",
    ":::",
    "```{note}",
    "```",
    "{#a}",
    "`",
]
SYNTAX += [
    "[x]: y",
    "[x]",
    "import a from 'b'",
    "(a)=",
    "{ref}`a`",
    "///",
    "/// note | T",
    "---",
    "$",
    "{/*",
    "*/}",
    "<",
    "{",
    "!!! note",
    '=== "T"',
    "    ",
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<a href='/x'>",
    "</a>",
    "<li>",
    "<ul>",
    "</ul>",
    "<h2>",
    "</h2>",
    "<summary>",
    "</summary>",
    "<code>",
    "</code>",
    "<br>",
    "<table>",
    "</table>",
]


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from(SYNTAX), st.sampled_from(["", "\n", "\n\n", " "])), max_size=14))
@settings(max_examples=300, deadline=None)
def test_words_between_any_markup_are_kept(parts):
    pieces = [f"w{number}w {syntax}{space}" for number, (syntax, space) in enumerate(parts)]
    text = "First.\n\n" + "\n".join(pieces)
    if "{/*" in text or "{ " in text or "---" in text or "import" in text or "---" in text:
        return  # comments, expressions and statements hold words that readers don't see
    kept = rewrite(text)
    for number, (syntax, _) in enumerate(parts):
        if syntax != "[x]: y":
            assert f"w{number}w" in kept


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "hostile",
    ["{%", "{{<", "{", "<a ", "<A x={", "[", "![", ":::a\n", "```{note}\n", "$a{", "{/*", "(a)=\n", "[a\\", "<p>"],
)
@pytest.mark.parametrize("name", ["a.md", "a.mdx"])
def test_a_hostile_page_takes_bounded_time(hostile, name):
    rewrite(hostile * (8_000 // len(hostile)), name)


def test_a_page_that_holds_every_mark_for_code_is_left_alone():
    text = "".join(map(chr, range(0xE000, 0xE100))) + " {% if x %}"
    assert rewrite(text) == text


def test_quarto_and_r_markdown_are_read():
    assert find_reader("a.qmd")
    assert find_reader("a.Rmd")


def test_inline_code_of_a_cell_is_code():
    assert rewrite("There are `r nrow(x)` rows.\n", "a.qmd") == "There are `nrow(x)` rows.\n"


def test_data_in_addresses_becomes_its_kind():
    data = "iVBORw0KGgo" * 20
    image, html = f"![Chart](data:image/png;base64,{data})", f'<input src="data:image/gif;base64,{data}">'
    text = f"{image}\n\n{html}\n\n`data:image/png;{data}`\n"
    kept = rewrite(text)
    assert "![Chart](data:image/png)" in kept
    assert '<input src="data:image/gif">' in kept
    assert kept.endswith(f"`data:image/png;{data}`\n"), "code is as written"


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        ('---\ntitle: "A \\"b\\""\n---\n', "a.md", 'A "b"'),
        ("export const metadata = { title: 'From code' }\n\nText.", "a.mdx", "From code"),
        ("---\nlayout: page\n---\n\n# Own\n", "a.md", ""),
    ],
)
def test_a_page_may_state_its_title(text, name, title):
    assert rewrite_dialects(text, name, str).title == title


def test_no_markup_is_left_of_a_page_with_everything():
    page = """---
description: All of it.
---
import A from 'a';

(target)=
# Title {#id}

::: tip
Tip.
:::

<Card title="Card" href="/c">Text</Card>

{{< note >}}Note{{< /note >}}

See [it][x] and {ref}`target`.

[x]: /y
"""
    kept = rewrite(page)
    assert not re.search(r":::|<Card|\{\{<|import|\)=|\[x\]|\{ref|\{#", kept)
    for word in ("All of it.", "Title", "Tip.", "Card", "Text", "Note", "[it](/y)"):
        assert word in kept
