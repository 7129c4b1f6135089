"""Lines of a PDF's pages: their words, sizes and fonts, and which of them stand on every page."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_FIXED_WIDTH = re.compile(
    r"mono|courier|consol|menlo|typewriter|cmtt|lmtt|inconsol|code|fixed|nimbusmon|sftt", re.IGNORECASE
)
_BOLD = re.compile(r"bold|black|heavy|semibold|cmbx|lmbx|demi", re.IGNORECASE)
_AT_EDGE = 3
"""Lines at the top and bottom of a page that may be headers and footers."""


@dataclass
class Line:
    """A line of text."""

    text: str
    page: int
    left: float
    top: float
    bottom: float
    size: float
    fixed: float
    """Share of its characters in a font of fixed width."""
    bold: bool
    width: float
    """Width of a character."""


def read_lines(page: Any, number: int, boxes: Sequence[tuple[float, float, float, float]]) -> list[Line]:
    """The lines of a page, without those in the boxes of tables."""
    words = page.extract_words(
        extra_attrs=["fontname", "size"], keep_blank_chars=False, use_text_flow=False, x_tolerance_ratio=0.15
    )
    words = [word for word in words if not any(_is_inside(word, box) for box in boxes)]
    lines: list[list[dict[str, Any]]] = []
    for column in _split_columns(words, float(page.width)):
        current: list[dict[str, Any]] = []
        for word in sorted(column, key=lambda word: (round(word["bottom"] / 2), word["x0"])):
            if current and abs(word["bottom"] - current[-1]["bottom"]) > max(2.5, 0.3 * word["size"]):
                lines.append(current)
                current = []
            current.append(word)
        if current:
            lines.append(current)
    return [_make_line(line, number) for line in lines]


def _is_inside(word: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    middle_x, middle_y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(box[0] <= middle_x <= box[2] and box[1] <= middle_y <= box[3])


def _split_columns(words: list[dict[str, Any]], width: float) -> list[list[dict[str, Any]]]:
    """Words of the left and right column, if hardly a word crosses the middle of the page; else all of them."""
    middle = width / 2
    everything, words = words, [word for word in words if re.search(r"\w", word["text"])]
    left = [word for word in words if word["x1"] < middle - 2]
    right = [word for word in words if word["x0"] > middle + 2]
    crossing = len(words) - len(left) - len(right)
    firsts: dict[int, float] = {}
    for word in right:
        row = round(word["bottom"] / 4)
        firsts[row] = min(word["x0"], firsts.get(row, width))
    starts = Counter(round(left / 6) for left in firsts.values())
    aligned = starts.most_common(1)[0][1] if starts else 0
    is_split = len(words) > 150 and crossing < 0.02 * len(words) and min(len(left), len(right)) > 0.25 * len(words)
    if is_split and aligned > 0.6 * len(firsts):
        return [
            [word for word in everything if word["x1"] < middle - 2],
            [word for word in everything if word["x1"] >= middle - 2],
        ]
    return [everything]


def _make_line(words: list[dict[str, Any]], number: int) -> Line:
    words = sorted(words, key=lambda word: word["x0"])
    characters = sum(len(word["text"]) for word in words) or 1
    width = sum(word["x1"] - word["x0"] for word in words) / characters
    fixed = sum(len(word["text"]) for word in words if _FIXED_WIDTH.search(word["fontname"])) / characters
    text = words[0]["text"]
    for before, word in pairwise(words):
        gap = word["x0"] - before["x1"]
        text += " " * max(1, round(gap / width) if fixed > 0.9 and width > 0.5 else 1) + word["text"]
    sizes = Counter[float]()
    for word in words:
        sizes[round(word["size"] * 2) / 2] += len(word["text"])
    bold = sum(len(word["text"]) for word in words if _BOLD.search(word["fontname"])) > 0.8 * characters
    bottom = max(word["bottom"] for word in words)
    top = min(word["top"] for word in words)
    return Line(text, number, words[0]["x0"], top, bottom, sizes.most_common(1)[0][0], fixed, bold, width)


def remove_repeated(pages: Sequence[list[Line]]) -> tuple[list[list[Line]], int]:
    """Pages without the lines that are at the edge of most of them, and how many lines those are."""
    counts: Counter[str] = Counter()
    for lines in pages:
        counts.update({_pattern(line) for line in _edges(lines)})
    needed = max(3, len(pages) * 0.3)
    repeated = {text for text, count in counts.items() if count >= needed}
    kept, dropped = [], 0
    for lines in pages:
        edges = {id(line) for line in _edges(lines) if _pattern(line) in repeated or _is_number(line, len(pages))}
        kept.append([line for line in lines if id(line) not in edges])
        dropped += len(edges)
    return kept, dropped


def _edges(lines: Sequence[Line]) -> list[Line]:
    ordered = sorted(lines, key=lambda line: line.top)
    return [*ordered[:_AT_EDGE], *ordered[-_AT_EDGE:]]


def _pattern(line: Line) -> str:
    return re.sub(r"\d+|\b[ivxlc]+\b", "0", line.text.strip())


def _is_number(line: Line, pages: int) -> bool:
    return pages > 1 and re.fullmatch(r"\W*(?:\d{1,4}|[ivxlc]{1,7})\W*", line.text.strip()) is not None


def body_size(lines: Iterable[Line]) -> float:
    """The size that most characters have."""
    sizes = Counter[float]()
    for line in lines:
        if line.fixed < 0.5:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0
