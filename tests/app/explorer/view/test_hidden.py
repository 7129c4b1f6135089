"""Raw text with what people don't see."""

from vrom.app.explorer.view.hidden import show_hidden


def test_hidden_characters_are_shown_by_code_point_and_kind():
    assert show_hidden("a\u200bb") == 'a<mark class="hidden" title="zero-width characters">U+200B</mark>b'


def test_markup_is_escaped_and_lone_surrogates_can_be_sent():
    assert show_hidden("<b>\ud800").encode() == b"&lt;b&gt;\\ud800"


def test_a_long_run_and_a_long_text_are_cut():
    assert "and 160 more" in show_hidden("\x1b]" + "x" * 197 + "\x07")
    assert "… 1 more characters" in show_hidden("x" * 20_001)
