"""Replacements of parts of a text."""

from dataclasses import dataclass, field


@dataclass
class Edits:
    """A text and what replaces parts of it."""

    text: str
    edits: list[tuple[int, int, str]] = field(default_factory=list)

    def replace(self, start: int, end: int, new: str) -> None:
        """Replace characters `start` to `end`. Of two that overlap, the first counts."""
        self.edits.append((start, end, new))

    def apply(self) -> str:
        """The text with all replacements."""
        written, done = [], 0
        for start, end, new in sorted(self.edits, key=lambda edit: edit[0]):
            if start >= done:
                written += [self.text[done:start], new]
                done = end
        return "".join([*written, self.text[done:]])
