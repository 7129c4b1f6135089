import json

import pytest

from vrom.errors import InvalidArgumentError
from vrom.evaluation.judge import Result, judge
from vrom.evaluation.questions import AskedQuestion, Gold, read_questions
from vrom.evaluation.run import answering_sections, ask, read_run, save_run
from vrom.evaluation.sections import nearest_heading

PAGES = {
    "guide.md": [
        "# Guide\n\nWhat this is about, in one line.",
        "## Feeding the cat\n\nThe cat eats twice a day, in the morning and at night.",
        "## Walking the dog\n\nThe dog walks three times a day, whatever the weather.",
    ]
}
QUESTIONS = [
    {"id": "q1", "query": "when does the cat eat", "gold": [{"file": "guide.md", "heading": "Feeding the cat"}]},
    {"id": "q2", "query": "dog walks", "gold": [{"file": "guide.md", "heading": "Walking the dog"}], "set": "short"},
]


@pytest.fixture
def questions(tmp_path):
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, QUESTIONS)))
    return file


@pytest.fixture
def library(make_package, embedder, library_of, tmp_path):
    make_package("pets", PAGES, embedder=embedder)
    return library_of(tmp_path / "cartridges")


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "semantic"])
def test_questions_are_asked_and_answered(library, questions, mode):
    asked = read_questions(questions)
    sections = answering_sections(library, asked, None)
    run = ask(library, asked, mode)
    assert all(judge(sections[q.id], run[q.id], 2000).hit1 for q in asked)


def test_sections_are_read_from_the_documents_where_they_are_given(library, questions, tmp_path):
    corpora = tmp_path / "corpora"
    corpora.mkdir()
    (corpora / "guide.md").write_text("# Guide\n\n## Feeding the cat\n\nOther words.\n\n## Walking the dog\n\nNone.\n")
    sections = answering_sections(library, read_questions(questions), corpora)
    assert set(sections["q1"][0].lines) == {"## Feeding the cat", "Other words."}


def test_a_document_that_is_not_utf_8_is_named(library, questions, tmp_path):
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora" / "guide.md").write_bytes(b"# Guide \xff")
    with pytest.raises(InvalidArgumentError, match=r"guide\.md: it isn't UTF-8"):
        answering_sections(library, read_questions(questions), tmp_path / "corpora")


def test_a_page_that_nothing_holds_is_named(library, tmp_path):
    file = tmp_path / "q.jsonl"
    file.write_text(json.dumps({"id": "x", "query": "y", "gold": [{"file": "lost.md"}]}))
    with pytest.raises(InvalidArgumentError, match=r"lost\.md"):
        answering_sections(library, read_questions(file), None)


def test_a_heading_that_is_not_there_is_named_with_its_page(library, tmp_path):
    file = tmp_path / "q.jsonl"
    file.write_text(json.dumps({"id": "x", "query": "y", "gold": [{"file": "guide.md", "heading": "Fishing"}]}))
    with pytest.raises(InvalidArgumentError, match=r"'x'.*guide\.md.*Fishing"):
        answering_sections(library, read_questions(file), None)


def test_a_saved_run_reads_as_it_was(tmp_path):
    run = {"q1": [Result("a.md", "text\nof two lines")], "q2": []}
    save_run(run, tmp_path / "run.jsonl")
    assert read_run(tmp_path / "run.jsonl") == run
    assert [path.name for path in tmp_path.iterdir()] == ["run.jsonl"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("not json", "line 1"),
        ('{"id": "x", "gold": []}', "query"),
        ('{"id": "x", "query": "y", "gold": [{}]}', "file"),
        ("", "no questions"),
    ],
)
def test_a_file_that_holds_no_questions_is_refused(tmp_path, content, complaint):
    file = tmp_path / "q.jsonl"
    file.write_text(content)
    with pytest.raises(InvalidArgumentError, match=complaint):
        read_questions(file)


@pytest.mark.parametrize("content", ["not json", '{"id": "x"}', "[]", '{"id": "x", "results": [1]}'])
def test_a_file_that_is_no_run_is_refused(tmp_path, content):
    file = tmp_path / "run.jsonl"
    file.write_text(content)
    with pytest.raises(InvalidArgumentError, match="line 1"):
        read_run(file)


def test_files_that_are_missing_are_refused(tmp_path):
    for read in (read_questions, read_run):
        with pytest.raises(InvalidArgumentError, match=r"nothing\.jsonl"):
            read(tmp_path / "nothing.jsonl")


def test_a_question_is_asked_of_the_cartridges_that_it_names(library, make_package, tmp_path):
    make_package("plants", {"guide.md": ["# Guide\n\nThe cat eats no plants, in one line."]})
    library.refresh(force=True)
    asked = [
        AskedQuestion(id=name, query="cat eats", gold=(Gold(file="guide.md", cartridge=name),), cartridges=(name,))
        for name in ("pets", "plants")
    ]
    run, sections = ask(library, asked, "lexical"), answering_sections(library, asked, None)
    for name, line in (("pets", "## Feeding the cat"), ("plants", "The cat eats no plants, in one line.")):
        assert line in sections[name][0].lines
        assert judge(sections[name], run[name], 2000).hit1
    assert all("plants" not in result.text for result in run["pets"])


def test_of_equal_headings_the_nearest_to_the_line_is_meant():
    page = "# A\n\n## Notes\n\nThe first of the notes.\n\n## B\n\n## Notes\n\nThe second of the notes.\n"
    lines = {line: nearest_heading(page, "Notes", line) for line in (None, 1, 3, 5, 7, 9, 400)}
    assert lines == {None: None, 1: 3, 3: 3, 5: 3, 7: 9, 9: 9, 400: 9}
    assert nearest_heading(page, "Fish", 3) is None
