"""How well vrom finds answers, over both kinds of cartridge, and what each part of its ranking brings.

    uv run python -m benchmarks.retrieval [QUESTIONS.jsonl --documents DIR] [--unrelated FILE]

Without arguments: this project's documentation and the questions of its tests. The documents are built by `vrom build`
and, for comparison, without word pieces, and cut as the format's first builder does. Where questions name a `lib`, each
is a folder in DIR and a cartridge of its own. `--unrelated` is a file of questions, one a line, that the documents
can't answer.
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from rich.console import Console

from benchmarks.format_cut import build_as_the_format_does
from benchmarks.tables import Cell, Column, Table, text
from vrom.answers import markdown
from vrom.answers.models import SearchAnswer
from vrom.answers.passages.spans import spans_of
from vrom.answers.search import search_docs
from vrom.builder.build import build
from vrom.builder.request import BuildRequest
from vrom.embedding.embedder import Embedder
from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import DEFAULT_SPEC
from vrom.evaluation.compare import difference
from vrom.evaluation.judge import Figures, Result, Section, judge, mean
from vrom.evaluation.questions import AskedQuestion, read_questions
from vrom.evaluation.run import DEPTH, answering_sections, ask
from vrom.evaluation.sections import telling_lines
from vrom.format.models import EmbeddingSpec
from vrom.library.library import Library
from vrom.search.rank import rank
from vrom.search.score.candidates import Mode
from vrom.search.weights import DEFAULT_WEIGHTS, FeatureWeights
from vrom.settings import read_settings

PROJECT = Path(__file__).parent.parent
OWN_QUESTIONS = PROJECT / "tests" / "evaluation" / "guide.jsonl"
UNRELATED = Path(__file__).with_name("unrelated.txt")

BUDGET = 2000
LEAN = 800
HITS = 100
MODES: Sequence[Mode] = ("hybrid", "semantic", "lexical")
KINDS = ("vrom build", "the format's cutting")
WHOLE_TEXTS = "vrom build, mean pooling"
"""A third kind, made as if the model gave vectors of texts alone: without word pieces and their rarity."""

CHUNKS_ALONE = replace(
    DEFAULT_WEIGHTS, section_words=0, pairs=0, document_pairs=0, section_meaning=0, document_meaning=0, repeat=0
)

ABLATIONS: Sequence[tuple[str, FeatureWeights]] = [
    ("all parts", DEFAULT_WEIGHTS),
    ("without words of the chunk", replace(DEFAULT_WEIGHTS, words=0)),
    ("without words of the section", replace(DEFAULT_WEIGHTS, section_words=0)),
    ("without any word pairs", replace(DEFAULT_WEIGHTS, pairs=0, document_pairs=0)),
    ("without word pairs of the page", replace(DEFAULT_WEIGHTS, document_pairs=0)),
    ("without meaning of the chunk", replace(DEFAULT_WEIGHTS, meaning=0)),
    ("without meaning of the section", replace(DEFAULT_WEIGHTS, section_meaning=0)),
    ("without meaning of the page", replace(DEFAULT_WEIGHTS, document_meaning=0)),
    ("without late interaction", replace(DEFAULT_WEIGHTS, tokens=0)),
    ("without spreading over sections", replace(DEFAULT_WEIGHTS, repeat=0)),
    ("without preferring a named library", replace(DEFAULT_WEIGHTS, preference=0)),
    ("without guessing slips", replace(DEFAULT_WEIGHTS, slips=0)),
    ("plain: words and meaning of the chunk", replace(CHUNKS_ALONE, preference=0, slips=0, tokens=0)),
]


@dataclass(frozen=True)
class Evaluation:
    """Questions, the sections that answer them, and the documents as cartridges of each kind."""

    questions: Sequence[AskedQuestion]
    sections: dict[str, list[Section]]
    libraries: dict[str, Library]
    unrelated: Sequence[str]

    def figures(self, run: dict[str, list[Result]]) -> list[Figures]:
        return [judge(self.sections[q.id], run[q.id], BUDGET) for q in self.questions]


def main() -> None:
    """Build, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path, nargs="?", default=OWN_QUESTIONS)
    parser.add_argument("--documents", type=Path, default=PROJECT / "docs")
    parser.add_argument("--unrelated", type=Path, default=UNRELATED)
    options = parser.parse_args()
    console = Console(width=120)
    with tempfile.TemporaryDirectory() as folder:
        evaluation = prepare(options.questions, options.documents, options.unrelated, Path(folder))
        for table in tables(evaluation):
            table.print(console)


def prepare(questions: Path, documents: Path, unrelated: Path, folder: Path) -> Evaluation:
    """Build the documents twice under `folder`."""
    settings = read_settings()
    store = ModelStore(settings.models)
    store.pull(DEFAULT_SPEC)
    asked = read_questions(questions)
    for lib in dict.fromkeys(q.lib for q in asked):
        source = str(documents / lib) if lib else str(documents)
        request = BuildRequest(vrom_id=lib or "guide", sources=(source,), prefix=lib)
        build(request, folder / KINDS[0] / request.vrom_id, store=store, cache=settings.cache)
        whole = _WholeTexts(settings.models)
        build(request, folder / WHOLE_TEXTS / request.vrom_id, store=whole, cache=settings.cache)
        as_the_format = folder / KINDS[1] / request.vrom_id
        build_as_the_format_does(request, as_the_format, store.open(DEFAULT_SPEC), settings.cache)
    libraries = {
        kind: Library([folder / kind], cache=folder / "cache", models=settings.models, home=None)
        for kind in (*KINDS, WHOLE_TEXTS)
    }
    sections = answering_sections(libraries[KINDS[0]], asked, documents)
    lines = [line for line in unrelated.read_text().splitlines() if line.strip()]
    return Evaluation(asked, sections, libraries, lines)


class _WholeTexts(ModelStore):
    """Models that give vectors of texts alone."""

    def open(self, spec: EmbeddingSpec) -> Embedder:
        """The model without word pieces."""
        return cast("Embedder", _WholeText(super().open(spec)))


@dataclass(frozen=True)
class _WholeText:
    real: Embedder
    vocabulary: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def tables(evaluation: Evaluation) -> Iterator[Table]:
    """All tables, in the order of how much they tell."""
    yield _by_kind_and_mode(evaluation)
    yield _word_pieces(evaluation)
    yield _answers(evaluation)
    yield _doubts(evaluation)
    yield _ablations(evaluation)


def _share(name: str) -> Column:
    return Column(name, "", lambda value: f"{value:.3f}")


def _by_kind_and_mode(evaluation: Evaluation) -> Table:
    questions = evaluation.questions
    sets = [name for name in dict.fromkeys(q.set for q in questions) if name]
    names = ("nDCG@10", "hit@1", "hit@5", "hit@10", "MRR", f"in {BUDGET} tokens", *(f"nDCG@10 {n}" for n in sets))
    table = Table(
        f"{len(questions)} questions",
        "The best 20 passages, judged by their text.",
        [text("cartridges"), text("mode"), *map(_share, names)],
    )
    for kind, library in evaluation.libraries.items():
        for mode in MODES:
            figures = evaluation.figures(ask(library, questions, mode))
            of_sets = [mean([f for q, f in zip(questions, figures, strict=True) if q.set == name]) for name in sets]
            total = mean(figures).as_dict().values()
            table.rows.append([kind, mode, *total, *(one.ndcg for one in of_sets)])
    return table


def _answers(evaluation: Evaluation) -> Table:
    shares = map(_share, ("framing", "of the section", "plain hits", f"in {LEAN} tokens", "listed, too"))
    columns = [text("cartridges"), *shares, Column("tokens", "", lambda count: f"{count:,.0f}")]
    about = (
        "Answers of search_docs as an agent gets them by default. Framing: the share that is no text of a document. "
        "Of the section: how much of an answering section the answer holds; plain hits: without widening. "
        f"In {LEAN} tokens: answered by a passage that is shown there; listed, too: or by one that is named."
    )
    table = Table("What an answer holds", about, columns)
    for kind, library in evaluation.libraries.items():
        rows = []
        for q in evaluation.questions:
            answer, sections = search_docs(library, q.query), evaluation.sections[q.id]
            rendered = markdown.search(answer)
            framing = 1 - sum(len(item.text) for item in answer.results) / len(rendered)
            plain = search_docs(library, q.query, max_tokens=20_000, top_k=20)
            held = [_held(sections, one) for one in (answer, _first(plain, 5))]
            found = [
                judge(sections, [Result(item.source_file, item.text) for item in items], LEAN).cov
                for items in ([item for item in answer.results if not item.listed], answer.results)
            ]
            rows.append((framing, *held, *found, len(rendered) / 4))
        table.rows.append([kind, *(statistics.mean(column) for column in zip(*rows, strict=True))])
    return table


def _first(answer: SearchAnswer, count: int) -> SearchAnswer:
    return answer.model_copy(update={"results": answer.results[:count]})


def _held(sections: Sequence[Section], answer: SearchAnswer) -> float:
    """The share of the answering section's characters that is in the answer, for the one of which most is."""

    def share(section: Section) -> float:
        here = [telling_lines(item.text) for item in answer.results if item.source_file == section.source_file]
        lines = {line for passage in here for line in passage}
        whole = sum(len(line) * count for line, count in section.lines.items())
        return sum(len(line) * count for line, count in section.lines.items() if line in lines) / (whole or 1)

    return max(map(share, sections), default=0.0)


def _doubts(evaluation: Evaluation) -> Table:
    columns = [text("cartridges"), text("questions"), Column("asked"), Column("doubted")]
    table = Table("Who is told that nothing matches well", "", columns)
    asked = {"answerable": [q.query for q in evaluation.questions], "unrelated": evaluation.unrelated}
    for kind, library in evaluation.libraries.items():
        opened, _ = library.open_all(library.select())
        for name, queries in asked.items():
            rankings = [rank(opened, q, mode="hybrid", embedders=library.embedders, limit=1) for q in queries]
            table.rows.append([kind, name, len(queries), sum(ranking.doubtful for ranking in rankings)])
    return table


def _ablations(evaluation: Evaluation) -> Table:
    columns = [text("ranking"), _share("nDCG@10"), text(""), _share("hit@5"), _share(f"in {BUDGET} tokens")]
    about = "Cartridges of `vrom build`. * where a paired bootstrap (10,000 samples, 95 %) leaves chance out."
    table = Table("What each part brings", about, columns)
    library = evaluation.libraries[KINDS[0]]
    whole: list[float] = []
    for name, weights in ABLATIONS:
        run = {q.id: _results(library, q.query, weights) for q in evaluation.questions}
        figures = evaluation.figures(run)
        ndcg = [one.ndcg for one in figures]
        whole = whole or ndcg
        gain = difference(whole, ndcg)
        total = mean(figures)
        change: Cell = "" if ndcg is whole else f"{gain.mean:+.3f}{'*' if gain.real else ''}"
        table.rows.append([name, total.ndcg, change, total.hit5, total.cov])
    return table


def _word_pieces(evaluation: Evaluation) -> Table:
    libs = [name for name in dict.fromkeys(q.lib for q in evaluation.questions) if name]
    columns = [text("mode"), text("vectors"), _share("nDCG@10"), text(""), _share("hit@5"), _share("in budget")]
    about = (
        "Of passages without widening. The change, by a paired bootstrap (10,000 samples, 95 %), is that to the first."
    )
    table = Table("What word pieces bring", about, [*columns, *map(_share, libs)])
    parts = [
        ("mean", WHOLE_TEXTS, DEFAULT_WEIGHTS),
        ("by rarity", KINDS[0], replace(DEFAULT_WEIGHTS, tokens=0)),
        ("by rarity, late interaction", KINDS[0], DEFAULT_WEIGHTS),
    ]
    for mode in ("hybrid", "semantic"):
        first: list[float] = []
        for name, kind, weights in parts:
            library = evaluation.libraries[kind]
            figures = evaluation.figures(
                {q.id: _results(library, q.query, weights, mode) for q in evaluation.questions}
            )
            ndcg = [one.ndcg for one in figures]
            first = first or ndcg
            gain = difference(first, ndcg)
            change = "" if ndcg is first else f"{gain.mean:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]"
            total = mean(figures)
            of_libs = [
                mean([one for q, one in zip(evaluation.questions, figures, strict=True) if q.lib == lib]).ndcg
                for lib in libs
            ]
            table.rows.append([mode, name, total.ndcg, change, total.hit5, total.cov, *of_libs])
    return table


def _results(library: Library, query: str, weights: FeatureWeights, mode: Mode = "hybrid") -> list[Result]:
    cartridges, _ = library.open_all(library.select())
    ranking = rank(cartridges, query, mode=mode, embedders=library.embedders, limit=HITS, weights=weights)
    return [
        Result(span.document.source_file, span.document.text[slice(*span.range)])
        for span in spans_of(ranking.hits, 0, DEPTH)
    ]


if __name__ == "__main__":
    main()
