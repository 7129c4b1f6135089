"""Languages that write several words as one, told by their commonest words."""

from collections.abc import Callable

_JOINING = (
    ("und", "der", "das", "wird", "ist", "für", "nicht", "eine", "mit"),
    ("het", "een", "voor", "niet", "van", "wordt", "deze"),
    ("och", "att", "det", "som", "för", "inte", "är"),
    ("og", "det", "ikke", "som", "til", "er", "på"),
    ("että", "ja", "voi", "kun", "tai", "ovat", "joka"),
    ("és", "hogy", "egy", "nem", "vagy", "az"),
)
"""Words that tell German, Dutch, Swedish, Danish and Norwegian, Finnish, Hungarian."""
_SHARE = 0.02
"""Share of the chunks that two of these words are in, each, if the documentation is written in that language."""


def joins_words(document_frequency: Callable[[str], int], chunks: int) -> bool:
    """True if documentation of so many chunks is written in such a language."""
    least = max(_SHARE * chunks, 1)
    return any(sum(document_frequency(word) >= least for word in words) >= 2 for words in _JOINING)
