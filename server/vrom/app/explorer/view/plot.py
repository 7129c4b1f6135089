"""Places of points in a plot."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 960, 480, 32
NAMED = 24
"""Points with a name beside them, the first ones."""
SHADES = 6
"""Sections with a shade of their own; the others share the last."""


@dataclass(frozen=True)
class Point:
    """A document in the plot."""

    file: str
    label: str
    x: float
    y: float
    radius: float
    group: str
    shade: int
    name: str = ""
    """Written beside the point, if it is one of the largest."""


def scale_points(rows: Sequence[tuple[str, str, int, float, float]]) -> list[Point]:
    """Points within the plot from file, label, number of chunks, and two coordinates each.

    The group of a document is its folder, below those that all share.
    """
    if not rows:
        return []
    groups = _groups([label for _, label, *_ in rows])
    shades = {name: min(i, SHADES - 1) for i, (name, _) in enumerate(Counter(groups).most_common())}
    across, up = [row[3] for row in rows], [row[4] for row in rows]
    return [
        Point(
            file,
            label,
            round(_scale(x, across, WIDTH), 1),
            round(_scale(y, up, HEIGHT), 1),
            round(min(4 + size**0.5, 14), 1),
            group,
            shades[group],
            label.rpartition("/")[2][:40] if at < NAMED else "",
        )
        for at, ((file, label, size, x, y), group) in enumerate(zip(rows, groups, strict=True))
    ]


def _scale(value: float, among: Sequence[float], size: int) -> float:
    least, most = min(among), max(among)
    share = (value - least) / (most - least) if most > least else 0.5
    return MARGIN + share * (size - 2 * MARGIN)


def _groups(files: Sequence[str]) -> list[str]:
    folders = [file.split("/")[:-1] for file in files]
    shared = 0
    while all(len(parts) > shared for parts in folders) and len({parts[shared] for parts in folders}) == 1:
        shared += 1
    return ["/".join(parts[shared : shared + 1]) or "." for parts in folders]


def legend_of(points: Sequence[Point]) -> list[tuple[int, str]]:
    """Shade and name of each group that is drawn; those that share the last shade as one."""
    names = {point.shade: point.group for point in points if point.shade < SHADES - 1}
    rest = {point.group for point in points if point.shade == SHADES - 1}
    others = [(SHADES - 1, rest.pop() if len(rest) == 1 else f"{len(rest)} others")] if rest else []
    return [*sorted(names.items()), *others]
