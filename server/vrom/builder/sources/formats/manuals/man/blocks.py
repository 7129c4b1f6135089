"""Blocks of a manual page as they come: paragraphs, code, and items with a tag, at depths of indentation."""

import re

from vrom.builder.sources.formats.manuals.man.roff import BOLD, remove_fonts, unescape, write_fonts
from vrom.builder.sources.formats.markdown_writer import escape_paragraph, write_fence, write_item

_DEEPEST = 8


class Blocks:
    """Collects text into blocks of Markdown."""

    def __init__(self) -> None:
        self._levels: list[list[str]] = [[]]
        self._words: list[str] = []
        self._code: list[str] | None = None
        self.in_synopsis = False
        """True in a synopsis, whose paragraphs that begin in bold are code."""

    def add(self, text: str) -> None:
        """Add a line of text, with its escapes."""
        if self._code is not None:
            self._code.append(remove_fonts(unescape(text)))
        else:
            self._words.append(unescape(text))

    def break_line(self) -> None:
        """Start a new line within the paragraph."""
        if self._code is None and self._words:
            self._words.append("\n")

    def end_paragraph(self) -> None:
        """Close the paragraph."""
        if self._code is not None:
            self._code.append("")
            return
        words, self._words = self._words, []
        if self.in_synopsis and words and words[0].startswith(BOLD):
            self._put_synopsis(words)
            return
        joined = " ".join(words)
        lines = [" ".join(write_fonts(line).split()) for line in joined.split("\n")]
        if text := "  \n".join(filter(None, lines)):
            bullet = re.match(r"[•·]\s*(?=\S)", text)
            self.put(write_item("-", [text[bullet.end() :]]) if bullet else escape_paragraph(text))

    def _put_synopsis(self, words: list[str]) -> None:
        """Code without fonts, in one block with the code before it."""
        plain = map(remove_fonts, words)
        joined = "".join(word + ("\n" if re.search(r";\s*$|^#include", word) else " ") for word in plain)
        lines = [" ".join(line.split()) for line in joined.split("\n")]
        code = "\n".join(filter(None, lines))
        level = self._levels[-1]
        if level and level[-1].startswith("```"):
            code = level.pop().partition("\n")[2].rpartition("\n")[0] + "\n" + code
        self.put(write_fence(code, "c" if re.search(r"^#include|;$", code, re.MULTILINE) else ""))

    def put(self, block: str) -> None:
        """Add a finished block."""
        self._levels[-1].append(block)

    def open_code(self) -> None:
        """Keep line breaks from here on."""
        if self._code is None:
            self.end_paragraph()
            self._code = []

    def close_code(self) -> None:
        """End what `open_code` began."""
        code, self._code = self._code, None
        if code is not None and any(map(str.strip, code)):
            while not code[0].strip():
                del code[0]
            written = "\n".join(code).rstrip()
            is_c = self.in_synopsis and re.search(r"^\s*#include|;$", written, re.MULTILINE)
            self.put(write_fence(written, "c" if is_c else ""))

    @property
    def in_code(self) -> bool:
        """True if line breaks are kept."""
        return self._code is not None

    def open_item(self, tag: str) -> None:
        """Begin an item, which ends at `close_items`, or with the next one of its depth."""
        self.close_code()
        self.end_paragraph()
        self._levels.append([])
        text = " ".join(write_fonts(unescape(tag)).split())
        self._words = []
        if re.fullmatch(r"[•*o–—-]|\\[*_]|", text):
            self._levels[-1].append("- ")
        elif found := re.fullmatch(r"[(\[]?(\d{1,3})[.)\]]", text):
            self._levels[-1].append(f"{found[1]}. ")
        else:
            self._levels[-1].append(text if text.startswith("**") else f"**{text.strip('*')}**")

    def close_item(self) -> None:
        """End the item that is open at the deepest level."""
        self.close_code()
        self.end_paragraph()
        if len(self._levels) > 1:
            blocks = self._levels.pop()
            tag, *rest = blocks
            if tag == "- " or re.fullmatch(r"\d+\. ", tag):
                item = write_item(tag.strip(), rest) if rest else ""
            elif rest and not rest[0].startswith(("`", "-", "|", "~")):
                item = write_item("-", [f"{tag}: {rest[0]}", *rest[1:]])
            else:
                item = write_item("-", [tag, *rest])
            level = self._levels[-1]
            if level and _is_item(level[-1]) and len(level) > (len(self._levels) > 1) and item:
                level[-1] += "\n" + item
            elif item:
                level.append(item)

    def close_items(self) -> None:
        """End all items."""
        while len(self._levels) > 1:
            self.close_item()
        self.close_code()
        self.end_paragraph()

    @property
    def pending(self) -> str:
        """The paragraph that is open."""
        return " ".join(self._words)

    def take_pending(self) -> str:
        """Take the paragraph that is open out of the text."""
        words, self._words = self._words, []
        return " ".join(words)

    @property
    def depth(self) -> int:
        """Number of items that are open."""
        return len(self._levels) - 1

    @property
    def has_room(self) -> bool:
        """False if items are nested too deeply."""
        return self.depth < _DEEPEST

    def finish(self) -> list[str]:
        """All blocks."""
        self.close_items()
        return self._levels[0]


def _is_item(block: str) -> bool:
    return re.match(r"- |\d+\. ", block) is not None
