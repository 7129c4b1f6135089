"""Org as Markdown."""

import pytest

from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.markup.org import read_org


def read(text):
    (document,) = read_org(text, "notes.org")
    return document


def test_headings_lie_below_the_title_without_states_and_tags():
    document = read("#+TITLE: Larder\n\n* TODO [#A] Start :tag:\n:PROPERTIES:\n:ID: x\n:END:\nText.\n** Deeper\n")
    assert document.title == "Larder"
    assert document.text == "# Larder\n\n## Start\n\nText.\n\n### Deeper\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("#+begin_src python -n\n  put(1)\n    more\n#+end_src", "```python\nput(1)\n  more\n```"),
        ("#+BEGIN_EXAMPLE\n,* star\n#+END_EXAMPLE", "```\n* star\n```"),
        (": one\n: two", "```\none\ntwo\n```"),
        ("| a | b |\n|---+---|\n| 1 | 2 |", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("- one\n  more\n  - deep\n- two", "- one\n  more\n  - deep\n- two"),
        ("1. a\n2. b", "1. a\n2. b"),
        ("- ttl :: how long", "- **ttl**: how long"),
        ("- [X] done\n- [ ] open", "- [x] done\n- [ ] open"),
        ("#+begin_quote\nWords.\n#+end_quote", "> Words."),
        ("# comment\ntext", "text"),
        ("*b* /i/ =code= ~verb~ a/b/c", "**b** *i* `code` `verb` a/b/c"),
        ("[[https://x.org][site]] [[*Part]]", "[site](https://x.org) Part"),
        ("SCHEDULED: <2024-01-01 Mon>\ntext", "text"),
    ],
)
def test_blocks_and_marks(source, expected):
    assert read(source).text.strip() == expected


def test_an_include_is_named():
    assert read("text\n#+INCLUDE: other.org\n").remarks[0].lost


def test_properties_alone_are_unreadable():
    with pytest.raises(UnreadableError):
        read("#+STARTUP: overview\n# comment\n")
