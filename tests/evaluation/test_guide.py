"""Quality with a floor: questions about vrom's own documentation, asked of it as `vrom build` cuts it."""

from pathlib import Path

import pytest

from vrom.builder.chunking.chunker import TARGET, chunk_document
from vrom.builder.chunking.token_budget import TokenBudget
from vrom.builder.document import Document
from vrom.builder.sources.read import read_sources
from vrom.evaluation.judge import judge, mean
from vrom.evaluation.questions import read_questions
from vrom.evaluation.run import answering_sections, ask
from vrom.library.library import Library

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[2] / "docs"
QUESTIONS = Path(__file__).with_name("guide.jsonl")

FLOOR = {"hybrid": 0.77, "lexical": 0.7, "semantic": 0.55}
"""nDCG@10, a little below what was reached when this was written."""
FOUND = 0.9
"""Share of questions whose answer is among the first five passages."""


@pytest.fixture(scope="module")
def library(make_once, write_package, embedder, model_home, tmp_path_factory):
    def write(root: Path) -> None:
        budget = TokenBudget(embedder.count_tokens, TARGET, embedder.max_tokens)
        pages = {
            page.source_file: [chunk.text for chunk in chunk_document(page, budget)]
            for page in read_sources([DOCS])
            if isinstance(page, Document)
        }
        write_package(root, "guide", pages, embedder=embedder)

    cache = tmp_path_factory.mktemp("guide")
    return Library([make_once("guide", write)], cache=cache, models=model_home / "models")


@pytest.mark.parametrize("mode", FLOOR)
def test_questions_about_vrom_find_their_answers(library, mode):
    asked = read_questions(QUESTIONS)
    sections = answering_sections(library, asked, DOCS)
    run = ask(library, asked, mode)
    figures = mean([judge(sections[question.id], run[question.id], 2000) for question in asked])
    assert figures.ndcg >= FLOOR[mode]
    assert mode != "hybrid" or figures.hit5 >= FOUND
