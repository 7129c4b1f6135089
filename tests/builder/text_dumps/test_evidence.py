"""What tells a copied page from a text whose author wrote few blank lines."""

import time

import pytest

from vrom.builder.text_dumps.evidence import find_copying, find_dump_evidence

PROSE = [f"The {word} sentence of a text that has no blank lines at all." for word in "abcdefghijklm"]


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("button label", ["Copied", "x = 1"] * 3),
        ("button label", ["load", "< source >( path: str )"] * 3),
        ("diff hunk", ["@@ -1,3 +1,4 @@"] * 3),
        ("commit trailer", ["Signed-off-by: A <a@example.org>"] * 8),
        ("glued part", ["model.train()The model is then ready to be used."] * 3),
        ("code line without indentation", ["def load(path):", "return open(path)"] * 3),
        ("code line without indentation", ["trainer = Trainer(", "steps=5,", ")"] * 3),
    ],
)
def test_each_kind_is_named_and_counted(kind, lines):
    found = find_dump_evidence("\n".join([*PROSE, *lines]))
    assert found.get(kind, 0) >= 3


def test_a_title_that_the_navigation_shows_too_is_enough_with_one_other():
    page = ["Site", "Trainer", "Trainer", *PROSE]
    assert find_dump_evidence("\n".join(page)) == {}
    assert find_dump_evidence("\n".join([*page, "Show More"])) == {"button label": 1, "title shown twice": 2}


@pytest.mark.parametrize(
    "lines",
    [
        PROSE,
        ["# Notes", *PROSE, "def load(path):", "    return open(path)", "trainer = Trainer(", "    steps=5,", ")"] * 3,
        [*PROSE, "Copy", "Copy", "Copied", "The file is now in both folders, as it should be."],
        ["Title", "=" * 5, *PROSE, "-" * 8, *PROSE, "-" * 8] * 5,
        ["- one", "- one", "| a | b |", "| --- | --- |", "| 1 | 2 |", "| 1 | 2 |"] * 4,
    ],
)
def test_a_text_without_blank_lines_is_as_its_author_wrote_it(lines):
    assert find_dump_evidence("\n".join(lines)) == {}


def test_a_text_with_blank_lines_is_no_dump_whatever_it_holds():
    assert find_dump_evidence("\n\n".join([*PROSE, *["@@ -1,3 +1,4 @@"] * 5])) == {}


@pytest.mark.parametrize(
    "line", ["call(", "a)b", "Copy\nx = 1", "a | b |\n|---|---|", "1 | x", "Signed-off-by: a <b@c>"]
)
def test_hostile_text_costs_little_time(line):
    begun = time.monotonic()
    text = f"{line}\n" * 5_000 + "1 | x\n" * 5_000
    find_dump_evidence(text)
    find_copying(text.split("\n"))
    assert time.monotonic() - begun < 2
