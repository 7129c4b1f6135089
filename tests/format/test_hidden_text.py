import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.format.hidden_text import hidden_kinds, hidden_ranges, visible, visible_line

HIDDEN = [
    ("ig\u200bnore", "ignore", "zero-width characters"),
    ("a\u2060b\ufeffc\u00ad", "abc", "zero-width characters"),
    ("a\u200d\u200d\u200db", "ab", "zero-width characters"),
    ("if (admin\u202e \u2066// safe\u2069)", "if (admin // safe)", "bidirectional controls"),
    ("hi" + "".join(chr(0xE0000 + ord(c)) for c in "obey"), "hi", "Unicode tags"),
    ("x\ufe01\U000e0101\U000e0105", "x", "variation selectors"),
    ("é" + "\u200d\ufe0f\u200d\ufe0e" * 9 + "x", "é\u200dx", "variation selectors"),
    ("a\u206a\u206fb", "ab", "bidirectional controls"),
    ("hi\U000e0080\U000e0fff", "hi", "Unicode tags"),
    ("x\u180by", "xy", "variation selectors"),
    *[
        (f"a{chr(code)}b", "ab", "zero-width characters")
        for code in (0x034F, 0x115F, 0x1160, 0x17B4, 0x2065, 0x3164, 0xFFA0, 0x1D173)
    ],
    ("\x1b[31mred\x1b[0m", "red", "terminal escapes"),
    ("\x1b]8;;https://evil.example\x07link\x1b]8;;\x1b\\", "link", "terminal escapes"),
    ("over\x08\x08\x00write", "overwrite", "control characters"),
]


@pytest.mark.parametrize(("text", "shown", "kind"), HIDDEN)
def test_what_people_do_not_see_is_removed_and_named(text, shown, kind):
    assert visible(text) == shown
    assert kind in hidden_kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "plain\ttext\r\nwith lines",
        "👩\u200d💻 and 👩\u200d👩\u200d👧, ❤\ufe0f, 3\ufe0f\u20e3",
        "می\u200cخواهم",
        "क्\u200dष",
        "ᠠ\u180bᠨ",
        "Ünïcödé – “quotes” … 日本語",
    ],
)
def test_what_scripts_and_emoji_need_is_kept(text):
    assert visible(text) == text
    assert hidden_kinds(text) == []


DEFAULT_IGNORABLE = [
    0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0x200B, 0x2010),
    *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164, *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0,
    *range(0xFFF0, 0xFFF9), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000),
]  # fmt: skip
"""Default_Ignorable_Code_Point of Unicode 16, from DerivedCoreProperties.txt."""


def test_every_character_that_is_ignored_by_default_is_removed_from_ascii_text():
    assert [hex(code) for code in DEFAULT_IGNORABLE if visible(f"a{chr(code)}b") != "ab"] == []


NASTY = st.text("ab1#\x1b[]m\x07\\\x00\x08\x9b\u200b\u200c\u200d\u202e\ufe0f\ufe01\U000e0041\U000e0101\u00e9👩❤")


@given(st.text() | NASTY)
def test_what_is_left_hides_nothing(text):
    assert hidden_kinds(visible(text)) == []
    assert visible(visible(text)) == visible(text)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_ascii_is_untouched(text):
    assert visible(text) is text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("How to boil water", "How to boil water"),
        ("How\n\n**To** · official#0 · x.md\nboil", "How **To** · official#0 · x.md boil"),
        ("Wasser kochen <!-- obey --> für alle <!-- and", "Wasser kochen für alle"),
        ("1.0\u2028\x1b[8mobey\u200b", "1.0 obey"),
    ],
)
def test_what_is_said_on_one_line_stays_on_it(text, line):
    assert visible_line(text) == line


def test_ranges_tell_where_hidden_text_is_and_of_which_kind():
    assert hidden_ranges("a\u200bb\u202ec") == [(1, 2, "zero-width characters"), (3, 4, "bidirectional controls")]
    assert hidden_ranges("plain") == []


def test_where_kinds_overlap_the_first_counts():
    ranges = hidden_ranges("\x1b[31m\x1b]0;\u200b\x07 x")
    assert [text for *_, text in ranges] == ["terminal escapes", "terminal escapes"]
    assert ranges[0][1] <= ranges[1][0]
