import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

PAGES = {"guide.md": ["# Guide\n\nIn one line.", "## Feeding the cat\n\nThe cat eats twice a day, never at noon."]}


@pytest.fixture
def vrom_eval(make_package, embedder, model_home, tmp_path):
    make_package("pets", PAGES, embedder=embedder)
    questions = tmp_path / "questions.jsonl"
    gold = [{"file": "guide.md", "heading": "Feeding the cat"}]
    questions.write_text(json.dumps({"id": "q1", "set": "short", "query": "when does the cat eat", "gold": gold}))

    def run(*options, file=questions):
        command = [sys.executable, "-m", "vrom", "eval", str(file), "--cartridges", str(tmp_path / "cartridges")]
        environment = {**os.environ, "VROM_HOME": str(model_home)}
        return subprocess.run([*command, *options], capture_output=True, text=True, env=environment, check=False)

    return run


def test_json_holds_every_figure_and_a_saved_run_can_be_compared_with(vrom_eval, tmp_path):
    run = tmp_path / "run.jsonl"
    first = vrom_eval("--json", "--save", str(run), "--modes", "hybrid,lexical")
    assert first.returncode == 0, first.stderr
    report = json.loads(first.stdout)
    assert report["modes"]["hybrid"]["all"]["hit1"] == report["modes"]["lexical"]["short"]["ndcg"] == 1
    assert [line["id"] for line in map(json.loads, run.read_text().splitlines())] == ["q1"]
    second = json.loads(vrom_eval("--json", "--compare", str(run)).stdout)
    assert second["differences"]["hybrid against earlier"]["ndcg"] == {"mean": 0, "low": 0, "high": 0, "real": False}


def test_people_get_a_table_and_the_worst_misses(vrom_eval):
    shown = vrom_eval()
    assert shown.returncode == 0
    assert shown.stdout == ""
    assert "nDCG@10" in shown.stderr
    assert "when does the cat eat" in shown.stderr


@pytest.mark.parametrize(
    ("options", "code"), [(["--modes", "magic"], 2), (["--modes", ""], 2), (["--compare", "nothing.jsonl"], 1)]
)
def test_what_cannot_be_done_is_said(vrom_eval, options, code):
    failed = vrom_eval(*options)
    assert failed.returncode == code
    assert options[1] in failed.stderr


def test_modes_may_have_spaces_between_them(vrom_eval):
    report = json.loads(vrom_eval("--json", "--modes", "lexical, semantic").stdout)
    assert list(report["modes"]) == ["semantic", "lexical"]


def test_without_a_file_the_kept_questions_are_asked(make_package, model_home, tmp_path):
    from vrom.evaluation.question_files import QuestionFiles
    from vrom.evaluation.questions import Gold

    make_package("pets", PAGES)
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(model_home / "models")
    command = [sys.executable, "-m", "vrom", "eval", "--cartridges", str(tmp_path / "cartridges"), "--modes", "lexical"]
    environment = {**os.environ, "VROM_HOME": str(home)}
    nothing = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert nothing.returncode == 2
    assert "Name a file of questions" in nothing.stderr
    gold = Gold(file="guide.md", heading="Feeding the cat", cartridge="pets")
    QuestionFiles(home / "evaluation").keep("when does the cat eat", [gold])
    found = subprocess.run([*command, "--json"], capture_output=True, text=True, env=environment, check=False)
    assert json.loads(found.stdout)["modes"]["lexical"]["all"]["hit1"] == 1
