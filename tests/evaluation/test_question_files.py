"""Questions kept one by one, and files of questions."""

import pytest

from vrom.errors import InvalidArgumentError, NotFoundError
from vrom.evaluation.question_files import KEPT, LARGEST, QuestionFiles, gold_at, plain_name
from vrom.evaluation.questions import Gold

TEXT = """# Kettle

What it is for, in one line.

## Parts

### Lid

It keeps the steam in.

```text
# a comment, no heading, in a block of code
```

## API

## Notes

Nothing else is to be said here.
"""


@pytest.fixture
def files(tmp_path):
    return QuestionFiles(tmp_path / "evaluation")


def test_without_a_folder_there_are_no_files(files):
    assert files.names() == []
    assert files.kept() == []
    with pytest.raises(NotFoundError):
        files.path(KEPT)


def test_kept_questions_stay_in_the_order_in_which_they_were_asked(files):
    for query in ("first", "second", "third"):
        files.keep(query, [Gold(file=f"{query}.md")])
    files.keep("second", [Gold(file="other.md"), Gold(file="other.md")])
    assert [(one.query, [gold.file for gold in one.gold]) for one in files.kept()] == [
        ("first", ["first.md"]), ("second", ["other.md"]), ("third", ["third.md"]),
    ]  # fmt: skip


def test_a_question_asked_of_other_cartridges_is_another_one(files):
    files.keep("how", [Gold(file="a.md")])
    files.keep("how", [Gold(file="a.md")], ["kettle"])
    assert [one.cartridges for one in files.kept()] == [(), ("kettle",)]


def test_names_of_files_lead_nowhere_else(files, tmp_path):
    (tmp_path / "secret.jsonl").write_text('{"id": "x", "query": "y", "gold": []}')
    files.keep("how", [Gold(file="a.md")])
    for name in ("../secret", "..", "", "/etc/passwd", "kept.jsonl", "."):
        with pytest.raises(NotFoundError):
            files.read(name)
    assert plain_name("..\\..\\a b\u202e.jsonl") == "a-b"


def test_a_file_that_is_too_large_is_refused(files):
    with pytest.raises(InvalidArgumentError, match="at most 5,000,000 are read"):
        files.add("big.jsonl", b" " * (LARGEST + 1))


@pytest.mark.parametrize(
    ("found", "heading", "line"),
    [
        ("What it is for", "Kettle", 1),
        ("It keeps the steam", "Lid", 7),
        ("# a comment", "Lid", 7),
        ("### Lid", "Lid", 7),
        ("\n### Lid", "Lid", 7),
        ("Nothing else", "Notes", 17),
    ],
)
def test_the_answer_is_the_innermost_section_at_the_chunk(found, heading, line):
    start = TEXT.index(found)
    gold = gold_at(TEXT, (start, start + len(found)), "kettle.md", "kettle")
    assert gold == Gold(file="kettle.md", heading=heading, line=line, cartridge="kettle")


def test_a_section_without_a_line_of_its_own_gives_way_to_the_next_in_the_chunk():
    start = TEXT.index("## API")
    assert gold_at(TEXT, (start, len(TEXT)), "kettle.md", "").heading == "Notes"
    with pytest.raises(InvalidArgumentError, match=r"'API' is too short"):
        gold_at(TEXT, (start, start + 6), "kettle.md", "")


def test_before_the_first_heading_the_whole_document_is_the_answer():
    text = "Some words before any heading.\n\n# Kettle\n\nMore of them.\n"
    assert gold_at(text, (0, 10), "kettle.md", "").heading == ""
    assert gold_at("No heading at all in this one.", (0, 10), "kettle.md", "").heading == ""
