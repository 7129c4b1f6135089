"""What a query's word may be written as in a cartridge."""

import pytest

from vrom.format.models import Chunk
from vrom.index.document_table import documents_of
from vrom.index.lexical.bm25 import LexicalIndex
from vrom.index.lexical.build import lexical_arrays
from vrom.index.lexical.related_terms import compounds_and_parts, other_spellings
from vrom.index.outline import outline_of
from vrom.index.tokenizer import terms_of


def indexed(*texts: str) -> LexicalIndex:
    chunks = [Chunk(chunk_id=i, text=text, source_file="a.md", heading_path=()) for i, text in enumerate(texts)]
    outline = outline_of(chunks, documents_of(chunks))
    return LexicalIndex.of(lexical_arrays(iter(texts), outline), outline)


GERMAN = indexed(
    "Die Datenbankverbindung und der Verbindungsaufbau sind langsam.",
    "Das Passwort wird nicht im Arbeitsspeicher gehalten und der Schlüssel auch nicht.",
    "Eine Übertragung und ihre Überwachung: der Server wird geprüft.",
)
ENGLISH = indexed("The background colour of a dashboard and the foreground process.", "Overwriting a checkpoint.")


@pytest.mark.parametrize(
    ("word", "compounds"),
    [
        ("Verbindung", ["datenbankverbindung", "verbindungsaufbau"]),
        ("Datenbank", ["datenbankverbindung"]),
        ("Speicher", ["arbeitsspeich"]),
        ("Passwortübertragung", ["passwort", "übertragung"]),
        ("Serverüberwachung", ["server", "überwachung"]),
        ("Serverpasswortübertragung", ["server", "passwort", "übertragung"]),
        ("Zahnarzttermin", []),
        ("Serverzahnbürste", []),
        ("Bank", []),
    ],
)
def test_a_compound_is_found_by_its_parts_and_parts_by_the_compound(word, compounds):
    (term,) = terms_of(word)
    assert sorted(compounds_and_parts(GERMAN, term)) == sorted(compounds)


@pytest.mark.parametrize("word", ["grounding", "checkpointing", "backgroundcolour", "foregroundcolour", "writing"])
def test_english_is_left_alone(word):
    assert compounds_and_parts(ENGLISH, word) == []


def test_words_with_other_accents_are_other_spellings():
    index = indexed("Le café est ouvert.", "A cafe in town", "große Tür", "ёж")
    assert other_spellings(index, "еж") == ["~еж"]
    assert other_spellings(index, "cafe") == ["~cafe"]
    assert other_spellings(index, "cafè") == ["cafe", "~cafe"]
    assert other_spellings(index, "tuer") == ["~tuer"]
    assert other_spellings(index, "town") == []


def test_a_single_sign_is_found_in_pairs():
    index = indexed("猫が好き。黒猫", "犬")
    assert set(other_spellings(index, "猫")) == {"猫が", "黒猫"}
    assert other_spellings(index, "鳥") == []


def test_german_is_told_from_english_with_german_names():
    assert GERMAN.joins_words
    names = ["Gesellschaft der Freunde und Förderer", *["The law of Weber and Fechner"] * 300]
    assert not indexed(*names).joins_words
    assert not ENGLISH.joins_words
