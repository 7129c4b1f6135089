"""Budgets hold in a model's tokens, whatever script a text is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.answers.context import get_chunk_context
from vrom.answers.models import FORMS, tokens
from vrom.answers.passages.size import LARGEST, end_within, size
from vrom.answers.read_document import read_document, table_of_contents
from vrom.answers.render import render
from vrom.answers.search import search_docs
from vrom.library.library import Library

SENTENCES = {
    "zh": "安装完成后，请重新启动服务器，并检查日志文件。",
    "ja": "サーバーを再起動してから、ログを確認してください。",
    "ko": "서버를 다시 시작한 다음 로그 파일을 확인하세요.",
    "th": "หลังจากติดตั้งแล้วให้เริ่มเซิร์ฟเวอร์ใหม่",
    "hi": "स्थापना के बाद सर्वर को फिर से शुरू करें।",
    "ta": "நிறுவிய பின் சேவையகத்தை மீண்டும் தொடங்கவும்.",
    "ar": "بعد التثبيت أعد تشغيل الخادم وتحقق من السجل.",
    "ru": "После установки перезапустите сервер и проверьте журнал.",
    "el": "Μετά την εγκατάσταση επανεκκινήστε τον διακομιστή.",
    "am": "ከተጫነ በኋላ አገልጋዩን እንደገና ያስጀምሩ።",
    "vi": "Sau khi cài đặt, hãy khởi động lại máy chủ.",
    "rare": "𝑥𝑦𠮷𡈽ᏣᎳᎩ",
    "en": "After the installation, restart the server and look at its log.",
}
NEEDED = {"zh": 12, "ja": 15, "ko": 13, "th": 14, "hi": 13, "ta": 17, "ar": 15, "ru": 13, "el": 19, "am": 52, "vi": 14,
          "rare": 23, "en": 13}  # fmt: skip
"""Tokens that o200k needs for these sentences."""


@pytest.fixture(scope="module")
def library(tmp_path_factory, write_package):
    root = tmp_path_factory.mktemp("cartridges")
    for name, sentence in SENTENCES.items():
        pages = {f"{i}.md": [f"# {sentence[:9]} {j}\n\n" + f"{sentence}\n" * 40 for j in range(12)] for i in range(3)}
        write_package(root, name, pages)
    return Library([root], cache=root / ".cache", models=root / ".models")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("max_tokens", [250, 2000])
@pytest.mark.parametrize("script", SENTENCES)
def test_no_answer_exceeds_its_budget_and_each_uses_it(library, script, max_tokens, form):
    options = {"max_tokens": max_tokens, "form": form}
    answers = [
        search_docs(library, SENTENCES[script], cartridges=[script], top_k=9, mode="lexical", **options),
        read_document(library, script, "1.md", **options),
        get_chunk_context(library, script, 5, before=5, after=5, **options),
        table_of_contents(library, script, **options),
    ]
    sizes = [size(render(answer, form)) for answer in answers]
    assert max(sizes) <= 4 * max_tokens
    assert all(answer.total_tokens <= max_tokens for answer in answers)
    assert min(sizes[1:3]) > 0.4 * 4 * max_tokens


@pytest.mark.parametrize("max_tokens", [1000, 4000])
def test_a_budget_holds_nearly_as_many_signs_of_chinese_as_tokens(library, max_tokens):
    text = read_document(library, "zh", "0.md", max_tokens=max_tokens).text
    signs = sum(not sign.isascii() for sign in text)
    assert 0.6 * max_tokens < signs <= max_tokens


@pytest.mark.parametrize("script", NEEDED)
def test_a_text_counts_as_much_as_models_need(script):
    assert NEEDED[script] <= tokens(SENTENCES[script]) <= 3 * NEEDED[script]


@given(st.text(st.characters(codec="ascii")))
def test_ascii_counts_by_its_characters(text):
    assert size(text) == len(text)


def test_punctuation_of_english_counts_as_english():
    assert size("“It’s – well – done…” • 3 × 2 → 6 ≥ 5 ✅ 🚀") == len("“It’s – well – done…” • 3 × 2 → 6 ≥ 5 ✅ 🚀")


@given(st.text(st.characters()), st.text(st.characters()))
def test_sizes_add_up_and_are_bounded(one, other):
    assert size(one + other) == size(one) + size(other)
    assert len(one) <= size(one) <= LARGEST * len(one)


@given(st.text(st.characters()), st.integers(0, 9), st.integers(0, 60))
def test_as_much_as_fits_is_taken(text, start, room):
    start = min(start, len(text))
    end = end_within(text, start, len(text), room)
    assert start <= end <= len(text)
    assert size(text[start:end]) <= room
    assert end == len(text) or size(text[start : end + 1]) > room
