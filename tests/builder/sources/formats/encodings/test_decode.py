"""Bytes as text, with remarks on what was guessed."""

import sys
import time

import pytest

from vrom.builder.sources.extra import MissingExtraError
from vrom.builder.sources.files.read import read_content
from vrom.builder.sources.formats.encodings.decode import UnreadableError, decode, decode_content


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("é".encode("utf-8-sig"), "é"),
        ("é".encode("utf-16"), "é"),
        ("é".encode("utf-32"), "é"),
        (b"a\r\nb\rc", "a\nb\nc"),
        (".. -*- coding: koi8-r -*-\n\nДа".encode("koi8-r"), ".. -*- coding: koi8-r -*-\n\nДа"),
        ('<meta charset="iso-2022-jp">文字'.encode("iso-2022-jp"), '<meta charset="iso-2022-jp">文字'),
    ],
)
def test_what_is_declared_is_taken_without_a_remark(content, text):
    decoded = decode_content(content)
    assert (decoded.text, decoded.remarks("a.md")) == (text, ())


def test_the_charset_of_a_header_counts_and_what_is_utf_8_all_the_same_is_utf_8():
    assert decode("Да".encode("koi8-r"), "KOI8-R") == "Да"
    assert decode("Größe".encode(), "ISO-8859-1") == "Größe"
    assert decode(b"It\x92s 5 \x80", "iso-8859-1") == "It’s 5 €"


def test_a_guess_is_named():
    [document] = read_content("# Straße\n\nGrüße für alle.".encode("latin-1"), "old.md")
    [remark] = document.remarks
    assert (document.title, remark.subject, remark.example) == ("Straße", "encoding guessed", "old.md: cp1252")


def test_a_foreign_byte_in_utf_8_is_a_western_letter_and_half_a_character_is_lost():
    decoded = decode_content("Größe überall, höher und größer, f".encode() + b"\xfcr alle " + "字".encode()[:2] + b".")
    assert decoded.text == "Größe überall, höher und größer, für alle \N{REPLACEMENT CHARACTER}."
    assert [(one.subject, one.lost) for one in decoded.remarks("a.md")] == [
        ("encoding guessed", False),
        ("bytes that are not of the file's encoding", True),
    ]


def test_a_repair_is_named():
    [remark] = decode_content("It’s a word – here… and there".encode().decode("cp1252").encode()).remarks("a.md")
    assert remark.subject == "broken encoding repaired"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b" \n", "empty"), (b"a\0b", "NUL byte at 1"), (b"\xff\xfea", "not UTF-16"), (b"\x01\xff\x02" * 50, "neither")],
)
def test_what_is_no_text_is_refused_with_the_reason(content, reason):
    with pytest.raises(UnreadableError, match=reason):
        decode(content)


def test_without_the_detector_only_what_needs_it_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "chardetng_py", None)
    assert decode("Grüße für alle".encode("latin-1")) == "Grüße für alle"
    with pytest.raises(MissingExtraError, match="not UTF-8"):
        decode("Запустите сервер".encode("koi8-r"))


@pytest.mark.parametrize("line", [b"<meta ", b"coding:", b"<?xml ", b"Local Variables: ", b"\xfc a "])
def test_hostile_content_costs_little_time(line):
    begun = time.monotonic()
    decode(line * 100_000)
    assert time.monotonic() - begun < 2
