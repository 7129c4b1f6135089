"""How well vrom finds answers, and what each part of its ranking brings.

    uv run python benchmarks/retrieval.py QUESTIONS.jsonl --cartridges DIR [--corpora DIR] [--unrelated FILE]

One row is one way of ranking over the same cartridges and questions: as it is, by words alone, by meaning alone, and
with each part switched off in turn. A difference to the first row is followed by `*` where a paired bootstrap (10,000
samples, 95 %) leaves chance out. `--unrelated` names a file of questions, one a line, that the cartridges can't answer:
how many of these, and of the others, get the note that nothing matches well.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from vrom.answers.passages import spans_of
from vrom.evaluation.compare import difference
from vrom.evaluation.judge import Figures, Result, judge, mean
from vrom.evaluation.questions import AskedQuestion, read_questions
from vrom.evaluation.run import DEPTH, answering_sections
from vrom.library import Library
from vrom.search.mixture import MIXTURE, Mixture
from vrom.search.rank import Mode, Ranking, rank
from vrom.settings import read_settings

BUDGET = 2000
HITS = 100

Way = tuple[str, Mode, Mixture]

CHUNKS_ALONE = replace(MIXTURE, section_words=0, pairs=0, page_pairs=0, section_meaning=0, page_meaning=0, repeat=0)

WAYS: Sequence[Way] = [
    ("all parts", "hybrid", MIXTURE),
    ("by words alone", "lexical", MIXTURE),
    ("by meaning alone", "semantic", MIXTURE),
    ("without words of the chunk", "hybrid", replace(MIXTURE, words=0)),
    ("without words of the section", "hybrid", replace(MIXTURE, section_words=0)),
    ("without any word pairs", "hybrid", replace(MIXTURE, pairs=0, page_pairs=0)),
    ("without word pairs of the page", "hybrid", replace(MIXTURE, page_pairs=0)),
    ("without meaning of the chunk", "hybrid", replace(MIXTURE, meaning=0)),
    ("without meaning of the section", "hybrid", replace(MIXTURE, section_meaning=0)),
    ("without meaning of the page", "hybrid", replace(MIXTURE, page_meaning=0)),
    ("without spreading over sections", "hybrid", replace(MIXTURE, repeat=0)),
    ("without preferring a named library", "hybrid", replace(MIXTURE, preference=0)),
    ("without guessing slips", "hybrid", replace(MIXTURE, slips=0)),
    ("plain: words and meaning of the chunk", "hybrid", replace(CHUNKS_ALONE, preference=0, slips=0)),
]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--cartridges", type=Path, action="append")
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--unrelated", type=Path)
    options = parser.parse_args()
    settings = read_settings(options.cartridges or ())
    library = Library(settings.roots, cache=settings.cache, models=settings.models)
    questions = read_questions(options.questions)
    sections = answering_sections(library, questions, options.corpora)

    def figures_of(way: Way) -> list[Figures]:
        return [judge(sections[q.id], _results(_ranked(library, q.query, way)), BUDGET) for q in questions]

    _print(questions, figures_of)
    if options.unrelated:
        unrelated = [line for line in options.unrelated.read_text().splitlines() if line.strip()]
        for name, asked in (("answerable", [q.query for q in questions]), ("unrelated", unrelated)):
            doubted = sum(_ranked(library, query, WAYS[0]).doubtful for query in asked)
            Console().print(f"{name}: {doubted} of {len(asked)} get the note that nothing matches well")


def _ranked(library: Library, query: str, way: Way) -> Ranking:
    _, mode, mixture = way
    cartridges, _ = library.select()
    return rank(cartridges, query, mode=mode, embedders=library.embedders, limit=HITS, mixture=mixture)


def _results(ranking: Ranking) -> list[Result]:
    return [
        Result(span.document.source_file, span.document.text[slice(*span.range)])
        for span in spans_of(ranking.hits, 0, DEPTH)
    ]


def _print(questions: Sequence[AskedQuestion], figures_of: Callable[[Way], list[Figures]]) -> None:
    sets = list(dict.fromkeys(q.set for q in questions if q.set))
    table = Table(title=f"{len(questions)} questions", title_justify="left")
    for heading in ("ranking", "nDCG@10", "", "hit@5", f"in {BUDGET} tokens", *(f"nDCG@10 {name}" for name in sets)):
        table.add_column(heading, justify="left" if heading == "ranking" else "right")
    whole: list[Figures] = []
    for way in WAYS:
        figures = figures_of(way)
        whole = whole or figures
        gain = difference([one.ndcg for one in whole], [one.ndcg for one in figures])
        total = mean(figures)
        of_sets = [mean([f for q, f in zip(questions, figures, strict=True) if q.set == name]).ndcg for name in sets]
        change = "" if figures is whole else f"{gain.mean:+.3f}{'*' if gain.real else ' '}"
        numbers = [f"{x:.3f}" for x in (total.hit5, total.cov, *of_sets)]
        table.add_row(way[0], f"{total.ndcg:.3f}", change, *numbers)
    Console().print(table)


if __name__ == "__main__":
    main()
