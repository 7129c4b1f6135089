"""Shapes of the plots of quality."""

import pytest

from vrom.app.explorer.view.figures import HEIGHT, WIDTH, bands_of, bars_of, rank_of, trend_of
from vrom.app.explorer.view.graph import plots_of
from vrom.evaluation.graph_health import GraphHealth


def test_ranks_are_read_from_their_reciprocals():
    assert [rank_of(value) for value in (1.0, 0.5, 1 / 3, 1 / 17, 0.0)] == [1, 2, 3, 17, None]


def test_bands_fill_the_bar_and_leave_out_what_is_empty():
    bands = bands_of([1, 1, 4, None, 12, None, 20, 5])
    assert [(band.label, band.count) for band in bands] == [
        ("first", 2), ("2 to 5", 2), ("later", 2), ("not found", 2),
    ]  # fmt: skip
    assert bands[-1].start + bands[-1].width == pytest.approx(100)
    assert bands_of([]) == []


@pytest.mark.parametrize("count", [0, 1, 7, 5000])
def test_bars_stay_within_the_plot(count):
    bars = bars_of([(str(i), i / max(count, 1)) for i in range(count)])
    assert len(bars) <= 320
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH + 0.1 and 0 < bar.height <= HEIGHT for bar in bars)
    assert all(bar.y + bar.height == pytest.approx(HEIGHT, abs=0.02) for bar in bars)


def test_a_line_rises_with_its_values():
    trend = trend_of([("/a", "first", 0.2), ("/b", "second", 0.9)])
    assert trend.dots[0].x < trend.dots[1].x
    assert trend.dots[0].y > trend.dots[1].y
    assert len(trend.line.split()) == 2


def health(**facts):
    given = {
        "levels": [1000, 60, 3], "degrees": [0, 5, 995], "incoming": [1] * 200, "unreachable": 0, "room": 32,
        "breadth": 40, "queries": 9, "recall": {10: 0.71, 40: 0.9, 160: 1.0},
    }  # fmt: skip
    return GraphHealth(**(given | facts))


def test_the_plots_of_a_graph():
    plots = plots_of(health())
    assert plots.levels[0].width == 100
    assert plots.levels[2].width > 10, "three nodes of a thousand are seen"
    assert [bar.height for bar in plots.degrees][::2] == [0, HEIGHT]
    assert len(plots.incoming) <= 48
    assert sum(bar.value for bar in plots.incoming) == 200
    assert [dot.link for dot in plots.curve.dots] == ["", "own", ""]
    assert [label for _, label in plots.curve.lines] == ["0.7", "0.85", "1"]


def test_a_graph_of_nothing_and_one_without_recall_have_plots():
    plots = plots_of(health(levels=[], degrees=[], incoming=[], recall={}))
    assert (plots.levels, plots.degrees, plots.curve) == ([], [], None)
    assert plots_of(health(recall={10: 0.0, 20: 0.0})).curve.lines[0][1] == "0"
