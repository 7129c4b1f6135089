"""Directives of MyST."""

import pytest

from vrom.builder.sources.formats.markdown.rewrite import rewrite_dialects


def rewrite(text):
    return rewrite_dialects(text, "page.md", str.upper).text.strip()


@pytest.mark.parametrize(
    ("directive", "markdown"),
    [
        ("```{note}\nBody.\n```", "**Note**:\nBody."),
        ("```{note} Body.\n```", "**Note**:\nBody."),
        ("```{admonition} Read *this*\n:class: tip\n\nBody.\n```", "**Read *this***:\nBody."),
        ("```{code-block} python\n:linenos:\n\n# x\n```", "```python\n# x\n```"),
        ("```{code-block} sh\n:caption: In a shell\nrun\n```", "**In a shell**:\n\n```sh\nrun\n```"),
        ("```{code-cell} ipython3\n---\ntags: [x]\n---\nx\n```", "```python\nx\n```"),
        ("```{versionadded} 2.1\nNew.\n```", "**New in version 2.1**:\nNew."),
        ("```{figure} a.png\n:alt: A map\nThe caption.\n```", "![A map](a.png)\n\nThe caption."),
        ("```{dropdown} More\nBody.\n```", "**More**:\nBody."),
        ("```{toctree}\n:maxdepth: 2\na\nb\n```", ""),
        ("```{math}\na = b\n```", "$$\na = b\n$$"),
        ("```{eval-rst}\n.. note:: x\n```", ".. NOTE:: X"),
        ("```{py:function} demo.put(x)\nPuts.\n```", "**`demo.put(x)`**:\n\nPuts."),
        (":::{tip}\nBody.\n:::", "**Tip**:\nBody."),
        ("```{unheard-of} Its title\nBody.\n```", "**Its title**:\nBody."),
        ("```{literalinclude} x.py\n```", "```{literalinclude} x.py\n```"),
    ],
)
def test_a_directive_becomes_markdown(directive, markdown):
    assert rewrite(directive) == markdown


def test_directives_nest():
    text = "````{note}\nFirst:\n\n```{code-block} python\nx = {1}\n```\n````"
    assert rewrite(text) == "**Note**:\nFirst:\n\n```python\nx = {1}\n```"


def test_each_tab_is_under_its_label():
    text = "::::{tab-set}\n:::{tab-item} pip\nA.\n:::\n:::{tab-item} conda\nB.\n:::\n::::"
    assert rewrite(text).split() == ["**pip**:", "A.", "**conda**:", "B."]


def test_tables_become_tables():
    rows = "* - Option\n  - Meaning\n* - port\n  - where it\n    listens"
    assert rewrite(f"```{{list-table}} Options\n:header-rows: 1\n{rows}\n```").split("\n") == [
        "**Options**:",
        "",
        "| Option | Meaning |",
        "| --- | --- |",
        "| port | where it listens |",
    ]
    assert rewrite('```{csv-table}\n:header: a, b\n"x, y", z\n```') == "| a | b |\n| --- | --- |\n| x, y | z |"


def test_a_directive_in_a_list_stays_there():
    assert rewrite("- a\n\n  ```{note}\n  Body.\n  ```\n") == "- a\n\n  **Note**:\n  Body."
