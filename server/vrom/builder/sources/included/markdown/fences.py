"""Markdown as lines of prose and code blocks, with the directives of MyST opened."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vrom.builder.sources.formats.markdown_writer import write_fence
from vrom.markdown.fences import fence_mark, is_closing_line

_COLONS = re.compile(r"[ \t]*(:{3,})\s*\{[\w:+-]+\}")
_LIST_MARK = re.compile(r"[ \t]*(?:(?:[-*+>]|\d{1,9}[.)])[ \t]+)+(?=`{3}|~{3})")
_DIRECTIVE = re.compile(r"\{([\w:+-]{1,60})\}[ \t]*(.*)")
_CODE_DIRECTIVES = {
    "code", "code-block", "code-cell", "sourcecode", "eval-rst", "math", "mermaid", "parsed-literal", "raw", "doctest",
    "literalinclude", "include", "toctree", "csv-table", "prompt", "ipython", "ipython3", "testcode", "graphviz",
}  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A code block, or a directive whose content isn't Markdown."""

    opening: str
    body: Sequence[str]
    closing: str
    """Empty if it is never closed."""

    @property
    def indent(self) -> str:
        """What is before the mark."""
        return self.opening[: len(self.opening) - len(self.opening.lstrip(" \t>-*+0123456789.)"))]

    @property
    def info(self) -> str:
        """The info string."""
        return self.opening.lstrip(" \t>-*+0123456789.)").lstrip("`~:").strip()

    @property
    def language(self) -> str:
        """The first word of the info string, in lower case."""
        return re.split(r"[\s,{]", self.info.strip("{. "))[0].lower().strip("}")

    @property
    def directive(self) -> str:
        """The name of a MyST directive; empty for code."""
        found = _DIRECTIVE.fullmatch(self.info[:1_000])
        return found[1].rpartition(":")[2] if found else ""

    @property
    def argument(self) -> str:
        """The argument of a MyST directive."""
        found = _DIRECTIVE.fullmatch(self.info[:1_000])
        return found[2].strip() if found else ""

    def lines(self) -> list[str]:
        """The block as it was."""
        return [self.opening, *self.body, *([self.closing] if self.closing else [])]

    def write(self) -> list[str]:
        """The block with marks that are longer than any in its body."""
        marks = self.opening[len(self.indent) :]
        mark = marks[: len(marks) - len(marks.lstrip(marks[0]))]
        longest = write_fence("\n".join(self.body)).partition("\n")[0] if mark[0] == "`" else mark
        needed = longest if len(longest) > len(mark) else mark
        rest = re.sub(r"[^\s>]", " ", self.indent)
        body = list(self.body)
        return [f"{self.indent}{needed}{marks[len(mark) :]}", *body, f"{rest}{needed}"]


def split_blocks(lines: Sequence[str]) -> Iterator[str | Block]:
    """The lines of prose and the code blocks, in order. Directives that hold Markdown are lines of prose."""
    containers: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        mark = _opening_mark(line)
        if not mark:
            yield line
            continue
        if containers and is_closing_line(line, containers[-1]):
            containers.pop()
            yield line
            continue
        info = line.strip().lstrip("`~:>-*+ \t").strip()
        directive = _DIRECTIVE.fullmatch(info[:1_000])
        name = directive[1].rpartition(":")[2] if directive else ""
        if name and name not in _CODE_DIRECTIVES and not name.startswith("auto"):
            containers.append(mark)
            yield line
            continue
        if mark[0] == ":" and not directive:
            yield line
            continue
        end = next((at for at in range(number, len(lines)) if is_closing_line(lines[at].lstrip(" \t>"), mark)), None)
        body = lines[number : len(lines) if end is None else end]
        yield Block(line, body, "" if end is None else lines[end])
        number = len(lines) if end is None else end + 1


def _opening_mark(line: str) -> str:
    if colons := _COLONS.match(line[:500]):
        return colons[1]
    if mark := re.fullmatch(r"[ \t]*(:{3,})[ \t]*", line[:500]):
        return mark[1]
    if listed := _LIST_MARK.match(line[:500]):
        return fence_mark(line[listed.end() :])
    return fence_mark(line)
