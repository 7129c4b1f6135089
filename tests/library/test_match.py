"""How well a question fits what cartridges say of themselves."""

import pytest

from vrom.library.match import fits
from vrom.registry.stored_listings import Listing

KETTLE = Listing("tea-kettle", "Boiling water: temperatures, descaling, error codes")
TOASTER = Listing("toaster", "Browning bread, error codes")
OVEN = Listing("oven", "Baking bread, error codes")


def best(question, *listings):
    return max(zip(fits(question, listings), listings, strict=True), key=lambda found: found[0])[1]


def test_a_rare_word_says_more_than_common_ones():
    assert best("error codes when descaling", TOASTER, KETTLE, OVEN) is KETTLE
    assert best("the codes of an error while baking", TOASTER, KETTLE, OVEN) is OVEN


def test_one_that_is_named_goes_before_any_that_shares_words():
    assert best("toaster: error codes for boiling water", KETTLE, TOASTER) is TOASTER


@pytest.mark.parametrize(
    ("question", "is_named"), [("a tea-kettle", True), ("TeaKettle", True), ("my kettle", False), ("a tea", False)]
)
def test_it_is_named_by_every_word_of_the_id(question, is_named):
    assert fits(question, [KETTLE])[0].is_named is is_named


def test_words_that_say_nothing_are_not_shared():
    how = Listing("how", "The how and the why of it all")
    assert fits("how and why it all is what it is", [how])[0] == (False, 0, 0)


def test_an_id_without_words_is_never_named():
    assert not fits("--- boiling", [Listing("---", "boiling")])[0].is_named
