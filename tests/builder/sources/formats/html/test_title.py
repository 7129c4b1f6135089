"""Titles of pages."""

import pytest

from vrom.builder.sources.formats.html.page import read_html


@pytest.mark.parametrize(
    ("page", "title"),
    [
        (
            "<title>Slices - Book</title><div id=menu-bar><h1 class=menu-title>Book</h1></div><main>"
            "<h2>Slices</h2><p>x",
            "Slices",
        ),
        ("<title>Files | Lib</title><body><header><h1>Lib</h1></header><h2>Files</h2><p>x", "Files"),
        ("<title>Files | Lib</title><main><h1>Lib</h1><h2>Files</h2><p>x", "Files"),
        (
            "<title>lib: A Class</title><div class=headertitle><div class=title>A Class</div></div>"
            "<div class=contents><p>x",
            "A Class",
        ),
        (
            "<title>A (Lib API)</title><div class=header><h2 class=title>Class A</h2></div>"
            "<div class=contentContainer><p>x",
            "Class A",
        ),
        (
            "<title>tool(1)</title><div id=header><h1>tool(1) Manual</h1></div><div id=content><h2>USAGE</h2><p>x",
            "tool(1) Manual",
        ),
        (
            "<title>Cache&lt;K&gt; | Lib</title><main><h1>Class Cache&lt;K&gt;<button>Copy</button></h1><p>x",
            "Class Cache<K>",
        ),
        (
            "<main><section><article><h1>One</h1><p>x</article><article><h1>Two</h1><p>y</article></section></main>",
            "One",
        ),
    ],
)
def test_the_title_is_the_pages_own(page, title):
    [document] = read_html(page, "a.html")
    assert document.title == title


def test_text_beside_a_title_outside_the_content_is_kept():
    page = (
        "<title>t</title><div id=header><h1>t</h1><p>What it does.</p></div><div id=content><h2>USAGE</h2>"
        "<p>Use it so.</p></div>"
    )
    [document] = read_html(page, "a.html")
    assert document.text == "# t\n\nWhat it does.\n\n## USAGE\n\nUse it so.\n"


def test_of_many_articles_all_are_read():
    page = "<title>lib</title><h1>lib</h1><div>" + "".join(
        f"<article><h3>f{n}</h3><p>Text.</p></article>" for n in range(4)
    )
    [document] = read_html(page, "a.html")
    assert document.text.count("### f") == 4
