"""What isn't a page's own text."""

import pytest


@pytest.mark.parametrize(
    "extra",
    [
        "<nav>Menu</nav>",
        "<div class=breadcrumbs_x1><a href='/'>Home</a> / <a href='/a'>Guides</a></div>",
        "<div class='navfooter'><hr><table><tr><td><a href=a.html>Prev</a></td><td><a href=b.html>Next</a></td>"
        "</tr></table></div>",
        "<p><a href=a.html>« Previous</a> | <a href=b.html>Next: Tuning »</a></p>",
        "<a href='https://forge.example/edit/a.md'>Edit this page on GitHub</a>",
        "<div>Was this page helpful? <button>Yes</button><button>No</button></div>",
        "<div class=cookie-banner><p>We use cookies.</p></div>",
        "<footer>Last updated on <time>1 May</time></footer>",
        "<p>Last updated: 1 May 2024</p>",
        "<div class=page-feedback><p>Tell us more</p></div>",
        "<button>Copy</button>",
        "<div class=theme-doc-version-badge>Version 2</div>",
        "<aside class=right><ul><li><a href='#a'>Alpha</a><li><a href='#b'>Beta</a><li><a href='#c'>Gamma</a>"
        "</ul></aside>",
        "<div class=toc><p>On this page</p><ul><li><a href='#a'>A</a></ul></div>",
        "<p><a class=test-arrow href='https://play.example'>Run</a></p>",
        "<script>x()</script><style>p{}</style><svg><text>x</text></svg>",
    ],
)
def test_navigation_and_controls_are_removed(markdown, extra):
    text = "<h1>Tune</h1><p>Set the size of the pool to the number of cores, and measure.</p>"
    assert markdown(text + extra) == markdown(extra + text) == markdown(text)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("<h2>Use<a class=headerlink href='#use'>¶</a></h2>", "## Use"),
        ("<h2><a class=header href='#use'>Use</a></h2>", "## Use"),
        ("<h2>Use <a class=anchor href='#use'></a></h2>", "## Use"),
        ("<h2><a role=doc-backlink href='#id1'>Use</a></h2>", "## Use"),
        ("<h2>Use<button>Copy path</button></h2>", "## Use"),
        ("<h3><button>What is it?</button></h3>", "### What is it?"),
        ("<h2>2.1&nbsp;Use</h2>", "## 2.1 Use"),
        ("<div role=heading aria-level=3>Use</div>", "### Use"),
        ("<h1>T</h1><p class=title><b>Example 1.2. Use</b></p>", "# T\n\n## Example 1.2. Use"),
        ("<h2>T</h2><p class=rubric>Use</p>", "## T\n\n### Use"),
        ("<h2>Vec&lt;T&gt; and _private_</h2>", "## `Vec<T>` and `_private_`"),
    ],
)
def test_headings_are_kept_without_permalinks_and_buttons(markdown, given, expected):
    assert markdown(f"{given}<p>Text.</p>") == f"{expected}\n\nText."


def test_a_name_alone_removes_no_prose(markdown):
    prose = "The controller measures the output and corrects the input, which is what feedback means here. " * 4
    assert markdown(f"<div class=feedback><p>{prose}</p></div>") == prose.strip()


def test_code_is_left_whole(markdown):
    assert "copy" in markdown("<pre><span>copy</span> <span class=navigation>a</span> b</pre>")


def test_a_header_within_the_content_keeps_its_text(markdown):
    page = "<article><header><h1>Tune</h1><p>In short.</p></header><p>Text.</p></article>"
    assert markdown(page) == "# Tune\n\nIn short.\n\nText."


def test_a_trail_to_the_page_before_the_first_heading_is_removed(markdown):
    trail = "<div id=menu><a href='../_index.html'>Index</a> » <a href='../Store.html'>Store</a> » <b>Cache</b></div>"
    assert markdown(f"{trail}<h1>Cache</h1><p>Keeps.</p>") == "# Cache\n\nKeeps."
    assert markdown("<p>Choose <a href=f.html>File</a> » <b>Save</b>.</p><h1>Files</h1>").startswith("Choose")


def test_a_menu_of_the_site_before_the_first_heading_is_removed(markdown):
    menu = "<ul>" + "".join(f"<li><a href='{n}.html'>Page {n}</a>" for n in range(20)) + "</ul>"
    assert markdown(f"{menu}<h2>Files</h2><p>Read them.</p>") == "## Files\n\nRead them."
    assert "Page 7" in markdown(f"<h2>Files</h2>{menu}")


def test_the_index_of_a_page_goes_if_the_page_documents_its_members(markdown):
    index = "<section class=tsd-index-panel><h3>Methods</h3><a href='#get'>get</a></section>"
    member = "<section class=tsd-member><h3>get</h3><p>Gets.</p></section>"
    assert markdown(f"<h1>Cache</h1>{index}{member}") == "# Cache\n\n### get\n\nGets."
    assert "Methods" in markdown(f"<h1>Cache</h1>{index}<p>Keeps.</p>")


def test_the_place_of_a_member_in_its_source_is_removed(markdown):
    text = markdown(
        "<h1>put</h1><p>Puts.</p><dl class=details><dt class=tag-since>Since:</dt><dd class=tag-since>1.2</dd>"
        "<dt class=tag-source>Source:</dt><dd class=tag-source><a href=a.js.html>a.js</a>, line 4</dd></dl>"
    )
    assert text == "# put\n\nPuts.\n\n**Since:**\n\n1.2"


def test_the_copy_of_the_title_for_printing_is_removed(markdown):
    printed = "<div id=jb-print-docs-body class=onlyprint><h1>Guide</h1><p>Contents</p></div>"
    assert markdown(f"{printed}<article><h1>Guide</h1><p>Read it.</p></article>") == "# Guide\n\nRead it."
