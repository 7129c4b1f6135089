"""Shapes of the plots of a graph's health: layers, degrees, and recall by the breadth of the search."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vrom.app.explorer.view.figures import HEIGHT, WIDTH, Bar, Dot, bars_of
from vrom.evaluation.graph_health import GraphHealth

MOST_BARS = 48
"""Bars of a histogram; more values share them."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 48.0, 12.0, 12.0, 34.0


@dataclass(frozen=True)
class Level:
    """A layer of the graph; its bar is scaled by the logarithm, in percent."""

    number: int
    nodes: int
    width: float


@dataclass(frozen=True)
class Curve:
    """Recall by breadth: points, the line through them, and the lines of the scale."""

    dots: Sequence[Dot]
    line: str
    lines: Sequence[tuple[float, str]]
    """Height and label of each line of the scale."""


@dataclass(frozen=True)
class Plots:
    """The plots of one graph."""

    levels: Sequence[Level]
    degrees: Sequence[Bar]
    incoming: Sequence[Bar]
    curve: Curve | None


def plots_of(health: GraphHealth) -> Plots:
    """The plots of a graph."""
    most = math.log1p(max(health.levels, default=0)) or 1.0
    rows = [Level(i, nodes, round(100 * math.log1p(nodes) / most, 1)) for i, nodes in enumerate(health.levels)][:16]
    curve = _curve(health.recall, health.breadth) if len(health.recall) > 1 else None
    return Plots(rows, _histogram(health.degrees), _histogram(health.incoming), curve)


def _histogram(counts: Sequence[int]) -> list[Bar]:
    """Numbers of nodes by degree, several degrees to a bar if there are many."""
    step = -(-len(counts) // MOST_BARS) or 1
    grouped = []
    for start in range(0, len(counts), step):
        end = min(start + step, len(counts)) - 1
        label = str(start) if start == end else f"{start} to {end}"
        grouped.append((label, float(sum(counts[start : end + 1]))))
    return [
        bar if bar.value else Bar(bar.label, 0, bar.x, HEIGHT, bar.width, 0)
        for bar in bars_of(grouped, max((value for _, value in grouped), default=1.0))
    ]


def _curve(recall: Mapping[int, float], breadth: int) -> Curve:
    """The curve over the logarithm of the breadth; the scale begins below the lowest value."""
    low = min(math.floor(10 * min(recall.values())) / 10, 0.9)
    first, last = math.log(min(recall)), math.log(max(recall))

    def across(value: int) -> float:
        share = (math.log(value) - first) / (last - first or 1.0)
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)

    def up(value: float) -> float:
        share = (value - low) / (1 - low)
        return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)

    dots = [
        Dot("own" if size == breadth else "", str(size), value, across(size), up(value))
        for size, value in sorted(recall.items())
    ]
    middle = (1 + low) / 2
    lines = [(up(value), f"{value:.2f}".rstrip("0").rstrip(".")) for value in (low, middle, 1.0)]
    return Curve(dots, " ".join(f"{dot.x},{dot.y}" for dot in dots), lines)
