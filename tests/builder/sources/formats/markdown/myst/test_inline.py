"""Roles, targets, comments and substitutions of MyST."""

import pytest

from vrom.builder.sources.formats.markdown.rewrite import rewrite_dialects


def rewrite(text):
    return rewrite_dialects(text, "page.md", str).text


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("{ref}`the guide <guide>`", "the guide"),
        ("{doc}`/start/guide`", "guide"),
        ("{term}`cache`", "cache"),
        ("{py:func}`demo.put`", "`demo.put`"),
        ("{py:meth}`~demo.Store.put`", "`put`"),
        ("{py:class}`!Store`", "`Store`"),
        ("{math}`x^2`", "$x^2$"),
        ("{cite:p}`knuth`", "[knuth]"),
        ("{kbd}`Ctrl`", "`Ctrl`"),
        ("{pep}`8`", "PEP 8"),
        ("{numref}`Figure %s <fig>`", "Figure"),
        ("`{ref}`", "`{ref}`"),
        ("`a {x}` and `b`", "`a {x}` and `b`"),
        ("`{a}@{b}` and `{a}@c`", "`{a}@{b}` and `{a}@c`"),
    ],
)
def test_a_role_becomes_its_text(role, shown):
    assert rewrite(f"See {role} there.") == f"See {shown} there."


def test_a_reference_to_a_heading_of_the_page_is_its_text():
    assert rewrite("(setup)=\n# Set up\n\nSee {ref}`setup`.") == "\n# Set up\n\nSee Set up."


def test_comments_and_block_breaks_go():
    assert rewrite('(a)=\n# A\n\n% hidden\n\n+++ {"x": 1}\n\nText: 5 % more.').split() == [
        "#",
        "A",
        "Text:",
        "5",
        "%",
        "more.",
    ]


def test_substitutions_that_the_page_defines_are_put_in():
    page = "---\nmyst:\n  substitutions:\n    release: 2.1\n---\n\n{ref}`a` {{ release }} {{ other }}\n"
    assert rewrite(page).strip() == "a 2.1 {{ other }}"
