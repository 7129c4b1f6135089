"""Normalization as Unicode defines it, but of no text in more than linear time."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.format.normalize import LONGEST_RUN, nfkc


@given(st.text())
def test_ordinary_text_is_normalized_as_unicode_defines_it(text):
    assert nfkc(text) == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize(
    "text", ["ﬁle", "é" * 100, "日本語" * 100, "각" * 100, "ก็" * 100, "a" + "\u0301" * LONGEST_RUN]
)
def test_no_script_needs_a_longer_run(text):
    assert nfkc(text) == unicodedata.normalize("NFKC", text)


MARKS = ["\u0301\u0323", "\u0344", "\u0f73", "\u0f81", "\uff9e", "\u05b0\u05b1", "\U0001d165\U0001d16d"]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("marks", MARKS)
def test_a_run_of_marks_is_cut(marks):
    run = (marks * 300_000)[:300_000]
    assert len(nfkc(f"a{run}b")) <= 2 * LONGEST_RUN + 2
    assert nfkc(f"a{run}b")[-1] == "b"


def test_every_character_that_is_sorted_is_covered():
    sorted_ones = [
        chr(code)
        for code in range(sys.maxunicode + 1)
        if not 0xD800 <= code < 0xE000 and unicodedata.combining(unicodedata.normalize("NFKD", chr(code))[0])
    ]
    assert [hex(ord(one)) for one in sorted_ones if len(nfkc("a" + one * 200)) > 4 * LONGEST_RUN] == []
