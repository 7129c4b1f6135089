"""Which cartridges that aren't mounted would fit a question."""

from vrom.answers.suggestions import fitting
from vrom.registry.stored_listings import Listing

LISTED = [
    Listing("tea-kettle", "Boiling water: temperatures, descaling, error codes"),
    Listing("toaster", "Browning bread, dials and levers"),
    Listing("how", "The how and the why of it all"),
]


def test_a_question_that_names_one_finds_it():
    assert fitting("toaster trips the fuse", LISTED, ()) == ["toaster"]
    assert fitting("my tea-kettle trips the fuse", LISTED, ()) == ["tea-kettle"]
    assert fitting("my kettle trips the fuse", LISTED, ()) == [], "half a name may be any word"


def test_two_words_of_its_text_are_enough_and_one_is_not():
    assert fitting("which error codes are there", LISTED, ()) == ["tea-kettle"]
    assert fitting("error when logging in", LISTED, ()) == []


def test_words_that_say_nothing_don_t_count():
    assert fitting("how and why it all is what it is", LISTED, ()) == []


def test_the_one_that_is_named_comes_first():
    assert fitting("toaster shows error codes while boiling water", LISTED, ()) == ["toaster", "tea-kettle"]


def test_what_is_mounted_is_no_news():
    assert fitting("toaster trips the fuse", LISTED, {"toaster"}) == []
