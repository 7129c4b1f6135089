"""Rendered Markdown of strangers."""

import re

import pytest

from vrom.app.explorer.view.markdown import mark_words, render_markdown

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "text <b onclick=alert(1)>bold</b>",
    "<!-- hidden -->",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](data:text/html,<script>1</script>)",
    "[a](vbscript:x)",
    "[a](file:///etc/passwd)",
    "[a](https://docs.example@evil.example/)",
    '[a](https://x.example "onclick=alert(1)")',
    "![a](https://evil.example/pixel.png)",
    "![a](data:image/svg+xml,<svg onload=alert(1)>)",
    "<javascript:alert(1)>",
    "[a]: javascript:alert(1)\n\n[a]",
    '```"><script>alert(1)</script>\ncode\n```',
    "| <script> | b |\n| --- | --- |\n| `<script>` | [a](javascript:x) |",
    "&lt;script&gt; &#60;script&#62;",
    "`<script>`",
    "# <script>",
    '<a href="https://evil.example">x</a>',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_tag_an_image_or_an_address_but_http(text):
    html = str(render_markdown(text, frozenset({"script", "alert"})))
    tags = set(re.findall(r"<\s*/?\s*([a-zA-Z][\w-]*)", html))
    assert tags <= {"p", "a", "div", "code", "pre", "span", "mark", "h3", "table", "thead", "tbody", "tr", "th", "td"}
    for attributes in re.findall(r"<\w+([^>]*)>", html):
        assert set(re.findall(r'([\w-]+)="', attributes)) <= {"href", "rel", "class", "tabindex"}, attributes
    assert all(address.startswith(("http://", "https://")) for address in re.findall(r'href="([^"]*)"', html))
    assert "evil.example/" not in "".join(re.findall(r'(?:href|src)="([^"]*)"', html))


def test_links_to_the_web_are_links_and_others_are_text():
    html = render_markdown("[web](https://docs.example/a?b=1&c=2) [page](other.md)")
    assert '<a href="https://docs.example/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">web</a>' in html
    assert '<span class="link">page</span>' in html


def test_headings_are_below_those_of_the_page_and_leave_no_level_out():
    html = render_markdown("# One\n\n#### Four\n\n## Two", below=2)
    assert re.findall(r"<h(\d)>", html) == ["3", "4", "4"]
    assert re.findall(r"<h(\d)>", render_markdown("###### Six", below=1)) == ["2"]


def test_a_long_text_is_cut_with_a_note():
    assert "… 5,000 more characters" in render_markdown("x" * 45_000)


def test_words_are_marked_by_their_stem_and_function_words_are_not():
    assert mark_words("Boiling the <kettle>", frozenset({"boil", "the"})) == "<mark>Boiling</mark> the &lt;kettle&gt;"
