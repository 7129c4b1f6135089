"""Validation of a saved usearch graph: usearch trusts its files, and this one may be untrusted.

The layout is usearch's own (version 2): the vectors as a matrix, a head of 64 bytes, five numbers about the graph, the
level of every node, then for each node its key, its level and its links, one fixed-size list per layer. Following a
link to a node that doesn't exist, or isn't on the link's layer, would read memory beyond the graph.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_HEAD = 64
_KINDS = slice(13, 17)
"""Position in the head of metric, scalar, key and slot kinds, one byte each, after the magic and three version
numbers."""
_COUNTS = slice(17, 42)
"""Position in the head of nodes, deleted nodes and dimensions, eight bytes each; then a flag for repeated keys."""
_AT_ONCE = 65_536
_HIGHEST = 64

Raw = NDArray[np.uint8]


def is_sound(file: Path, count: int, width: int, like: bytes) -> bool:
    """Return true if the file is a valid graph of `count` nodes, keyed by position, with vectors of `width` bytes.

    `like` is the content of a file that this usearch saved for an index of the same kind. The file is read once, as a
    memory map.
    """
    raw = np.memmap(file, dtype=np.uint8, mode="r")
    try:
        return _is_sound(raw, count, width, like)
    except (IndexError, ValueError):
        return False


def _is_sound(raw: Raw, count: int, width: int, like: bytes) -> bool:
    rows, columns = _numbers(raw[:8], "<u4")
    head_at = 8 + rows * columns
    head = raw[head_at : head_at + _HEAD].tobytes()
    theirs = like[8 + width :][:_HEAD]  # `like` contains one vector
    counts = np.frombuffer(head[_COUNTS][:24], "<u8").tolist()
    if (rows, columns) != (count, width) or head[:7] != b"usearch" or head[_KINDS] != theirs[_KINDS]:
        return False
    if counts[:2] != [count, 0] or counts[2] != int(np.frombuffer(theirs[_COUNTS][16:24], "<u8")[0]) or head[41]:
        return False
    at = head_at + _HEAD
    size, upper, base, highest, entry = _numbers(raw[at : at + 40], "<u8")
    levels = np.frombuffer(raw[at + 40 : at + 40 + 2 * count].tobytes(), "<i2").astype(np.int64)
    if size != count or not 0 < upper <= 4096 or not 0 < base <= 8192 or len(levels) != count:
        return False
    if count == 0:
        return True
    if levels.min() < 0 or not levels.max() == highest <= _HIGHEST or entry >= count or levels[entry] != highest:
        return False
    sizes = 10 + 4 + 4 * base + levels * (4 + 4 * upper)
    starts = at + 40 + 2 * count + np.cumsum(sizes) - sizes
    if int(starts[-1] + sizes[-1]) != len(raw):
        return False
    return all(
        _nodes_are_sound(raw, starts, levels, slice(first, first + _AT_ONCE), (base, upper))
        for first in range(0, count, _AT_ONCE)
    )


def _nodes_are_sound(
    raw: Raw, starts: NDArray[np.int64], levels: NDArray[np.int64], part: slice, room: tuple[int, int]
) -> bool:
    at, level = starts[part], levels[part]
    keys = _gathered(raw, at, 8, "<u8")[:, 0]
    own = _gathered(raw, at + 8, 2, "<i2")[:, 0]
    if not (np.array_equal(keys, np.arange(part.start, part.start + len(at))) and np.array_equal(own, level)):
        return False
    if not _links_are_sound(raw, at + 10, room[0], levels, 0):
        return False
    for layer in range(1, int(level.max()) + 1):
        here = at[level >= layer] + 10 + 4 + 4 * room[0] + (layer - 1) * (4 + 4 * room[1])
        if not _links_are_sound(raw, here, room[1], levels, layer):
            return False
    return True


def _links_are_sound(raw: Raw, at: NDArray[np.int64], room: int, levels: NDArray[np.int64], layer: int) -> bool:
    lists = _gathered(raw, at, 4 + 4 * room, "<u4")
    counts, links = lists[:, 0], lists[:, 1:]
    if counts.max(initial=0) > room:
        return False
    used = links[np.arange(room) < counts[:, None]]
    if used.max(initial=0) >= len(levels):
        return False
    return layer == 0 or bool(np.all(levels[used] >= layer))


def _gathered(raw: Raw, at: NDArray[np.int64], size: int, dtype: str) -> NDArray[Any]:
    """Read `size` bytes from each offset, as numbers: (offsets, size / item size)."""
    return np.ascontiguousarray(raw[at[:, None] + np.arange(size)]).view(dtype)


def _numbers(raw: Raw, dtype: str) -> list[int]:
    numbers: list[int] = np.frombuffer(raw.tobytes(), dtype).tolist()
    return numbers
