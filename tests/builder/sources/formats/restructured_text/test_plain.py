"""reStructuredText read line by line."""

import time
from textwrap import dedent

import pytest

from vrom.builder.sources.formats.restructured_text.plain import convert_plainly, read_title

PAGE = """\
    ====
    Pots
    ====

    .. _warm:

    Warm one with :func:`~tea.warm`, see `the guide <https://e.org>`_ and ``x``::

        warm(pot)

    Sizes
    -----

    .. code-block:: sh
       :linenos:

       ls

    .. note:: Mind this.

       It is hot.

    .. versionadded:: 2.0

    .. a comment
       of two lines

    .. toctree::

       a

    .. [1] A note.
"""


def test_titles_code_and_the_text_of_directives_are_kept():
    assert [line for line in convert_plainly(dedent(PAGE)).split("\n") if line] == [
        "# Pots",
        "Warm one with `~tea.warm`, see [the guide](https://e.org) and `x`:",
        "```",
        "warm(pot)",
        "```",
        "## Sizes",
        "```sh",
        "ls",
        "```",
        "**Mind this.**",
        "   It is hot.".strip(),
        "**2.0**",
        "[1] A note.",
    ]


@pytest.mark.parametrize(("source", "title"), [("A\n===", "A"), ("===\n A\n===", "A"), ("A\nB", ""), ("===\n===", "")])
def test_the_title_in_a_source(source, title):
    assert read_title(source) == title


@pytest.mark.parametrize("line", ["=", "a::\n", ".. a::\n ", "`", ":a:`", "..\n", " " * 50 + "x\n"])
def test_hostile_text_costs_little_time(line):
    begun = time.monotonic()
    convert_plainly(line * 20_000)
    assert time.monotonic() - begun < 5
