"""Link definitions and wiki links."""

import pytest

from vrom.builder.sources.formats.markdown.rewrite import rewrite_dialects


def rewrite(text):
    return rewrite_dialects(text, "a.md", str).text


@pytest.mark.parametrize(
    ("used", "resolved"),
    [
        ("[text][Site]", "[text](https://x.example)"),
        ("[site][]", "[site](https://x.example)"),
        ("[Site]", "[Site](https://x.example)"),
        ("![logo][site]", "![logo](https://x.example)"),
        ("[![logo][site]][site]", "[![logo](https://x.example)](https://x.example)"),
        ("[`code`][site]", "[`code`](https://x.example)"),
        ("[text][other]", "[text][other]"),
        ("[other]", "[other]"),
        ("`[site]`", "`[site]`"),
        ("[site](/own)", "[site](/own)"),
        ("[two\nlines][site]", "[two\nlines](https://x.example)"),
    ],
)
def test_a_definition_is_resolved_into_the_links_that_use_it(used, resolved):
    assert rewrite(f"See {used}.\n\n[site]: https://x.example\n[unused]: /u\n") == f"See {resolved}.\n\n"


@pytest.mark.parametrize(
    "definition",
    ['[a]: /b "Title"', "[a]: </b> 'Title'", '[a]:\n  /b "Title"', '[a]: /b\n  "Title"', "   [A]: /b (Title)"],
)
def test_a_definition_may_have_a_title(definition):
    kept = rewrite(f"See [a].\n\n{definition}\n")
    assert kept.startswith("See [a](")
    assert "/b" in kept
    assert "Title" in kept
    assert "]:" not in kept


def test_the_first_of_two_definitions_counts():
    assert rewrite("[a]\n\n[a]: /1\n[a]: /2\n") == "[a](/1)\n\n"


def test_a_comment_written_as_a_definition_goes():
    assert rewrite("A.\n\n[//]: # (hidden)\n\nB.\n") == "A.\n\n\nB.\n"


def test_definitions_in_code_are_code():
    text = "```\n[a]: /b\n```\n\n[a]\n"
    assert rewrite(text) == text


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("See [[Install Guide]].", "See Install Guide."),
        ("See [[Install-Guide|the guide]].", "See [the guide](Install-Guide)."),
        ("See [[the guide|Install-Guide]].", "See [the guide](Install-Guide)."),
        ("[[_TOC_]]\nText", "Text"),
        ("[[toc]]\n\nText", "\nText"),
        ("[TOC]\n\nText", "\nText"),
        ("* TOC\n{:toc}\n\nText", "\nText"),
        ("[[autodoc]] demo.Trainer", "[[autodoc]] demo.Trainer"),
        ("## Trainer[[demo.Trainer]]", "## Trainer[[demo.Trainer]]"),
        ("if [[ -f x ]]", "if [[ -f x ]]"),
    ],
)
def test_wiki_links_and_tables_of_contents(written, kept):
    assert rewrite(written) == kept
