"""Tokens of a chunk: how they are counted, and the room that a title path leaves for text."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

CHARACTERS_OF_A_TOKEN = 8
"""Each run of this many characters counts as at least one token: tokenizers map a long word to a single `[UNK]`."""

SHARE_OF_TEXT = 2 / 3
"""Minimum share of the limit that a title path leaves for the text."""

TitlePath = tuple[str, ...]


@dataclass(frozen=True)
class TokenBudget:
    """Target and limit of a chunk's tokens."""

    count_tokens: Callable[[str], int]
    """Counts with the model's own tokenizer, special tokens included."""
    target: int
    """Preferred number of tokens of a text."""
    limit: int
    """Maximum of the embedded text: the title path joined by ` > `, a line break and the text."""
    _rooms: dict[TitlePath, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def measure(self, text: str) -> int:
        """Tokens of a text, without the special tokens that the model adds once; a lower bound if above the limit."""
        at_least = len(text) // CHARACTERS_OF_A_TOKEN
        return at_least if at_least > self.limit else max(at_least, self.count_tokens(text) - self._special)

    @cached_property
    def _special(self) -> int:
        return self.count_tokens("")

    def room(self, path: TitlePath) -> int:
        """Tokens left for text beside a title path; at least 1."""
        if path not in self._rooms:
            self._rooms[path] = max(1, self.limit - self._special - self.measure(" > ".join(path)))
        return self._rooms[path]

    def fit_path(self, path: TitlePath) -> TitlePath:
        """Shorten a title path to leave enough room for text: drop its middle parts first, then halve each part."""
        least = (self.limit - self._special) * SHARE_OF_TEXT
        while len(path) > 2 and self.room(path) < least:
            path = (path[0], *path[2:])
        while self.room(path) < least and any(len(part) > 1 for part in path):
            path = tuple(part[: max(1, len(part) // 2)] for part in path)
        return path
