"""Lists of attributes."""

import pytest

from vrom.builder.sources.formats.markdown.attributes import remove_attributes


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("## Sort {#sort}", "## Sort"),
        ('## Sort { id="sort" .x }', "## Sort"),
        ("## Sort {: #sort .x }", "## Sort"),
        ("## `sort` {/* #sort */}", "## `sort`"),
        ("Text.\n{: .note }\n", "Text.\n"),
        ("1. One (1)\n{ .annotate }\n", "1. One (1)\n"),
        ("[Go](x){ .button } on", "[Go](x) on"),
        ("![](a.png){ width=30 loading=lazy }", "![](a.png)"),
        ("[caps]{.smallcaps} here", "caps here"),
        ("**bold**{: .red}", "**bold**"),
        ("[](){#anchor}\n", "\n"),
    ],
)
def test_attributes_go(written, kept):
    assert remove_attributes(written) == kept


@pytest.mark.parametrize("text", ["a {b} c", "{a, b}", "## Map {k: v}", "x_{i=1}", "{}", "f(x) {return}", "set {x=1}"])
def test_other_braces_are_text(text):
    assert remove_attributes(text) == text
