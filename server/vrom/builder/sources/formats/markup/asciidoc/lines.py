"""The lines of an AsciiDoc document, and what a line begins."""

import re
from collections.abc import Sequence

HEADING = re.compile(r"(={1,6}|#{1,6})[ \t]+(\S.*?)(?:[ \t]+\1)?$")
ATTRIBUTES = re.compile(
    r"\[((?:\[[^\[\]]{1,1000}\]|(?=[\w#.%\"'{,* =])[^\[\]]{1,2000}(?:\[[^\[\]]{0,200}\][^\[\]]{0,500}){0,9})|)\]$"
)
BLOCK_TITLE = re.compile(r"\.(?=[^\s.])(?!\.)")
DELIMITER = re.compile(
    r"(?:-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|~{4,}|--|[|,:!]={3,}|(?P<ticks>`{3,})(?P<language>[\w+#.-]*)[^`]*)$"
)
BLOCK_MACRO = re.compile(r"([a-z][\w-]*)::([^\s\[\]][^\[\]]{0,2000}|)\[(.*)\]$")
ADMONITION = re.compile(r"(NOTE|TIP|IMPORTANT|WARNING|CAUTION):[ \t]+")
BULLET = re.compile(r"[ \t]*(\*{1,6}|-|•)[ \t]+(?=\S)")
NUMBER = re.compile(r"[ \t]*(\.{1,6}|\d{1,9}\.|[a-zA-Z]\.|[ivxIVX]{1,8}\))[ \t]+(?=\S)")
CALLOUT = re.compile(r"<(?:\d{1,3}|\.)>[ \t]+(?=\S)")
TERM = re.compile(
    r"[ \t]*((?:[^\s:;]|[:;](?![:;]*(?:[ \t]|$))|[:;]+(?=[^\s:;])|[ \t]+(?=\S))+?)(:{2,4}|;;)(?:[ \t]+(\S.*))?$"
)
_LEVELS = "=-~^+"
_LONGEST = 5_000


def underlined_level(line: str, below: str) -> int:
    """Level of a title with a line of marks below it; 0 if it is none."""
    below = below.rstrip()
    if len(below) < 3 or below[0] not in _LEVELS or below.strip(below[0]) or abs(len(below) - len(line.rstrip())) > 2:
        return 0
    if line[:1] in " \t[.|" or re.search(r"\w", line) is None or is_list_item(line):
        return 0
    return _LEVELS.index(below[0]) + 1


def list_marker(line: str) -> str:
    """What tells a list apart from others around it: `**`, `.`, `1.`, `::`; empty if the line begins no item."""
    if len(line) > _LONGEST:
        return ""
    if found := BULLET.match(line):
        return found[1]
    if found := NUMBER.match(line):
        return found[1] if found[1].startswith(".") else "1."
    if CALLOUT.match(line):
        return "<1>"
    if "::" in line or ";;" in line:
        found = TERM.match(line)
        if found and not line.startswith("//"):
            return found[2]
    return ""


def is_list_item(line: str) -> bool:
    """True if a line begins an item of a list."""
    return bool(list_marker(line))


def starts_block(line: str) -> bool:
    """True if a line ends the paragraph above it."""
    return bool(DELIMITER.match(line) or (line.startswith("[") and ATTRIBUTES.match(line)) or BLOCK_MACRO.match(line))


class Lines:
    """Lines with a position."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines, self._at = lines, 0
        self.in_list = 0
        """Depth of the lists that the position is in: there, an item ends a paragraph."""

    @property
    def at_end(self) -> bool:
        """True if no line is left."""
        return self._at >= len(self._lines)

    @property
    def current(self) -> str:
        """The line at the position, of which there must be one."""
        return self._lines[self._at]

    def peek(self, offset: int) -> str:
        """A line further on; empty after the last."""
        at = self._at + offset
        return self._lines[at] if at < len(self._lines) else ""

    def advance(self, count: int = 1) -> None:
        """Go on by so many lines."""
        self._at += count

    def skip_blank(self) -> bool:
        """Go on to the next line with text. False if there is none."""
        while not self.at_end and not self.current.strip():
            self._at += 1
        return not self.at_end

    def blank_before_text(self) -> int:
        """Number of blank lines at the position."""
        count = 0
        while self._at + count < len(self._lines) and not self.peek(count).strip():
            count += 1
        return count

    def take_until(self, mark: str) -> list[str]:
        """The lines of the delimited block at the position, up to the line with its mark or the end."""
        start = self._at = self._at + 1
        while not self.at_end and self.current.rstrip() != mark:
            self._at += 1
        found = list(self._lines[start : self._at])
        self._at += 1
        return found

    def take_paragraph(self) -> list[str]:
        """The lines up to a blank one or the start of another block; at least one."""
        start = self._at
        self._at += 1
        while not self.at_end and self.current.strip() and not self._ends_paragraph(self.current):
            self._at += 1
        return [line for line in self._lines[start : self._at] if not re.match(r"//(?!/)", line)] or [""]

    def take_literal(self) -> list[str]:
        """The lines of an indented paragraph."""
        start = self._at
        while not self.at_end and self.current.strip() and self.current != "+":
            self._at += 1
        return list(self._lines[start : self._at])

    def _ends_paragraph(self, line: str) -> bool:
        return line == "+" or starts_block(line) or (self.in_list > 0 and is_list_item(line))
