"""Write Markdown blocks, for sources converted to Markdown."""

import re
from collections.abc import Sequence

from vrom.markdown.fences import MARK


def escape_paragraph(text: str) -> str:
    """A paragraph, escaped so that no line of it begins like another kind of block."""
    return _NUMBER.sub(r"\1\\\2", _BLOCK_MARK.sub(r"\1\\\2", text.strip()))


_BLOCK_MARK = re.compile(rf"^(\s*)(#{{1,6}} |>|[-+*] |{MARK}|={{2,}}\s*$|-{{2,}}\s*$)", re.MULTILINE)
_NUMBER = re.compile(r"^(\s*\d+)([.)] )", re.MULTILINE)


def write_fence(code: str, language: str = "") -> str:
    """A code block, in a fence longer than any in the code."""
    longest = max([2, *map(len, re.findall("`+", code))])
    mark = "`" * (longest + 1)
    return f"{mark}{language.strip()}\n{code.strip(chr(10))}\n{mark}"


def write_item(mark: str, blocks: Sequence[str]) -> str:
    """A list item of one or more blocks."""
    indent = " " * (len(mark) + 1)
    text = "\n\n".join(blocks)
    text = re.sub(r"\n\n(?=- |\d+\. )", "\n", text)
    lines = text.split("\n")
    return "\n".join([f"{mark} {lines[0]}", *(indent + line if line.strip() else "" for line in lines[1:])])


def write_quote(text: str) -> str:
    """A block quote."""
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def write_table(rows: Sequence[Sequence[str]]) -> str:
    """A table whose first row is the header; shorter rows are padded with empty cells."""
    width = max(map(len, rows))
    cells = [[cell.replace("|", r"\|").replace("\n", " ") for cell in row] + [""] * (width - len(row)) for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in cells]
    return "\n".join([lines[0], "| " + " | ".join(["---"] * width) + " |", *lines[1:]])
