"""Generated pages, which are passed over by what is in them."""

import pytest

from vrom.builder.sources.formats.encodings.decode import NothingToReadError
from vrom.builder.sources.formats.html.page import read_html

LINKS = "".join(f"<li><a href='a.html#{n}'>entry{n}</a>" for n in range(30))
PROSE = (
    "<p>The server reads each file once and keeps what it holds, so that later requests are answered at once.</p>" * 6
)


@pytest.mark.parametrize(
    ("name", "page", "reason"),
    [
        ("genindex.html", f"<h1 id=index>Index</h1><h2>E</h2><ul>{LINKS}</ul>", "index"),
        ("x.html", f"<table class=indextable><tr><td><ul>{LINKS}</ul></table>", "index"),
        (
            "functions.html",
            f"<meta name=generator content='Doxygen 1.9'><body><div class=title>Class Members</div><ul>{LINKS}",
            "index",
        ),
        ("index-all.html", f"<body class=index-page><dl><dt>{LINKS}</dl>", "index"),
        ("all.html", f"<body class='rustdoc mod'><main><h1>List of all items</h1><ul class=all-items>{LINKS}", "index"),
        (
            "a_8h_source.html",
            "<meta name=generator content='Doxygen 1.9'><div class=title>a.h</div><pre>int a;</pre>",
            "source",
        ),
        ("a.js.html", "<h1>Source: a.js</h1><pre class='prettyprint source linenums'>x = 1</pre>", "source"),
        ("_modules/a.html", "<h1>Source code for a</h1><div class=highlight><pre>x = 1</pre></div>", "source"),
        (
            "search.html",
            "<h1>Search</h1><p>Please activate JavaScript to enable the search functionality.</p>",
            "search",
        ),
        (
            "search.html",
            "<h1>Search</h1><form role=search><input type=search></form><div id=search-results></div>",
            "search",
        ),
        ("404.html", "<title>404 Not Found</title><h1>Page not found</h1><p>Go back.</p>", "exist"),
        ("print.html", f"<h1>Book</h1>{PROSE}<script>window.setTimeout(window.print, 100)</script>", "print"),
        (
            "old.html",
            "<meta http-equiv=refresh content='0; url=new.html'><p>Moved to <a href=new.html>new</a></p>",
            "redirect",
        ),
        ("old.html", "<p>Redirecting…</p><script>window.location.href = 'new.html'</script>", "redirect"),
    ],
)
def test_generated_pages_are_passed_over_with_a_reason(name, page, reason):
    with pytest.raises(NothingToReadError, match=reason):
        list(read_html(page, name))


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("search.html", f"<h1>Search</h1>{PROSE}"),
        ("print.html", f"<h1>Print</h1>{PROSE}"),
        ("functions.html", f"<h1>Functions</h1>{PROSE}<ul>{LINKS}</ul>"),
        ("files.html", "<h1>Files</h1><pre>open()</pre><p>Opens.</p>"),
        ("index.html", f"<h1>Guides</h1><ul>{LINKS}</ul>"),
        ("errors.html", f"<title>Not found errors</title><h1>404 and other errors</h1>{PROSE * 3}"),
        ("moved.html", f"<meta http-equiv=refresh content='600; url=moved.html'><h1>Moved</h1>{PROSE}"),
    ],
)
def test_an_ordinary_page_of_such_a_name_is_read(name, page):
    assert list(read_html(page, name))
