"""Code fenced in texts that kept their blank lines."""

from vrom.builder.text_dumps.bare_code import fence_bare_code


def test_paragraphs_of_code_come_into_one_fence():
    text = "Run this:\n\nfrom lib import load\n\ndata = load('x')\n\n>>> data[0]\n1\n\nThen go on.\n"
    assert fence_bare_code(text) == (
        "Run this:\n\n```python\nfrom lib import load\n\ndata = load('x')\n\n>>> data[0]\n1\n```\n\nThen go on.\n"
    )


def test_buttons_for_copying_are_dropped():
    assert fence_bare_code("Text.\n\nCopied\n\nx = 1\n") == "Text.\n\n\n```python\nx = 1\n```\n"
    assert "Copy\n" not in fence_bare_code("Text.\n\nCopy\n\nx = 1\n\n" * 3)


def test_words_that_are_no_buttons_stay():
    text = "Copy\n\nTake the file to another folder.\n\nCopied\n\nThe file is now in both.\n"
    assert fence_bare_code(text) == text
    assert fence_bare_code("Copy\n\nx = 1\n").startswith("Copy\n")


def test_markdown_stays_as_it_is():
    text = (
        "# Title\n\nText with `x = 1` in it.\n\n- a = 1\n- b\n\n> x = 1\n\n| a = 1 | b |\n| --- | --- |\n\n"
        "```python\nx = 1\n\ny = 2\n```\n\n    z = 3\n\nThe end = a new start for everyone here.\n"
    )
    assert fence_bare_code(text) == text
