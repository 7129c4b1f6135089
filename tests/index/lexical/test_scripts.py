import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.index.lexical.scripts import is_spaceless, signs, without_invisible


@pytest.mark.parametrize(
    ("run", "parts"),
    [
        ("ภาษาไทย", ["ภา", "ษา", "ไท", "ย"]),
        ("เก็บข้อมูล", ["เก็", "บ", "ข้", "อ", "มู", "ล"]),
        ("ເອກະສານ", ["ເອ", "ກະ", "ສາ", "ນ"]),
        ("កម្មវិធី", ["ក", "ម្ម", "វិ", "ធី"]),
        ("မြန်မာ", ["မြ", "န်", "မာ"]),
        ("数据", ["数", "据"]),
        ("ひらがな", ["ひ", "ら", "が", "な"]),
    ],
)
def test_a_sign_is_a_letter_with_its_marks_and_vowels(run, parts):
    assert signs(run) == parts


@given(st.text(st.characters(min_codepoint=0xE00, max_codepoint=0x17FF)))
def test_no_sign_is_lost(run):
    assert "".join(signs(run)) == run


def test_punctuation_is_no_sign_of_a_word():
    assert not any(map(is_spaceless, "、。「」・〜฿។၊Aéи"))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Ver\u00adbin\u00addung", "Verbindung"),
        ("كـــتاب", "كتاب"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ক\u200cখ", "কখ"),
    ],
)
def test_what_is_not_seen_is_left_out(text, seen):
    assert without_invisible(text) == seen
