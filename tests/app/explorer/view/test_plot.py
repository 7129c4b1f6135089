"""Points of the map."""

import numpy as np
import pytest

from vrom.app.explorer.handlers.map import flatten
from vrom.app.explorer.view.plot import CHARACTER, HEIGHT, LONGEST, WIDTH, legend_of, scale_points


def test_the_first_two_components_keep_what_differs_most():
    rng = np.random.default_rng(3)
    line = np.outer(rng.standard_normal(50), rng.standard_normal(30)).astype(np.float32)
    flat = flatten(line + 0.01 * rng.standard_normal((50, 30)).astype(np.float32))
    assert flat.shape == (50, 2)
    assert flat[:, 0].std() > 20 * flat[:, 1].std()


def test_any_number_of_vectors_has_a_picture():
    for count in (0, 1, 2, 3):
        assert flatten(np.ones((count, 8), dtype=np.float32)).shape == (count, 2)


def test_points_are_within_the_plot_and_grouped_below_the_shared_folder():
    rows = [(f, f, 4, x, x * x) for f, x in (("docs/a/1.md", -3.0), ("docs/a/2.md", 0.0), ("docs/b/3.md", 9.0))]
    points = scale_points(rows)
    assert all(0 < point.x < WIDTH and 0 < point.y < HEIGHT for point in points)
    assert [point.group for point in points] == ["a", "a", "b"]
    assert legend_of(points) == [(0, "a"), (1, "b")]


def test_many_groups_share_the_last_shade():
    points = scale_points([(f"{i}/a.md", f"{i}/a.md", 1, float(i), 0.0) for i in range(9)])
    assert legend_of(points)[-1] == (5, "4 others")


def area_of(point):
    """Left, top, right and bottom of a name."""
    width = CHARACTER * len(point.name)
    left = point.name_x - {"start": 0, "middle": width / 2, "end": width}[point.anchor]
    return left, point.name_y - 11, left + width, point.name_y + 3


def crowd(count, spread=1.0):
    rng = np.random.default_rng(1)
    places = rng.standard_normal((count, 2)) * spread
    return [(f"docs/{i}.md", f"docs/a-page-{i}.md", i % 9, *place) for i, place in enumerate(places.tolist())]


def test_no_name_covers_another_or_leaves_the_plot():
    named = [point for point in scale_points(crowd(400)) if point.name]
    areas = [area_of(point) for point in named]
    assert len(named) > 10
    for i, (left, top, right, bottom) in enumerate(areas):
        assert left >= 0
        assert right <= WIDTH
        assert top >= 0
        assert bottom <= HEIGHT
        for other in areas[:i]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


@pytest.mark.parametrize(
    ("count", "ranks", "most"), [(60, {}, 0), (60, {"docs/1.md": 1, "docs/2.md": 2}, 1), (400, {}, 1)]
)
def test_names_cover_no_points_or_one_of_a_crowd_or_of_the_faint_ones(count, ranks, most):
    points = scale_points(crowd(count), ranks)
    for left, top, right, bottom in (area_of(point) for point in points if point.name):
        assert sum(left < other.x < right and top < other.y < bottom for other in points) <= most


def test_a_document_without_a_folder_is_in_the_top_one():
    points = scale_points([("a.md", "a.md", 1, 0.0, 0.0), ("docs/b.md", "docs/b.md", 1, 1.0, 1.0)])
    assert [point.group for point in points] == ["top folder", "docs"]


def test_every_point_of_a_few_has_its_name():
    rows = [(f"{i}.md", f"{i}.md", 3, float(i % 4), float(i // 4)) for i in range(12)]
    assert all(point.name for point in scale_points(rows))


def test_what_a_search_found_is_named_drawn_last_and_large_enough_for_its_rank():
    points = scale_points(crowd(60), {"docs/9.md": 2, "docs/40.md": 1})
    assert [(point.file, point.rank) for point in points[-2:]] == [("docs/9.md", 2), ("docs/40.md", 1)]
    assert {point.file for point in points if point.name} == {"docs/9.md", "docs/40.md"}
    assert all(point.radius >= 11 for point in points[-2:])
    assert len(points) == 60


def test_a_long_name_is_cut_and_wide_characters_take_more_room():
    points = scale_points([("a", "x" * 500, 1, 0.0, 0.0), ("b", "\u66f8" * 90, 1, 0.0, 1.0)])
    assert all(len(point.name) <= LONGEST for point in points if point.name)
    assert [bool(point.name) for point in points] == [True, True]
