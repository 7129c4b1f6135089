"""reStructuredText read line by line, where docutils fails: nothing is resolved, but nothing is lost either.

Titles, code blocks and inline markup become Markdown; directives are their titles and contents.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from vrom.builder.sources.formats.markdown_writer import write_fence

_LINE = re.compile(r"([!-/:-@\[-`{-~])\1{2,}\s*$")
_DIRECTIVE = re.compile(r"(\s*)\.\. (?:\|[^|]{1,200}\| )?([\w][\w:+.-]{0,80}) ?::(?:\s+(.*))?$")
_EXPLICIT = re.compile(r"\s*\.\.(?:\s|$)")
_TARGET = re.compile(r"\s*\.\. _")
_NOTE = re.compile(r"\s*\.\. \[([^\]]{1,100})\]\s*(.*)$")
_OPTION = re.compile(r"\s*:[\w-]+:(?:\s|$)")
_CODE = {"code-block", "code", "sourcecode", "console", "prompt", "parsed-literal", "doctest", "testcode", "ipython"}
_DROPPED = {"toctree", "index", "contents", "highlight", "currentmodule", "module", "meta", "image", "figure", "raw"}
_ROLE = re.compile(r":[A-Za-z][\w:+.-]{0,80}:`([^`\n]{1,2000})`")
_LINK = re.compile(r"`([^`<\n]{1,500}?)\s*<([^<>`\n]{1,2000})>`__?")
_REFERENCE = re.compile(r"`([^`\n]{1,500})`__?(?!\w)")
_LITERAL = re.compile(r"``([^`\n]{1,2000})``")
_LONGEST_LINE = 10_000


def convert_plainly(text: str) -> str:
    """Convert reStructuredText to Markdown without parsing it; takes time linear in its length, and never raises."""
    parts = list(_convert(text.expandtabs().split("\n")))  # lines, and whole code blocks
    kept = [part for before, part in pairwise(["", *parts]) if part.strip() or before.strip()]
    return "\n".join(kept).strip("\n") + "\n"


def read_title(source: str) -> str:
    """The title in the source of a section's title; empty if it is something else."""
    lines = [line.strip() for line in source.strip().split("\n")]
    if len(lines) == 3 and _LINE.match(lines[0]) and _LINE.match(lines[2]):
        return lines[1]
    return lines[0] if len(lines) == 2 and _LINE.match(lines[1]) and not _LINE.match(lines[0]) else ""


def _convert(lines: Sequence[str]) -> Iterator[str]:
    styles: list[tuple[str, bool]] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if size := _title_size(lines, number):
            style = (lines[number + size - 1].strip()[0], size == 3)
            if style not in styles:
                styles.append(style)
            yield from ("", f"{'#' * min(6, styles.index(style) + 1)} {_inline(lines[number + size - 2].strip())}", "")
            number += size
        elif found := _DIRECTIVE.match(line):
            end = _block_end(lines, number)
            yield from _directive(found, lines[number + 1 : end])
            number = number + 1 if found[2].lower() not in _CODE | _DROPPED else end
            while number < end and _OPTION.match(lines[number]):
                number += 1
        elif note := _NOTE.match(line):
            yield f"[{note[1]}] {_inline(note[2])}"
            number += 1
        elif _EXPLICIT.match(line):
            number = number + 1 if _TARGET.match(line) else _block_end(lines, number)
        elif line.rstrip().endswith("::") and (code := _literal_block(lines, number)):
            kept = line.rstrip()[:-1].rstrip()
            yield from (_inline(kept.removesuffix(":") if kept.endswith(" :") or kept == ":" else kept), "")
            yield write_fence(_dedent(lines[code[0] : code[1]]))
            yield ""
            number = code[1]
        else:
            yield _inline(line)
            number += 1


def _title_size(lines: Sequence[str], number: int) -> int:
    """Number of lines of the title that begins at a line: 2, or 3 with a line above it; 0 if none does."""

    def is_line(at: int) -> bool:
        return at < len(lines) and _LINE.match(lines[at][:_LONGEST_LINE]) is not None

    def is_text(at: int) -> bool:
        return at < len(lines) and bool(lines[at].strip()) and not is_line(at)

    if is_line(number) and is_text(number + 1) and is_line(number + 2):
        return 3
    is_first = number == 0 or not lines[number - 1].strip()
    return 2 if is_first and is_text(number) and lines[number][0] != " " and is_line(number + 1) else 0


def _directive(found: re.Match[str], body: Sequence[str]) -> Iterator[str]:
    name, argument = found[2].lower(), (found[3] or "").strip()
    if name in _CODE:
        first = 0
        while first < len(body) and _OPTION.match(body[first]):
            first += 1
        yield ""
        yield write_fence(_dedent(body[first:]), argument.split()[0] if argument and name != "prompt" else "")
        yield ""
    elif argument and name not in _DROPPED:
        yield from ("", f"**{_inline(argument)}**", "")


def _block_end(lines: Sequence[str], number: int) -> int:
    """The end of the indented block below a line."""
    indent = len(lines[number]) - len(lines[number].lstrip())
    end = number + 1
    for at in range(number + 1, len(lines)):
        line = lines[at]
        if line.strip():
            if len(line) - len(line.lstrip()) <= indent:
                break
            end = at + 1
    return end


def _literal_block(lines: Sequence[str], number: int) -> tuple[int, int] | None:
    end = _block_end(lines, number)
    return (number + 1, end) if end > number + 1 else None


def _dedent(lines: Sequence[str]) -> str:
    filled = [line for line in lines if line.strip()]
    indent = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    return "\n".join(line[indent:].rstrip() for line in lines).strip("\n")


def _inline(line: str) -> str:
    if "`" not in line or len(line) > _LONGEST_LINE:
        return line.strip() if line.startswith(" ") and not line.lstrip().startswith(("- ", "* ")) else line
    line = _LITERAL.sub("\0\\1\0", line)
    line = _LINK.sub(r"[\1](\2)", line)
    line = _ROLE.sub(lambda found: f"\0{found[1].partition(' <')[0]}\0", line)
    line = _REFERENCE.sub(r"\1", line)
    return line.replace("\0", "`").strip()
