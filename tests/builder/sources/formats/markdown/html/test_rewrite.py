"""HTML in the prose of a page."""

import time

import pytest

from vrom.builder.sources.formats.markdown.rewrite import rewrite_dialects


def rewrite(text, name="page.md"):
    return rewrite_dialects(text, name, str).text


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ('See <a href="/keys" target="_blank">the keys</a>.', "See [the keys](/keys)."),
        ("See <a href='/keys'><strong>keys</strong></a>.", "See [**keys**](/keys)."),
        ('See <a href="/a_(b)">it</a>.', "See [it](/a_%28b%29)."),
        ('See <a href="#keys">below</a>.', "See below."),
        ('<a id="x"></a>Keys <a name="y">open</a> doors.', "Keys open doors."),
        ("A <b>key</b> and <em> lock </em>.", "A **key** and  *lock* ."),
        ("A <strong>2 * 3</strong>.", "A 2 * 3."),
        ("Call <code>a &lt; b</code>.", "Call `a < b`."),
        ("Call <code>a`b</code>.", "Call ``a`b``."),
        ("Press <kbd>Ctrl</kbd>+<kbd>C</kbd>.", "Press Ctrl+C."),
        ("x<sup>2</sup>, the 2<sup>nd</sup>, H<sub>2</sub>O.", "x^2, the 2nd, H_2O."),
        ('A <span class="red">red</span> <font color="red">key</font>.', "A red key."),
        ('An <abbr title="application interface">API</abbr>.', "An API (application interface)."),
        ("One<br>two<br/>\nthree", "One\ntwo\nthree"),
        ('A <img src="/a.png" alt="Plan of a lock"> here.', "A ![Plan of a lock](/a.png) here."),
        ('A <img class="emoji" src="/a.png" alt=":key:"> here.', "A :key: here."),
        ('[<img src="/a.png">](/b)', "[image](/b)"),
        ('<a href="/b"><img src="/a.png" alt="Plan"></a>', "[![Plan](/a.png)](/b)"),
    ],
)
def test_words_in_a_line_are_marked_as_in_markdown(html, markdown):
    assert rewrite(html) == markdown


@pytest.mark.parametrize(
    "text",
    [
        "A Vec<b> and a Promise<a>, and <https://a.example>.",
        "A Page<P>, a List<Source>, a Map<li> and a Set<source>.",
        "A `<b>` and ``<a href='x'>`` in code.",
        "```html\n<p align=center><b>x</b></p>\n```",
        "    <b>indented code</b>",
        "<pre>\n<b>x</b>\n</pre>",
        "Escaped: \\<b>text\\</b>.",
        "<table><tr><td><b>A</b></td></tr></table>",
        "$a_{1} <b> c_{2} </b>$",
    ],
)
def test_code_types_and_tables_stay(text):
    assert rewrite(text) == text


def test_a_type_that_a_component_documents_stays():
    text = "<ParamField query='keys' type='Array<source>' />\n\nText <b>in bold</b>."
    assert "`Array<source>`" in rewrite(text, "a.mdx")


@pytest.mark.parametrize(
    "html", ['<h2 align="center">Open a lock</h2>', "<h2>\n  Open\n  <em>a</em> lock\n</h2>", "<h2>Open<br>a lock</h2>"]
)
def test_a_heading_begins_a_section(html):
    assert rewrite(f"Text.\n\n{html}\n\nMore.") == "Text.\n\n## Open a lock\n\nMore."


def test_the_title_of_details_is_a_label_and_its_content_markdown():
    text = "<details>\n<summary>Click <b>me</b></summary>\n\n```sh\nrun\n```\n\n</details>"
    assert rewrite(text).strip() == "**Click me**:\n\n```sh\nrun\n```"


def test_a_list_is_one_with_its_levels():
    text = "<ul>\n  <li><span>A</span>\n    <ol><li>B</li>\n    <li>C</li></ol></li>\n  <li>D\n</ul>\nEnd."
    assert rewrite(text).strip() == "- A\n  1. B\n  1. C\n- D\n\nEnd."


def test_indented_html_does_not_become_code():
    text = '<div align="center">\n    <p>A key\n       opens.</p>\n    <p>A lock.</p>\n</div>'
    assert rewrite(text).strip() == "A key\nopens.\n\nA lock."


def test_blocks_in_lists_and_quotes_stay_in_them():
    assert rewrite("- A\n\n  <p>B</p>\n").rstrip() == "- A\n\n  B"
    assert [line.rstrip() for line in rewrite("> A\n>\n> <p>B</p>\n").split("\n") if line.strip("> ")] == ["> A", "> B"]


def test_a_row_of_a_table_stays_a_line():
    text = "| A | B |\n|---|---|\n| one<br>two | <ul><li>x</li><li>y</li></ul> |\n"
    kept = rewrite(text).split("\n")
    assert len(kept) == 4
    assert "one two" in kept[2]
    assert kept[2].count("•") == 2


def test_a_link_around_blocks_is_the_first_ones():
    text = '<a class="card" href="/start">\n  <div class="title">Start</div>\n  <p>How to begin.</p>\n</a>'
    assert rewrite(text).strip() == "[Start](/start)\n\nHow to begin."


@pytest.mark.parametrize(
    "html", ["<b>a", "a</b>", "<li>a", "<p>a", "</div>a", "<ul>a", "<table>a", "<h1>a", "<a href=x>a"]
)
def test_what_lacks_its_other_half_loses_no_word(html):
    assert [
        word for word in rewrite(f"w1w {html} w2w").replace("<", " <").replace(">", "> ").split() if word.isalnum()
    ] == ["w1w", "a", "w2w"]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("hostile", ["<ul><li>", "<a href=x><p>", "<table>", "<b><i>", "<h1>\n", "<code>", "<br> "])
def test_many_tags_take_time_in_proportion(hostile):
    begun = time.perf_counter()
    rewrite(hostile * (12_000 // len(hostile)))
    assert time.perf_counter() - begun < 5
