"""Points of the map."""

import numpy as np

from vrom.app.explorer.handlers.map import flatten
from vrom.app.explorer.view.plot import HEIGHT, WIDTH, legend_of, scale_points


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
