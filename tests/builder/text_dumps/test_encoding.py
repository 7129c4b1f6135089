"""Text repaired that went through the wrong encoding."""

import pytest

from vrom.builder.text_dumps.encoding import has_broken_encoding, repair_encoding

TEXT = "It’s “fine” – naïve café… 你好，世界。 🤗 done"


@pytest.mark.parametrize("code_page", ["sloppy-windows-1252", "sloppy-windows-1254"])
def test_text_that_was_read_in_a_code_page_is_repaired(code_page):
    import ftfy  # noqa: F401 (brings the code pages)

    broken = TEXT.encode().decode(code_page)
    assert has_broken_encoding(broken)
    assert repair_encoding(broken) == TEXT


def test_where_bytes_were_lost_the_characters_around_are_repaired():
    broken = "".join(c for c in ("训练方法" * 3).encode().decode("latin-1") if c not in "\x81\x8d\x8f\x90\x9d\xad")
    repaired = repair_encoding(broken)
    assert "方法" in repaired
    assert "æ" not in repaired


@pytest.mark.parametrize("text", [TEXT, "«été» … “café” – l’été’s", "Größe: 5 µm, façade, ĞğİıŞş", "ASCII only"])
def test_whole_text_is_not_touched(text):
    assert not has_broken_encoding(text)
    assert repair_encoding(text) == text
