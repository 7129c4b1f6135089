"""Tokens of a text, and the room beside a title path."""

import pytest

from vrom.builder.chunking.token_budget import CHARACTERS_OF_A_TOKEN, SHARE_OF_TEXT, TokenBudget


@pytest.fixture
def budget(count_tokens):
    return TokenBudget(count_tokens, target=40, limit=32)


def test_special_tokens_are_not_of_the_text(budget):
    assert budget.measure("one two three.") == 4
    assert budget.measure("") == 0


def test_a_long_word_counts_by_its_length(budget):
    assert budget.measure("a" * 10 * CHARACTERS_OF_A_TOKEN) == 10


def test_a_text_far_above_the_limit_is_not_tokenized():
    counted = []
    budget = TokenBudget(lambda text: counted.append(text) or len(text), target=4, limit=8)
    assert budget.measure("ab " * 1000) == 3000 // CHARACTERS_OF_A_TOKEN
    assert "ab " * 1000 not in counted


def test_a_title_path_takes_room_from_the_text(budget):
    assert budget.room(()) == 30
    assert budget.room(("Kettle", "Use")) == 27
    assert budget.room(("word " * 100,)) == 1


def test_a_short_title_path_stays(budget):
    assert budget.fit_path(("Kettle", "Use")) == ("Kettle", "Use")


def test_the_middle_of_a_long_title_path_goes_first(budget):
    path = ("Kettle", "a b c d", "e f g h", "Use")
    assert budget.fit_path(path) == ("Kettle", "e f g h", "Use")


def test_long_headings_are_halved_until_there_is_room(budget):
    path = budget.fit_path(("one two three four five six seven eight", "nine ten eleven twelve thirteen fourteen"))
    assert len(path) == 2
    assert budget.room(path) >= 30 * SHARE_OF_TEXT
    assert path[0].startswith("one two")
