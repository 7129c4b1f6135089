"""Questions kept from searches, files of questions, and evaluations of both."""

import html
import json
import re

import orjson
import pytest
from starlette.testclient import TestClient

from vrom.app.explorer.access import Access
from vrom.app.explorer.application import create_explorer
from vrom.app.explorer.changes.jobs import Changes
from vrom.app.explorer.pages import Explorer
from vrom.evaluation.question_files import QuestionFiles
from vrom.evaluation.questions import read_questions
from vrom.evaluation.reports import Reports
from vrom.evaluation.run import answering_sections

PETS = {
    "pets.md": [
        "# Pets\n\nWhat this is about, in one line.",
        "## Feeding the cat\n\nThe cat eats twice a day, in the morning and at night.",
        "## Walking the dog\n\nThe dog walks three times a day, whatever the weather.",
        "## Notes\n\nFor cats: never wake them.",
        "## Notes\n\nFor dogs: always wake them.",
    ]
}
QUERY = "how often does the dog walk"
LINE = {"id": "a", "query": QUERY, "gold": [{"file": "pets.md", "heading": "Walking the dog"}]}
LOST = {"id": "b", "query": "fish", "gold": [{"file": "fish.md"}]}
MISSED = {
    "id": "c",
    "query": "how often does the dog walk",
    "gold": [{"file": "pets.md", "heading": "Feeding the cat"}],
}


class Owner:
    """The browser of this machine's user."""

    def __init__(self, library, operations, home):
        library.home = home
        self.library, self.folder = library, home / "evaluation"
        self.files, self.reports = QuestionFiles(self.folder), Reports(self.folder / "reports")
        self.changes = Changes(operations)
        app = create_explorer(Explorer(library, Access(secret="s"), self.changes))
        self.browser = TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)
        self.browser.get("/explorer/enter?secret=s")
        self.csrf = re.search(r'name="csrf" value="(\w+)"', self.get("/build"))[1]

    def get(self, path, /, **query):
        return self.browser.get(f"/explorer{path}", params=query or None).text

    def post(self, path, /, files=None, **form):
        return self.browser.post(f"/explorer{path}", data={"csrf": self.csrf, **form}, files=files)

    def evaluate(self, wait_until, **form):
        self.post("/quality/evaluate", **form)
        wait_until(lambda: self.changes.jobs() and self.changes.jobs()[0].is_over)
        return self.changes.jobs()[0]


@pytest.fixture
def owner(library_of, make_package, recorded, tmp_path):
    library = library_of(make_package("pets", PETS).parent)
    return Owner(library, recorded.operations, tmp_path / "home")


def upload(owner, *lines, name="mine.jsonl"):
    content = b"".join(orjson.dumps(line) + b"\n" for line in lines)
    return owner.post("/quality/upload", files={"file": (name, content)})


def test_a_question_is_kept_with_the_answers_that_were_chosen(owner):
    page = owner.get("/quality/keep", q="when does the cat eat", mode="lexical")
    reference = re.search(r'name="right" value="([^"]+)"', page)[1]
    assert reference == "pets#1"
    shown = owner.post("/quality/keep", q="when does the cat eat", right=reference, set="cats").text
    assert "when does the cat eat" in shown
    assert "Feeding the cat" in shown
    question = owner.files.kept()[0]
    assert (question.query, question.set) == ("when does the cat eat", "cats")
    assert question.gold[0].model_dump() == {
        "file": "pets.md", "heading": "Feeding the cat", "line": 5, "cartridge": "pets",
    }  # fmt: skip


def test_the_search_page_leads_to_keeping_only_where_something_may_be_changed(owner, client_of):
    link = re.search(r'href="([^"]+)">Keep this question', owner.get("/search", q="cat eats", mode="lexical"))[1]
    assert html.unescape(link) == "/explorer/quality/keep?q=cat+eats&mode=lexical"
    assert "/explorer/quality" not in client_of(owner.library.roots[0]).get("/explorer/search?q=cat&mode=lexical").text


def test_of_sections_with_equal_headings_the_chosen_one_is_kept(owner):
    owner.post("/quality/keep", q="waking dogs", other="pets#4")
    sections = answering_sections(owner.library, owner.files.kept(), None)
    assert [set(one.lines) for ones in sections.values() for one in ones] == [{"For dogs: always wake them."}]


def test_the_same_question_is_replaced_and_can_be_removed(owner):
    for number in (1, 2):
        owner.post("/quality/keep", q="animals", right=f"pets#{number}")
    owner.post("/quality/keep", q="animals", right="pets#1", **{"in": "pets"})
    first, scoped = owner.files.kept()
    assert first.gold[0].heading == "Walking the dog"
    assert scoped.cartridges == ("pets",)
    owner.post("/quality/forget", id=first.id)
    assert owner.files.kept() == [scoped]
    owner.post("/quality/forget", id=scoped.id)
    assert owner.files.names() == []


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"q": "cat"}, "Choose at least one right answer"),
        ({"q": " ", "right": "pets#1"}, "query: expected 1 to"),
        ({"q": "cat", "right": "pets#99"}, "pets has 5 chunks"),
        ({"q": "cat", "other": "pets"}, "expected a chunk as CARTRIDGE#NUMBER"),
        ({"q": "cat", "right": "dogs#1"}, "No cartridge &#39;dogs&#39;"),
    ],
)
def test_what_cannot_be_kept_is_told_and_nothing_that_was_entered_is_lost(owner, form, problem):
    response = owner.post("/quality/keep", **form, set="my label", mode="lexical")
    assert response.status_code == 400
    assert problem in response.text
    assert 'value="my label"' in response.text
    assert owner.files.names() == []


def test_a_file_is_added_read_and_downloaded(owner):
    shown = upload(owner, LINE, name="../../My questions.jsonl")
    assert str(shown.url).endswith("file=My-questions")
    assert "how often does the dog walk" in shown.text
    assert [path.name for path in owner.folder.iterdir()] == ["My-questions.jsonl"]
    got = owner.browser.get("/explorer/quality/download?file=My-questions")
    assert json.loads(got.text) == LINE
    assert "attachment" in got.headers["content-disposition"]


@pytest.mark.parametrize("name", ["mine", "../../../etc/passwd", "", "%00"])
def test_only_files_of_questions_are_downloaded(owner, name):
    assert owner.browser.get("/explorer/quality/download", params={"file": name}).status_code == 404


def test_a_file_that_holds_no_questions_is_refused_with_its_line(owner):
    refused = owner.post("/quality/upload", files={"file": ("a.jsonl", b'{"id": "x"}')})
    assert refused.status_code == 400
    assert "a.jsonl, line 1: query" in refused.text
    assert owner.post("/quality/upload").status_code == 400
    assert "Name it otherwise" in upload(owner, LINE, name="kept.jsonl").text
    assert owner.files.names() == []


def test_a_file_is_removed_when_asked_twice(owner):
    upload(owner, LINE)
    assert "Delete mine?" in owner.post("/quality/remove", file="mine").text
    assert owner.files.names() == ["mine"]
    owner.post("/quality/remove", file="mine", sure="1")
    assert owner.files.names() == []


def test_a_larger_form_is_taken_for_a_file_alone(owner):
    lines = [{**LINE, "id": str(i), "query": "x" * 1000} for i in range(300)]
    assert upload(owner, *lines).status_code == 200
    assert owner.post("/quality/keep", q="x" * 200_000).status_code == 413


def test_an_evaluation_shows_misses_first_and_what_was_left_out(owner, wait_until):
    upload(owner, LINE, LOST, MISSED)
    job = owner.evaluate(wait_until, questions="mine", mode="lexical")
    assert job.summary.startswith("2 questions, lexical: nDCG@10 ")
    assert job.summary.endswith("1 left out.")
    assert f'href="{job.link}"' in owner.get("/jobs")
    report = owner.browser.get(job.link).text
    assert report.index("pets.md: Feeding the cat") < report.index("pets.md: Walking the dog")
    assert "1 question was left out" in report
    assert "fish.md" in report
    assert owner.reports.read(owner.reports.names()[0]).modes["lexical"]["all"]["n"] == 2


def test_a_file_on_this_machine_is_evaluated_by_its_path(owner, tmp_path, wait_until):
    file = tmp_path / "own.jsonl"
    file.write_bytes(orjson.dumps(LINE))
    assert owner.evaluate(wait_until, path=str(file), mode="lexical").state == "done"
    assert owner.files.names() == []
    for path in (tmp_path, tmp_path / "nothing.jsonl"):
        assert "expected a file" in owner.post("/quality/evaluate", path=str(path)).text


def test_evaluations_are_compared_with_the_one_before(owner, wait_until):
    upload(owner, LINE, MISSED)
    owner.evaluate(wait_until, questions="mine", mode="lexical")
    first = owner.reports.read(owner.reports.names()[0])
    earlier = first.model_copy(update={"created_at": "2020-01-01T00:00:00Z"}, deep=True)
    for one in earlier.answered:
        one.figures["lexical"] |= {"ndcg": 0.0, "mrr": 0.0}
    owner.reports.save(earlier)
    report = owner.get("/quality/report", questions="mine")
    assert "Of 2 questions that both asked, " in report
    assert '<option value="20200101-000000-mine" selected>' in report
    assert '<span class="change">+1.00</span>' in report
    assert "both asked" not in owner.get("/quality/report", questions="mine", **{"with": "none"})
    assert "nDCG@10 over time" in owner.get("/quality")
    owner.post("/quality/report", name=first.name)
    assert owner.reports.names() == ["20200101-000000-mine"]


def test_a_report_that_is_damaged_leaves_the_others(owner, wait_until):
    upload(owner, LINE)
    owner.evaluate(wait_until, questions="mine", mode="lexical")
    (owner.folder / "reports" / "20200101-000000-mine.json").write_text("{")
    assert owner.get("/quality").count('scope="row"') == 1
    assert owner.browser.get("/explorer/quality/report?name=20200101-000000-mine").status_code == 400


def test_texts_of_questions_and_answers_are_only_text(owner, wait_until):
    attack = "<script>alert(1)</script>'\"&"
    upload(owner, {**LINE, "query": attack, "set": attack, "id": attack})
    owner.evaluate(wait_until, questions="mine", mode="lexical")
    for path in (
        "/quality/questions?file=mine",
        "/quality/report?questions=mine",
        f"/quality/keep?mode=lexical&q={attack}",
    ):
        shown = owner.browser.get(f"/explorer{path}").text
        assert "alert(1)" in shown
        assert "<script>alert" not in shown


def test_the_kept_questions_are_those_of_the_command(owner):
    owner.post("/quality/keep", q="when does the cat eat", right="pets#1")
    assert read_questions(owner.folder / "kept.jsonl") == owner.files.kept()


@pytest.mark.parametrize("path", ["evaluate", "keep", "forget", "upload", "remove", "report"])
def test_a_form_without_the_token_of_the_session_changes_nothing(owner, path):
    upload(owner, LINE)
    form = {"questions": "mine", "q": "x", "right": "pets#1", "file": "mine", "sure": "1", "id": "a", "name": "x"}
    assert owner.browser.post(f"/explorer/quality/{path}", data=form).status_code == 403
    assert owner.files.names() == ["mine"]
    assert owner.changes.jobs() == []


def test_read_only_pages_have_no_quality(client_of, tmp_path):
    browser = client_of(tmp_path)
    for path in ("quality", "quality/questions", "quality/keep?q=x", "quality/download?file=kept"):
        assert browser.get(f"/explorer/{path}").status_code == 404
    for path in ("evaluate", "keep", "upload", "remove"):
        assert browser.post(f"/explorer/quality/{path}").status_code == 404
