"""Markdown with its code replaced by marks, so that a rewriter can't take code for markup of its own.

A block of code becomes one line, and gets its indentation from where that line is when the code is put back: a rewriter
that moves a component's content to the left moves its code, too.
"""

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from vrom.builder.markdown.blocks import Block, parse_markdown
from vrom.builder.sources.formats.markdown.lines import margin_of, surroundings
from vrom.builder.sources.formats.markdown_writer import write_fence

_MARKS = range(0xE000, 0xE100)
"""Characters for private use, of which two that the text doesn't hold mark the code."""

_BACKTICKS = re.compile("`+")
_PREFIX = re.compile(r"[ \t>]*")
_BEGINS_PRE = re.compile(r"\s*<pre\b", re.IGNORECASE)


@dataclass
class MaskedText:
    """A text whose code is masked step by step, and the code that was taken out."""

    text: str
    """Without code, as far as it is masked; line breaks are `\\n`."""
    opening: str
    closing: str
    _parts: list[str] = field(default_factory=list)
    _blocks: set[int] = field(default_factory=set)

    @property
    def mark(self) -> str:
        """Regular expression of a mark for code."""
        return f"{self.opening}[0-9]+{self.closing}"

    def mask_blocks(self, *, indented_code: bool = True) -> None:
        """Mask fences, `<pre>` and, unless the dialect has none, indented code."""
        parsed = parse_markdown(self.text)
        written, done = [], 0
        for block in _code_blocks(parsed.blocks):
            first = parsed.line(block.first)
            if (block.kind == "code" and not indented_code) or (block.kind == "html" and not _BEGINS_PRE.match(first)):
                continue
            start, end = parsed.span(block.first, block.last)
            prefix = _PREFIX.match(first)
            begin = start + (prefix.end() if prefix else 0)
            written += [self.text[done:begin], self.take_out(self.text[start:end], is_block=True)]
            done = end
        self.text = "".join([*written, self.text[done:]])

    def mask_spans(self) -> None:
        """Mask code spans: runs of backticks within a paragraph (CommonMark 0.31, section 6.1)."""
        between = re.compile(rf"\n[ \t]*\n|^[ \t>]*{self.mark}[ \t]*$", re.MULTILINE)
        self.text = "".join(self._mask_paragraph(part) for part in _split(self.text, between))

    def mask_pattern(self, pattern: re.Pattern[str]) -> None:
        """Mask whatever matches, such as formulas."""
        self.text = pattern.sub(lambda match: self.take_out(match[0]), self.text)

    def take_out(self, code: str, *, is_block: bool = False) -> str:
        """The mark for a piece of code. A block's code begins with the indentation of its first line."""
        if is_block:
            self._blocks.add(len(self._parts))
        self._parts.append(code)
        return f"{self.opening}{len(self._parts) - 1}{self.closing}"

    def take_out_code(self, code: str, language: str, text: str, at: int, label: str = "") -> str:
        """A fence for code between tags, the first at `at` in `text`, on lines of its own in the same list or quote."""
        before, _ = surroundings(text, at, at)
        margin = margin_of(before)
        code = re.sub(rf"^[ \t]*({self.mark})[ \t]*$", lambda mark: self.code(mark[1]), code, flags=re.MULTILINE)
        fence = write_fence(
            textwrap.dedent(code.replace(f"\n{margin}", "\n") if ">" in margin else code).rstrip(), language
        )
        indented = "\n".join(margin + line if line else line for line in fence.split("\n"))
        if label:
            label = label.replace("\n\n", f"\n\n{margin}")
        lead = f"\n\n{margin}" if before.strip(" \t>") else ""
        return f"{lead}{label}{self.take_out(indented, is_block=True)}\n"

    def code(self, mark: str) -> str:
        """The code behind a mark."""
        return self._parts[self._number(mark)]

    def is_block(self, mark: str) -> bool:
        """True if the code behind a mark is a block."""
        return self._number(mark) in self._blocks

    def _number(self, mark: str) -> int:
        return int(mark.strip(self.opening + self.closing))

    def change_code(self, change: Callable[[str], str]) -> None:
        """Change all code that was taken out."""
        self._parts = list(map(change, self._parts))

    def restore(self) -> str:
        """The text with all its code."""
        at_start = re.compile(rf"^([ \t>]*)({self.mark})", re.MULTILINE)
        text = at_start.sub(self._put_at_start, self.text)
        return re.sub(self.mark, self._put_within, text)

    def _put_at_start(self, match: re.Match[str]) -> str:
        if not self.is_block(match[2]):
            return match[1] + self.code(match[2])
        prefix, lines = match[1], self.code(match[2]).split("\n")
        old = (_PREFIX.match(lines[0]) or [""])[0]
        if old == prefix:
            return "\n".join(lines)
        return "\n".join([prefix + _unindent(line, old) if line.strip() else line for line in lines])

    def _put_within(self, match: re.Match[str]) -> str:
        """Code within a line; a block that a rewriter joined to a line gets lines of its own again."""
        code = self.code(match[0])
        return f"\n\n{code}\n\n" if self.is_block(match[0]) else code

    def _mask_paragraph(self, text: str) -> str:
        runs = list(_BACKTICKS.finditer(text))
        following: dict[int, list[int]] = {}
        for number in reversed(range(len(runs))):
            following.setdefault(len(runs[number][0]), []).append(number)
        written, done, number = [], 0, 0
        while number < len(runs):
            same = following[len(runs[number][0])]
            while same and same[-1] <= number:
                same.pop()
            start = runs[number].start()
            if same and not (start and text[start - 1] == "\\"):
                end = runs[same[-1]].end()
                written += [text[done:start], self.take_out(text[start:end])]
                done, number = end, same[-1]
            number += 1
        return "".join([*written, text[done:]])


def mask_code(text: str) -> MaskedText | None:
    """A text for masking, with line feeds as line breaks; None if it holds every character that could mark code."""
    free = [mark for mark in map(chr, _MARKS) if mark not in text]
    return MaskedText(text, free[0], free[1]) if len(free) > 1 else None


def _code_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.kind in ("fence", "code", "html"):
            yield block
        else:
            yield from _code_blocks(block.children)


def _split(text: str, between: re.Pattern[str]) -> Iterator[str]:
    """The text cut after each match."""
    done = 0
    for found in between.finditer(text):
        yield text[done : found.end()]
        done = found.end()
    yield text[done:]


def _unindent(line: str, prefix: str) -> str:
    """A line without as much of the prefix as it has."""
    width = 0
    while width < min(len(prefix), len(line)) and line[width] in " \t>":
        width += 1
    return line[width:]
