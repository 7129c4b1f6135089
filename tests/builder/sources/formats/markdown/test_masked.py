"""Code out of the way of a rewriter, and back."""

from vrom.builder.sources.formats.markdown.masked import mask_code


def masked(text):
    found = mask_code(text)
    assert found
    found.mask_blocks()
    found.mask_spans()
    return found


def test_code_is_out_of_the_text_and_comes_back():
    text = "A `b {c}` and ``d ` e``.\n\n```py\n{x}\n```\n\n> ~~~\n> {y}\n> ~~~\n\n    {z}\n\n<pre>\n{p}\n</pre>\n"
    found = masked(text)
    assert "{" not in found.text
    assert found.restore() == text


def test_code_follows_the_line_that_it_is_on():
    found = masked("    - a\n\n      ```py\n      if x:\n          y\n      ```\n")
    found.text = found.text.replace("      ", "  ")
    assert found.restore().endswith("  ```py\n  if x:\n      y\n  ```\n")


def test_a_block_that_was_joined_to_a_line_gets_lines_of_its_own():
    found = masked("Label\n\n```\nx\n```\n")
    found.text = found.text.replace("\n\n", " ")
    assert found.restore() == "Label \n\n```\nx\n```\n\n\n"


def test_an_odd_backtick_does_not_reach_over_a_block():
    text = "An odd ` here\n```\ncode\n```\nand ` there.\n"
    found = masked(text)
    assert "and" in found.text
    assert found.restore() == text


def test_escaped_backticks_are_text():
    assert "{b}" in masked(r"\`{b}` x").text
