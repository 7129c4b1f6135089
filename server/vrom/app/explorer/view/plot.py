"""Places of points in a plot, and of the names beside them."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, MARGIN = 960, 480, 32
NAMED = 90
"""Points that may get a name, the first ones; those whose name would cover another get none."""
SHADES = 6
"""Sections with a shade of their own; the others share the last."""
LONGEST = 36
"""Characters of a name."""
LINE, CHARACTER = 14.0, 6.7
"""Height of a name, and width of its characters; wide characters take twice as much."""
COVERED = 1
"""Points that a name may cover, among hits, whose others are faint, or in a crowd; other names cover none."""
CROWD = 150
"""Points among which there is hardly room for names."""
_GAP = 5.0


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
    """Written beside the point, if there is room."""
    name_x: float = 0.0
    name_y: float = 0.0
    anchor: str = "start"
    rank: int | None = None
    """Rank of its best hit, if a search found it."""


@dataclass(frozen=True)
class Box:
    """An area of the plot that is taken."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """True if the two have a place in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def scale_points(
    rows: Sequence[tuple[str, str, int, float, float]], ranks: Mapping[str, int] | None = None
) -> list[Point]:
    """Points within the plot from file, label, number of chunks, and two coordinates each.

    The group of a document is its folder, below those that all share. `ranks` gives those that a search found; they
    are drawn last, above the others, and named first.
    """
    if not rows:
        return []
    ranks = ranks or {}
    groups = _groups([label for _, label, *_ in rows])
    shades = {name: min(i, SHADES - 1) for i, (name, _) in enumerate(Counter(groups).most_common())}
    across, up = [row[3] for row in rows], [row[4] for row in rows]
    points = [
        Point(
            file,
            label,
            round(_scale(x, across, WIDTH), 1),
            round(_scale(y, up, HEIGHT), 1),
            round(max(min(4 + size**0.5, 14), 11 if file in ranks else 0), 1),
            group,
            shades[group],
            rank=ranks.get(file),
        )
        for (file, label, size, x, y), group in zip(rows, groups, strict=True)
    ]
    found = sorted((point for point in points if point.rank is not None), key=lambda point: point.rank or 0)
    others = [point for point in points if point.rank is None]
    named = place_names([*found, *others], only_found=bool(ranks))
    return [*named[len(found) :], *named[: len(found)][::-1]]


def place_names(points: Sequence[Point], *, only_found: bool = False) -> list[Point]:
    """The points with names beside them where no name covers another or a named point; the first points choose first.

    Of the free places, the one that covers the fewest points is taken. With `only_found`, points that no search found
    aren't named.
    """
    circles = np.array([(point.x, point.y, point.radius) for point in points], dtype=np.float64).reshape(-1, 3)
    taken: list[Box] = [_around(point) for point in points[:NAMED] if point.rank is not None]
    most = COVERED if only_found or len(points) > CROWD else 0
    placed = []
    for at, point in enumerate(points):
        name = _short(point.label.rpartition("/")[2])
        own = _around(point)
        wanted = at < NAMED and name and (point.rank is not None or not only_found)
        free = [
            place
            for place in (_places(point, _width(name)) if wanted else ())
            if not any(place[3].meets(other) for other in taken if other != own)
        ]
        covered = [_covered(box, circles) for _, _, _, box in free]
        if not free or min(covered) > most:
            placed.append(point)
            continue
        x, y, anchor, box = free[covered.index(min(covered))]
        taken += [box, own]
        placed.append(replace(point, name=name, name_x=x, name_y=y, anchor=anchor))
    return placed


def _places(point: Point, width: float) -> Iterator[tuple[float, float, str, Box]]:
    """Places of a name: right of the point, left, above and below; only those within the plot."""
    away = point.radius + _GAP
    for x, y, anchor, left in (
        (point.x + away, point.y + 4, "start", point.x + away),
        (point.x - away, point.y + 4, "end", point.x - away - width),
        (point.x, point.y - away, "middle", point.x - width / 2),
        (point.x, point.y + away + LINE - 4, "middle", point.x - width / 2),
    ):
        box = Box(left - 2, y - LINE + 3, left + width + 2, y + 3)
        if box.left >= 0 and box.right <= WIDTH and box.top >= 0 and box.bottom <= HEIGHT:
            yield round(x, 1), round(y, 1), anchor, box


def _covered(box: Box, circles: NDArray[np.float64]) -> int:
    """Number of circles, float64, (n, 3) of x, y and radius, that an area meets."""
    across, down, radius = circles.T
    meets = (across + radius > box.left) & (across - radius < box.right)
    return int((meets & (down + radius > box.top) & (down - radius < box.bottom)).sum())


def _around(point: Point) -> Box:
    return Box(point.x - point.radius, point.y - point.radius, point.x + point.radius, point.y + point.radius)


def _width(name: str) -> float:
    return CHARACTER * sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in name)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def _scale(value: float, among: Sequence[float], size: int) -> float:
    least, most = min(among), max(among)
    share = (value - least) / (most - least) if most > least else 0.5
    return MARGIN + share * (size - 2 * MARGIN)


def _groups(files: Sequence[str]) -> list[str]:
    folders = [file.split("/")[:-1] for file in files]
    shared = 0
    while all(len(parts) > shared for parts in folders) and len({parts[shared] for parts in folders}) == 1:
        shared += 1
    return ["/".join(parts[shared : shared + 1]) or "top folder" for parts in folders]


def legend_of(points: Sequence[Point]) -> list[tuple[int, str]]:
    """Shade and name of each group that is drawn; those that share the last shade as one."""
    names = {point.shade: point.group for point in points if point.shade < SHADES - 1}
    rest = {point.group for point in points if point.shade == SHADES - 1}
    others = [(SHADES - 1, rest.pop() if len(rest) == 1 else f"{len(rest)} others")] if rest else []
    return [*sorted(names.items()), *others]
