import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.answers.cursor import LAST, digest, read_cursor, write_cursor
from vrom.errors import InvalidArgumentError

ASKED, OF = digest("search", "how?"), digest("a")


@given(st.integers(0, LAST))
def test_a_cursor_gives_its_position_back(position):
    assert read_cursor(write_cursor(position, ASKED, OF), ASKED, OF) == position


def test_a_cursor_costs_few_tokens():
    assert len(write_cursor(70_000, ASKED, OF)) == 16


def test_no_cursor_is_the_beginning():
    assert read_cursor(None, ASKED, OF) == 0
    assert read_cursor("", ASKED, OF) == 0


@given(st.text())
def test_a_made_up_cursor_is_refused_with_the_remedy(text):
    if text:
        with pytest.raises(InvalidArgumentError, match="Call again without a cursor"):
            read_cursor(text, ASKED, OF)


def test_a_cursor_of_another_question_or_an_earlier_state_says_so():
    cursor = write_cursor(3, ASKED, OF)
    with pytest.raises(InvalidArgumentError, match="other arguments"):
        read_cursor(cursor, digest("search", "why?"), OF)
    with pytest.raises(InvalidArgumentError, match="have changed since"):
        read_cursor(cursor, ASKED, digest("b"))
