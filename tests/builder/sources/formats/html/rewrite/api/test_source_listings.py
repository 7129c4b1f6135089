"""Listings of members' source code."""

import pytest

from vrom.builder.sources.formats.html.page import read_html

CODE = "<pre>def get(k):\n    return kept[k]</pre>"


@pytest.mark.parametrize(
    "listing",
    [
        f"<details class=mkdocstrings-source><summary>Source code in <code>a.py</code></summary>{CODE}</details>",
        f"<details class=quote><summary>Source code in <code>a.py</code></summary>{CODE}</details>",
        f"<details class=source><summary><span>Expand source code</span></summary>{CODE}</details>",
        f"<table class=source_code><tr><td><pre class=lines>1\n2</pre></td><td>{CODE}</td></tr></table>",
        f"<div class=method-source-code>{CODE}</div>",
        "<input class=view-source-toggle-state type=checkbox><label class=view-source-button>View Source</label>"
        f"<div class='pdoc-code codehilite'>{CODE}</div>",
    ],
)
def test_listings_are_left_out_and_counted(listing):
    [document] = read_html(f"<main><h1>get</h1><section>{listing}<p>Gets.</p></section></main>", "a.html")
    assert document.text.strip() == "# get\n\nGets."
    assert [remark.subject for remark in document.remarks] == ["source code of a member left out"]


@pytest.mark.parametrize(
    "code",
    [
        f"<details><summary>Source code</summary>{CODE}</details>",
        f"<details class=source><summary>The whole program</summary>{CODE}</details>",
        f"<div class='pdoc-code codehilite'>{CODE}</div>",
        f"<ul><li class=source_code>{CODE}</ul>",
    ],
)
def test_code_that_the_author_folded_in_stays(markdown, code):
    assert "return kept[k]" in markdown(f"<h1>get</h1>{code}<p>Gets.</p>")
