"""HTML pages as Markdown."""

import pytest

from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.html.page import find_links, read_html


def markdown(body: str, url: str = "") -> str:
    [document] = read_html(f"<html><body>{body}</body></html>", "a.html", url)
    return document.text.strip()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("<h2>Use <code>x</code></h2><p>Text.</p>", "## Use `x`\n\nText."),
        ("<p>A <b>bold</b> and <em> soft </em> word</p>", "A **bold** and  *soft*  word".replace("  ", " ")),
        ("<p>one<br>two\n three</p>", "one two three"),
        ('<pre><code class="language-py">x\n\n# y\n</code></pre>', "```py\nx\n\n# y\n```"),
        (
            '<div class="highlight-python notranslate"><div class="highlight"><pre>x</pre></div></div>',
            "```python\nx\n```",
        ),
        ('<pre class="brush: java">x</pre>', "```java\nx\n```"),
        ("<pre>```</pre>", "````\n```\n````"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ('<ol start="3"><li>a<li>b</ol>', "3. a\n4. b"),
        ("<ul><li><p>a</p><pre>x</pre></li></ul>", "- a\n\n  ```\n  x\n  ```"),
        (
            "<table><tr><th>A<th>B<tr><td>1|2<td><p>x</p><p>y</p></table>",
            "| A | B |\n| --- | --- |\n| 1\\|2 | x<br>y |",
        ),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ('<div class="admonition note"><p class="admonition-title">Note</p><p>a</p></div>', "> **Note**\n>\n> a"),
        ("<dl><dt>term<dd>meaning</dl>", "**term**\n\nmeaning"),
        (
            '<dl class="py"><dt class="sig sig-object" id="lib.f">lib.f(x)<a class="headerlink" href="#f">¶</a></dt>'
            "<dd><p>Does.</p></dd></dl>",
            "#### lib.f\n\n```python\nlib.f(x)\n```\n\nDoes.",
        ),
        ('<p><img src="x.png" alt="Pic"> <img src="y.png"></p>', "![Pic](x.png)"),
        ("<p># no heading</p>", "\\# no heading"),
        ("<details><summary>More</summary>text</details>", "**More**\n\ntext"),
        ('<h2>Use<a class="headerlink" href="#use">¶</a></h2>x', "## Use\n\nx"),
        ('<h2>Use <a href="#use">#</a></h2>x', "## Use\n\nx"),
        ("<p>text</p>tail", "text\n\ntail"),
        ("<span><div>a</div><p>b</p></span>", "a\n\nb"),
    ],
)
def test_each_element(given, expected):
    assert markdown(given) == expected


def test_relative_links_are_completed_and_those_within_the_page_are_text():
    assert markdown(
        '<p><a href="b.html">b</a> <a href="#c">c</a> <a href="http://[">d</a></p>', "https://x.org/a/"
    ) == ("[b](https://x.org/a/b.html) c d")


def test_what_is_around_the_content_is_dropped():
    page = (
        "<header>Site</header><nav>Menu</nav><div class=sidebar>Side</div>"
        "<main><h1>Title</h1><p>Text that is the page's own.</p><script>var x</script><button>Copy</button></main>"
        "<footer>Foot</footer>"
    )
    assert markdown(page) == "# Title\n\nText that is the page's own."


def test_a_header_that_holds_the_title_is_kept():
    assert markdown("<main><header><h1>Title</h1></header><p>Text.</p></main>").startswith("# Title")


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<h1>Install</h1>", "Install"),
        ("<title>Install | My docs</title>", "Install"),
        ("<title>Install &mdash; Lib 2.0 documentation</title>", "Install"),
        ("<title>Sign-in</title>", "Sign-in"),
        ("", "My page"),
    ],
)
def test_the_title(head, title):
    [document] = read_html(f"{head}<p>Text.</p>", "my-page.html")
    assert document.title == title


@pytest.mark.timeout(60)
def test_a_title_that_was_made_to_be_read_for_ever_is_cut():
    [document] = read_html(f"<title>{' - a' * 500_000} |</title><body><p>Text.</p></body>", "a.html")
    assert len(document.title) <= 1000


def test_the_address_is_the_one_given_or_stated():
    page = '<link rel="canonical" href="https://x.org/a"><p>Text.</p>'
    assert next(read_html(page, "a.html")).url == "https://x.org/a"
    assert next(read_html(page, "a.html", "https://y.org/a")).url == "https://y.org/a"


@pytest.mark.parametrize("page", ["", "<script>" + "x=1;" * 10_000 + "</script>", "<nav>Menu</nav>", "<svg></svg>"])
def test_a_page_without_text_of_its_own_is_refused(page):
    with pytest.raises(UnreadableError, match="no text"):
        next(read_html(f"<html><body>{page}</body></html>", "a.html"))


@pytest.mark.parametrize("page", ["<div>" * 100_000, "<b>" * 100_000 + "</b>" * 100_000])
def test_nesting_that_no_parser_should_be_given_is_refused(page):
    with pytest.raises(UnreadableError, match="levels of nested elements"):
        markdown(page)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "page", ["<div>" * 3_000, "<ul><li>" * 2_000, "<p>" + "<b>" * 3_000, "<table><tr><td>" * 1_000]
)
def test_nesting_without_end_is_read_as_text(page):
    assert "deep" in markdown(page + "deep")


def test_links_are_absolute_and_each_once():
    page = '<base href="/docs/"><a href="a#x">1</a><a href="a">2</a><a href="mailto:x@y">3</a><a href="http://[">4</a>'
    assert find_links(page, "https://x.org/index") == ["https://x.org/docs/a"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "page",
    [
        "<span>a</span>" * 20_000,
        "<ul role=tablist><li role=tab>a</ul><div role=tabpanel>x</div>" * 3_000,
        "<div class=tabs><button>a</button></div>" * 3_000,
        "<input type=radio id=i><label for=i>l</label><div>p</div>" * 5_000,
        "<div class=memitem><div class=memproto>f()</div></div>" * 3_000,
        "<div class=note><h3>Note</h3><p>x</p></div>" * 3_000,
    ],
)
def test_pages_of_many_siblings_are_read_in_time(page):
    assert markdown(f"{page}<p>The end.</p>").endswith("The end.")
