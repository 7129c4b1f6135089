import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.index.tokenizer import MAX_TERM, stem, terms_of, tokenize


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("trl.DPOTrainer(beta=0.1)", ["trl", "dpotrain", "dpo", "trainer", "beta", "0.1"]),
        ("--no-cache", ["nocach", "no", "cach"]),
        ("C++ and C#", ["c++", "and", "c#"]),
        ("load_dataset()", ["loaddataset", "load", "dataset"]),
        ("ConfigDict", ["configdict", "config", "dict"]),
        ("数据集", ["数据", "据集"]),
        ("猫、犬。", ["猫", "犬"]),
        ("नमूना पाठ।", ["नमूना", "पाठ"]),
        ("எழுத்துக்கள்", ["எழுத்துக்கள்"]),
        ("বাংলা ভাষা", ["বাংলা", "ভাষা"]),
        ("ตัวอย่าง", ["ตัว", "วอ", "อย่า", "ย่าง"]),
        ("می‌روم", ["میروم", "می", "روم"]),
        ("1\ufe0f\u20e3 ok ⚠\ufe0f", ["1", "ok"]),
        ("", []),
    ],
)
def test_a_compound_gives_its_whole_and_its_parts(text, terms):
    assert tokenize(text) == terms


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("ref_log_probs", "precompute_ref_log_probs"),
        ("DPO trainer", "DPOTrainer"),
        ("dpo_trainer", "DPOTrainer"),
        ("no_cache", "--no-cache"),
        ("DPOTrainer", "trl.DPOTrainer"),
        ("finetuning", "fine-tuning"),
        ("dpotrainer", "DPOTrainer"),
        ("datasets", "a dataset"),
        ("validation", "validates"),
        ("caching", "caches"),
        ("Ｆｕｌｌ", "full"),
        ("FUSSBALL", "Fußball"),
        ("istanbul", "İstanbul"),
        ("ΛΟΓΟΣ", "λογος"),
        ("e\u0301te\u0301", "ÉTÉ"),
        ("ｶﾀｶﾅ", "カタカナ"),
        ("カ\u3099ス", "ガス"),
        ("한글", "\u1112\u1161\u11ab\u1100\u1173\u11af"),
        ("Ver\u00adbindung", "verbindung"),
    ],
)
def test_different_spellings_of_one_thing_share_a_term(asked, written):
    assert set(tokenize(asked)) & set(tokenize(written))


@pytest.mark.parametrize(
    ("one", "other"),
    [("string", "strs"), ("class", "clas"), ("status", "statu"), ("this", "thi"), ("bed", "bing"), ("use", "us")],
)
def test_stemming_leaves_apart_what_is_different(one, other):
    assert stem(one) != stem(other)


def test_the_whole_of_a_compound_comes_first():
    assert terms_of("precompute_ref_log_probs")[0] == "precomputereflogprob"


@given(st.text())
def test_any_text_gives_short_terms_without_white_space_in_lower_case(text):
    for term in tokenize(text):
        assert term
        assert len(term) <= MAX_TERM
        assert not any(sign.isspace() for sign in term)


@pytest.mark.parametrize(("one", "other"), [("विकास", "विनाश"), ("மரம்", "மரபு"), ("คน", "ค้น"), ("か", "が")])
def test_marks_make_different_words(one, other):
    assert not set(tokenize(one)) & set(tokenize(other))


@given(st.text(alphabet="abcXYZ_-.", max_size=30))
def test_case_of_a_plain_word_does_not_matter(text):
    word = "".join(sign for sign in text if sign.isalpha()).lower()
    assert tokenize(word) == tokenize(word.upper())


def test_a_word_of_megabytes_takes_no_more_memory_than_itself():
    tracemalloc.start()
    try:
        assert tokenize("a" * 1_000_000) == ["a" * MAX_TERM]
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("a |> b", ["a", "|>", "b"]),
        ("std::move", ["std", "::", "move"]),
        ("(x) => x", ["x", "=>", "x"]),
        ("f()->int", ["f", "->", "int"]),
        ("$ref", ["ref", "$ref"]),
        ("x$y $$z $1", ["x", "y", "z", "1"]),
        ("**bold** | --- |---| ====", ["bold"]),
        ("https://docs.example", ["https", "doc", "exampl"]),
        ("C++ and C#", ["c++", "and", "c#"]),
    ],
)
def test_operators_are_terms_and_markup_is_not(text, terms):
    assert tokenize(text) == terms
