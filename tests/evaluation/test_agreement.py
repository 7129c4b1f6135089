"""The project's judging against the developers' shared scorer, over random cuts of real documents."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from vrom.evaluation.judge import Result, Section, judge
from vrom.evaluation.questions import read_questions
from vrom.evaluation.sections import section_lines

SHARED = Path(__file__).parents[3] / "shared"
pytestmark = pytest.mark.skipif(not (SHARED / "eval" / "score.py").is_file(), reason="the shared scorer isn't here")


@pytest.fixture(scope="module")
def scorer():
    spec = importlib.util.spec_from_file_location("score", SHARED / "eval" / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def random_results(rng, corpora, question):
    """Parts of the pages that answer and of others, some of them whole sections."""
    pages = [question.source_file(gold) for gold in question.gold] * 3
    results = []
    for page in rng.permutation(pages)[:8]:
        lines = (corpora / page).read_text().split("\n")
        start = int(rng.integers(0, len(lines)))
        results.append(Result(str(page), "\n".join(lines[start : start + int(rng.integers(1, 80))])))
    return results


@pytest.mark.slow
def test_every_figure_agrees(scorer):
    corpora = SHARED / "corpora"
    raw = [json.loads(line) for line in (SHARED / "eval" / "queries.jsonl").read_text().splitlines()]
    rng = np.random.default_rng(0)
    for plain, question in zip(raw, read_questions(SHARED / "eval" / "queries.jsonl"), strict=True):
        sections = [
            Section(
                name := question.source_file(gold), section_lines((corpora / name).read_text(), gold.heading, gold.line)
            )
            for gold in question.gold
        ]
        for _ in range(3):
            results = random_results(rng, corpora, question)
            run = {plain["id"]: [{"source_file": r.source_file, "text": r.text} for r in results]}
            theirs = scorer.score([plain], corpora, run)["all"]
            ours = judge(sections, results, 2000).as_dict()
            assert ours == pytest.approx({**{k: theirs[k] for k in ours if k != "cov"}, "cov": theirs["cov2k"]}), plain[
                "id"
            ]
