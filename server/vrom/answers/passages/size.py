"""Size of a text in a model's tokens: the one measure that budgets are compared with.

English is counted as the format does, four characters a token. Of other scripts models need more tokens: of Chinese,
Japanese and Korean about one for each sign. The others count what OpenAI's o200k needs, measured on translated
messages of programs in 40 languages; older tokenizers need up to twice that. A script that none knows counts as its
bytes in UTF-8, which no tokenizer exceeds. Finnish and Estonian, whose few accents don't show in a single character,
need a fifth more than counted, traditional Chinese a tenth. Emoji, which decorate English, count as its characters.
"""

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np  # imported when needed: the server starts without
    from numpy.typing import NDArray

OF_A_TOKEN = 4
"""Size of one token. A character of English counts 1."""
LARGEST = 16
"""Size of the largest characters, those beyond the Basic Multilingual Plane."""

_UNKNOWN, _UNKNOWN_OF_TWO_BYTES, _EMOJI = 12, 8, 1
_SIZES = (
    (0x0000, 0x00BF, 1), (0x00C0, 0x00FF, 6), (0x0100, 0x024F, 8), (0x00D7, 0x00D7, 1),
    (0x00F7, 0x00F7, 1), (0x0250, 0x036F, 6), (0x0370, 0x03FF, 3), (0x0400, 0x052F, 2),
    (0x0530, 0x058F, 4), (0x0590, 0x06FF, 3), (0x0750, 0x077F, 4), (0x0900, 0x0DFF, 4),
    (0x0B00, 0x0B7F, 6), (0x0E00, 0x0E7F, 4), (0x0E80, 0x0EFF, 8), (0x0F00, 0x0FFF, 8),
    (0x1000, 0x109F, 4), (0x10A0, 0x10FF, 4), (0x1100, 0x11FF, 8), (0x1200, 0x139F, 9),
    (0x1780, 0x17FF, 4), (0x1E00, 0x1EFF, 4), (0x1F00, 0x1FFF, 6), (0x2000, 0x25FF, 1),
    (0x2600, 0x27BF, 1), (0x27C0, 0x2BFF, 1), (0x2E80, 0x9FFF, 4), (0x3130, 0x318F, 8),
    (0xA960, 0xA97F, 12), (0xAC00, 0xD7A3, 4), (0xF900, 0xFAFF, 8), (0xFB50, 0xFDFF, 8),
    (0xFE00, 0xFE0F, 1), (0xFE10, 0xFE6F, 4), (0xFF00, 0xFF60, 4), (0xFF61, 0xFFEF, 8),
)  # fmt: skip
"""First and last character, and the size of each between them; later rows replace earlier ones."""


@functools.cache
def _size_of() -> "NDArray[np.uint8]":
    """Size of each character of the Basic Multilingual Plane: uint8, (65536,)."""
    import numpy as np

    table = np.full(0x10000, _UNKNOWN, dtype=np.uint8)
    table[:0x800] = _UNKNOWN_OF_TWO_BYTES
    for first, last, size in _SIZES:
        table[first : last + 1] = size
    return table


def size(text: str) -> int:
    """Size of a text; 4 are a token."""
    return len(text) if text.isascii() else int(_sizes(text).sum(dtype="int64"))


def end_within(text: str, start: int, end: int, room: int) -> int:
    """End of the longest part of `text[start:end]` that begins at its start and isn't larger than `room`."""
    part = text[start : min(end, start + max(room, 0))]
    if part.isascii():
        return start + len(part)
    return start + int(_sizes(part).cumsum(dtype="int64").searchsorted(room, side="right"))


def _sizes(text: str) -> "NDArray[Any]":
    """Size of each character: uint8, (n,)."""
    import numpy as np

    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    sizes: NDArray[Any] = _size_of()[np.minimum(codes, 0xFFFF)]
    if int(codes.max()) > 0xFFFF:
        sizes[codes > 0xFFFF] = LARGEST
        sizes[(codes >= 0x1F000) & (codes <= 0x1FAFF)] = _EMOJI
    return sizes
