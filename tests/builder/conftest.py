"""What tests of cutting share: a tokenizer whose counts can be read off the text."""

import re
from collections.abc import Callable

import pytest

from vrom.builder.chunking.chunker import Piece, cut
from vrom.builder.document import Document

CutText = Callable[..., list[Piece]]


def count_words_and_signs(text: str) -> int:
    """Words and signs, and two special tokens: what a word-piece tokenizer gives for short words."""
    return 2 + len(re.findall(r"\w+|[^\w\s]", text))


@pytest.fixture(scope="session")
def count_tokens() -> Callable[[str], int]:
    return count_words_and_signs


@pytest.fixture(scope="session")
def cut_text() -> CutText:
    """Cut a text of the title "Page", into pieces small enough that short examples are cut."""

    def cut_text(text: str, target: int = 40, limit: int = 80) -> list[Piece]:
        return cut(Document("page.md", text, "Page"), count_words_and_signs, target, limit)

    return cut_text
