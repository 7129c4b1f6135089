"""Lists of AsciiDoc: nested by their markers, with blocks attached to their items by `+`."""

import re
from typing import Protocol

from vrom.builder.sources.formats.markdown_writer import write_item
from vrom.builder.sources.formats.markup.asciidoc.lines import (
    ATTRIBUTES,
    BULLET,
    CALLOUT,
    NUMBER,
    TERM,
    Lines,
    list_marker,
    starts_block,
)

_DEEPEST = 16
_CHECKBOX = re.compile(r"\[([ xX*])\][ \t]+")


class Blocks(Protocol):
    """What reads the blocks that are attached to an item."""

    def next_block(self, lines: Lines) -> list[str]:
        """The next block."""

    def inline(self, text: str) -> str:
        """Text as Markdown."""


def read_list(lines: Lines, blocks: Blocks, around: tuple[str, ...] = ()) -> list[str]:
    """The list at the position, as one block; `around` are the markers of the lists that it is in."""
    marker = list_marker(lines.current)
    items: list[str] = []
    lines.in_list += 1
    while not lines.at_end and list_marker(lines.current) == marker:
        number = len(items) + 1
        if marker[0] in ":;":
            items.append(write_item("-", _read_described(lines, blocks, (*around, marker))))
        else:
            sign = "-" if marker[0] in "*-•" else f"{number}."
            items.append(write_item(sign, _read_item(lines, blocks, (*around, marker))))
        if not _reach_next_item(lines, marker):
            break
    lines.in_list -= 1
    return ["\n".join(items)]


def _reach_next_item(lines: Lines, marker: str) -> bool:
    """Go on to the next item over blank lines, if the list goes on; else stay."""
    blank = lines.blank_before_text()
    if list_marker(lines.peek(blank)) != marker:
        return False
    lines.advance(blank)
    return True


def _read_item(lines: Lines, blocks: Blocks, around: tuple[str, ...]) -> list[str]:
    line = lines.current
    found = BULLET.match(line) or NUMBER.match(line) or CALLOUT.match(line)
    text = line[found.end() :] if found else line
    box = _CHECKBOX.match(text)
    mark = f"[{'x' if box[1] != ' ' else ' '}] " if box else ""
    lines.advance()
    words = [text[box.end() :] if box else text, *_take_text(lines)]
    return [mark + blocks.inline("\n".join(words)), *_read_attached(lines, blocks, around)]


def _read_described(lines: Lines, blocks: Blocks, around: tuple[str, ...]) -> list[str]:
    """Terms that share a description, and that description."""
    terms: list[str] = []
    text = ""
    while not lines.at_end and list_marker(lines.current) == around[-1]:
        found = TERM.match(lines.current)
        assert found is not None
        terms.append(blocks.inline(found[1].strip()))
        lines.advance()
        text = found[3] or ""
        blank = lines.blank_before_text()
        if text or list_marker(lines.peek(blank)) != around[-1]:
            break
        lines.advance(blank)
    label = ", ".join(f"**{term}**" if not term.startswith("**") else term for term in terms)
    words = [text] if text else []
    if not text:
        blank = lines.blank_before_text()
        following = lines.peek(blank)
        if following.strip() and following != "+" and not list_marker(following) and not _ends_list(following):
            lines.advance(blank)
    if not lines.at_end:
        words += _take_text(lines)
    head = f"{label}: {blocks.inline(chr(10).join(word.strip() for word in words))}" if words else f"{label}:"
    return [head, *_read_attached(lines, blocks, around)]


def _ends_list(line: str) -> bool:
    return starts_block(line) or re.match(r"={1,6}[ \t]|//|\.[^\s.]", line) is not None


def _take_text(lines: Lines) -> list[str]:
    """The lines that go on with an item's text."""
    found = []
    while not lines.at_end and lines.current.strip():
        line = lines.current
        if line == "+" or list_marker(line) or starts_block(line) or re.match(r"\.[^\s.]", line):
            break
        if not line.startswith("//"):
            found.append(line.strip())
        lines.advance()
    return found


def _read_attached(lines: Lines, blocks: Blocks, around: tuple[str, ...]) -> list[str]:
    """Blocks of an item: attached by `+`, nested lists, and indented text."""
    found: list[str] = []
    while not lines.at_end:
        blank = lines.blank_before_text()
        line = lines.peek(blank)
        if not line:
            break
        if line == "+":
            if blank and len(around) > 1:  # it belongs to the item of an outer list
                lines.advance()
                break
            lines.advance(blank + 1)
            if lines.skip_blank() and not (list_marker(lines.current) in around and len(around) > 1):
                found += blocks.next_block(lines)
            continue
        attributes = 0
        while ATTRIBUTES.match(lines.peek(blank + attributes)) and attributes < 4:
            attributes += 1
        marker = list_marker(lines.peek(blank + attributes))
        if marker and marker not in around and marker != "<1>" and len(around) < _DEEPEST:
            lines.advance(blank + attributes)
            found += read_list(lines, blocks, around)
        elif (blank and line[:1] in " \t" and not marker) or (not blank and line in ("--", "----") and not marker):
            lines.advance(blank)
            found += blocks.next_block(lines)
        else:
            break
    return found
