"""Asides, footnotes and callouts."""

import pytest


@pytest.mark.parametrize(
    ("aside", "expected"),
    [
        ("<div class='admonition tip'><p class=admonition-title>Tip</p><p>Go.</p></div>", "> **Tip**\n>\n> Go."),
        (
            "<div class='admonition warning'><p class=admonition-title>Hot</p><p>Go.</p></div>",
            "> **Warning: Hot**\n>\n> Go.",
        ),
        ("<div class=note><h3 class=title>Note</h3><p>Go.</p></div>", "> **Note**\n>\n> Go."),
        ("<aside class=topic><p class=topic-title>Why</p><p>Go.</p></aside>", "> **Why**\n>\n> Go."),
        ("<aside><p>Go.</p></aside>", "> Go."),
        (
            "<div class='tsd-alert tsd-alert-note'><div class=tsd-alert-title><span>Note</span></div><p>Go.</p></div>",
            "> **Note**\n>\n> Go.",
        ),
        ("<div class='callout' data-callout-type=danger><p>Go.</p></div>", "> **Danger**\n>\n> Go."),
        ("<div class='markdown-alert markdown-alert-note'><p>Go.</p></div>", "> **Note**\n>\n> Go."),
        (
            "<div class='admonitionblock caution'><table><tr><td class=icon><i title=Caution></i></td>"
            "<td class=content>Go.</td></tr></table></div>",
            "> **Caution**\n>\n> Go.",
        ),
        (
            "<div class=important><table><tr><td rowspan=2><img alt='[Important]' src=i.png></td>"
            "<th>Important</th></tr>"
            "<tr><td><p>Go.</p></td></tr></table></div>",
            "> **Important**\n>\n> Go.",
        ),
        ("<details><summary>More</summary><p>Go.</p></details>", "**More**\n\nGo."),
    ],
)
def test_an_aside_is_a_quote_with_its_title_or_kind(markdown, aside, expected):
    assert markdown(f"<h1>T</h1><p>Before.</p>{aside}").endswith(f"Before.\n\n{expected}")


def test_the_title_of_an_aside_is_no_heading_of_what_follows(markdown):
    assert "#" not in markdown("<div class=warning><h4>Warning</h4><p>Hot.</p></div><p>Rest.</p>")


def test_an_ordinary_box_that_is_named_like_a_kind_is_no_aside(markdown):
    assert markdown("<div class=info><p>Plain text.</p></div>") == "Plain text."


@pytest.mark.parametrize(
    "note",
    [
        "<aside class='footnote brackets' id=n><span class=label><span>[</span>1<span>]</span></span>"
        "<p>Note.</p></aside>",
        "<dl class=footnote><dt class=label><span><a class=fn-backref href='#r'>1</a></span></dt><dd>"
        "<p>Note.</p></dd></dl>",
        "<table class=footnote><tr><td class=label>[1]</td><td>Note.</td></tr></table>",
    ],
)
def test_a_footnote_keeps_its_number(markdown, note):
    assert markdown(f"<p>Text<sup><a href='#n'>1</a></sup>.</p>{note}") == "Text[1].\n\n[1] Note."


def test_callouts_are_a_numbered_list(markdown):
    code = "<pre>a <b>(1)</b>\nb <b>(2)</b></pre>"
    rows = "<tr><td><b>1</b></td><td>First.</td></tr><tr><td><b>2</b></td><td>Second.</td></tr>"
    text = markdown(f"{code}<div class=colist><table>{rows}</table></div>")
    assert text == "```\na (1)\nb (2)\n```\n\n1. First.\n2. Second."


def test_a_citation_is_a_paragraph_with_its_label(markdown):
    citation = "<div class=citation role=doc-biblioentry><span class=label>[CIT]</span><p>A book.</p></div>"
    assert markdown(f"<h1>T</h1><p>x</p>{citation}").endswith("x\n\n[CIT] A book.")
