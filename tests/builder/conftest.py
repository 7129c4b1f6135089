"""What tests of cutting share: a tokenizer whose counts can be read off the text."""

import re
from collections.abc import Callable

import pytest

from vrom.builder.chunking.chunker import chunk_document
from vrom.builder.chunking.token_budget import TokenBudget
from vrom.builder.document import Document
from vrom.format.models import Chunk

CutText = Callable[..., list[Chunk]]


def count_words_and_signs(text: str) -> int:
    """Words and signs, and two special tokens: what a word-piece tokenizer gives for short words."""
    return 2 + len(re.findall(r"\w+|[^\w\s]", text))


@pytest.fixture(scope="session")
def count_tokens() -> Callable[[str], int]:
    return count_words_and_signs


@pytest.fixture(scope="session")
def cut_text() -> CutText:
    """Cut a text of the title "Page", into chunks small enough that short examples are cut."""

    def cut_text(text: str, target: int = 40, limit: int = 80) -> list[Chunk]:
        return chunk_document(Document("page.md", text, "Page"), TokenBudget(count_words_and_signs, target, limit))

    return cut_text
