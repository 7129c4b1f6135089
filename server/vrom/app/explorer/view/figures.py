"""Shapes of the plots of quality: where answers were found, all questions as bars, and figures over time."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 120
"""Size of a plot in its own units."""
_RANKS = (("first", 1, 1), ("2 to 5", 2, 5), ("6 to 10", 6, 10), ("later", 11, 10**6))
_MOST_BARS = 320


@dataclass(frozen=True)
class Band:
    """Part of a stacked bar, in percent of its width."""

    label: str
    count: int
    start: float
    width: float
    shade: int


@dataclass(frozen=True)
class Bar:
    """A bar of a plot, from its top left corner."""

    label: str
    value: float
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Dot:
    """A point of a line, which leads somewhere."""

    link: str
    label: str
    value: float
    x: float
    y: float


@dataclass(frozen=True)
class Trend:
    """A line over time."""

    dots: Sequence[Dot]
    line: str
    """Corners of the line, as SVG has them."""


def rank_of(reciprocal: float) -> int | None:
    """The rank of the first right result from its reciprocal; None if there is none."""
    return round(1 / reciprocal) if reciprocal > 0 else None


def bands_of(ranks: Sequence[int | None]) -> list[Band]:
    """Numbers of questions by the place of their first right result; empty parts are left out."""
    counts = [(label, sum(rank is not None and low <= rank <= high for rank in ranks)) for label, low, high in _RANKS]
    counts.append(("not found", sum(rank is None for rank in ranks)))
    found, start = [], 0.0
    for shade, (label, count) in enumerate(counts):
        width = 100 * count / (len(ranks) or 1)
        if count:
            found.append(Band(label, count, round(start, 2), round(width, 2), shade))
        start += width
    return found


def bars_of(values: Sequence[tuple[str, float]], most: float = 1.0) -> list[Bar]:
    """Bars side by side over the whole width; of too many values, a regular sample."""
    step = -(-len(values) // _MOST_BARS) or 1
    shown = values[::step]
    pitch = WIDTH / max(len(shown), 1)
    gap = min(pitch * 0.2, 3)
    bars = []
    for at, (label, value) in enumerate(shown):
        # nothing found is a line to see
        height = max(HEIGHT * min(value / most, 1.0) if most > 0 else 0.0, 1.5)
        bars.append(
            Bar(
                label,
                value,
                round(at * pitch, 2),
                round(HEIGHT - height, 2),
                round(pitch - gap, 2),
                round(height, 2),
            )
        )
    return bars


def trend_of(points: Sequence[tuple[str, str, float]]) -> Trend:
    """A line through link, label and value (0 to 1) of each point."""
    margin, step = 8.0, (WIDTH - 56.0) / max(len(points) - 1, 1)
    dots = [
        Dot(link, label, value, round(margin + at * step, 1), round(HEIGHT - margin - value * (HEIGHT - 2 * margin), 1))
        for at, (link, label, value) in enumerate(points)
    ]
    return Trend(dots, " ".join(f"{dot.x},{dot.y}" for dot in dots))
