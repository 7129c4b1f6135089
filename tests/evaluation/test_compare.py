import numpy as np

from vrom.evaluation.compare import difference


def test_noise_is_not_mistaken_for_progress():
    rng = np.random.default_rng(0)
    before = rng.random(100)
    assert not difference(before, before + rng.normal(0, 0.2, 100)).real


def test_a_gain_on_every_question_is_real():
    before = np.linspace(0, 0.5, 100)
    found = difference(before, before + 0.1)
    assert found.real
    assert found.low <= found.mean <= found.high


def test_the_order_tells_which_is_better():
    assert difference([1, 1, 1], [0, 0, 0]).high < 0


def test_no_questions_no_difference():
    assert not difference([], []).real
