"""Evaluations as they are reported, stored and compared."""

import pytest

from vrom.errors import InvalidArgumentError, NotFoundError
from vrom.evaluation.questions import AskedQuestion, Gold
from vrom.evaluation.report import compare, evaluate
from vrom.evaluation.reports import Reports

PAGES = {
    "pets.md": [
        "# Pets\n\nWhat this is about, in one line.",
        "## Feeding the cat\n\nThe cat eats twice a day, in the morning and at night.",
        "## Walking the dog\n\nThe dog walks three times a day, whatever the weather.",
    ]
}


def question(name, query, heading, file="pets.md", **more):
    return AskedQuestion(id=name, query=query, gold=(Gold(file=file, heading=heading),), **more)


@pytest.fixture
def library(make_package, library_of):
    return library_of(make_package("pets", PAGES).parent)


def test_the_worst_are_first_and_what_cannot_be_judged_is_named(library):
    asked = [
        question("right", "when does the cat eat", "Feeding the cat", set="cats"),
        question("wrong", "zebra", "Walking the dog"),
        question("lost", "fish", "Fish", file="fish.md"),
    ]
    steps = []
    report = evaluate(library, asked, "mine", ["lexical"], 2000, lambda *step: steps.append(step))
    assert [one.id for one in report.answered] == ["wrong", "right"]
    assert report.modes["lexical"]["cats"] == report.answered[1].figures["lexical"] | {"n": 1}
    assert report.modes["lexical"]["all"]["n"] == 2
    assert [("lost" in one, "fish.md" in one) for one in report.left_out] == [(True, True)]
    assert steps == [("lexical", 1, 2), ("lexical", 2, 2)]
    assert report.answered[1].expected == ["pets.md: Feeding the cat"]


def test_an_evaluation_without_a_question_that_can_be_judged_fails(library):
    with pytest.raises(InvalidArgumentError, match=r"No question could be judged.*fish\.md"):
        evaluate(library, [question("lost", "fish", "", file="fish.md")], "mine", ["lexical"], 2000, print)


def test_reports_are_stored_by_time_and_the_oldest_go(library, tmp_path, monkeypatch):
    monkeypatch.setattr("vrom.evaluation.reports.KEPT", 4)
    reports = Reports(tmp_path / "reports")
    assert reports.names() == []
    report = evaluate(library, [question("a", "cat", "Feeding the cat")], "mine", ["lexical"], 2000, print)
    for minute in range(7):
        reports.save(report.model_copy(update={"created_at": f"2026-01-01T00:0{minute}:00Z"}))
    names = reports.names()
    assert names == [f"20260101-000{minute}00-mine" for minute in (6, 5, 4, 3)]
    newest = reports.read(names[0])
    assert (newest.name, newest.answered) == (names[0], report.answered)
    assert [one.name for one in reports.before(newest)] == names[1:]


def test_a_report_of_the_same_second_replaces_no_other(library, tmp_path):
    reports = Reports(tmp_path)
    report = evaluate(library, [question("a", "cat", "Feeding the cat")], "mine", ["lexical"], 2000, print)
    again = [reports.save(report) for _ in range(3)]
    assert again == sorted(set(again))
    assert reports.newest("mine").name == again[-1]


@pytest.mark.parametrize("name", ["", "../mine", "20260101-000000-..", "/etc/passwd", "20260101-000000-mine"])
def test_only_reports_are_read_and_removed(tmp_path, name):
    reports = Reports(tmp_path)
    for act in (reports.read, reports.remove):
        with pytest.raises(NotFoundError):
            act(name)


def test_a_difference_within_chance_is_told_from_one_that_is_not():
    better = [({"ndcg": 0.2, "hit5": 0.0, "cov": 1.0}, {"ndcg": 0.9, "hit5": 1.0, "cov": 1.0})] * 20
    found = compare(better)
    assert found["ndcg"]["real"]
    assert found["ndcg"]["mean"] == pytest.approx(0.7)
    assert not found["cov"]["real"]
