"""`vrom eval`: measure how well the mounted cartridges answer a file of queries."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vrom.cli.console import console, escape_text, format_count, print_json, print_line
from vrom.cli.options import Cartridges, Json, open_library
from vrom.settings import read_settings

if TYPE_CHECKING:
    from vrom.evaluation.judge import Figures, Result
    from vrom.evaluation.questions import AskedQuestion

MODES = ("hybrid", "semantic", "lexical")
WORST = 10


def evaluate(
    questions: Annotated[
        Path | None,
        typer.Argument(
            metavar="QUESTIONS.jsonl",
            help=r"Questions with the sections that answer them.  \[default: those kept in vrom explore]",
            show_default=False,
        ),
    ] = None,
    corpora: Annotated[
        Path | None,
        typer.Option(
            help=r"Folder of the documents with the answering sections.  \[default: the cartridges]",
        ),
    ] = None,
    modes: Annotated[str, typer.Option(help="Comma-separated: hybrid, semantic, lexical.")] = "hybrid",
    budget: Annotated[int, typer.Option(min=1, help="Token budget for coverage.")] = 2000,
    save: Annotated[Path | None, typer.Option(metavar="RUN", help="Save the results of the first mode.")] = None,
    compare: Annotated[Path | None, typer.Option(metavar="RUN", help="Compare with a saved run.")] = None,
    misses: Annotated[int, typer.Option(min=0, help="Number of worst questions to list.")] = WORST,
    cartridges: Cartridges = None,
    json: Json = False,
) -> None:
    """Measure how well the mounted cartridges answer questions: nDCG@10, hit rates, MRR and coverage."""
    from vrom.evaluation.questions import read_questions
    from vrom.evaluation.report import judge_all, summarize
    from vrom.evaluation.run import answering_sections, read_run, save_run

    given = {mode.strip() for mode in modes.split(",")}
    if unknown := given - set(MODES):
        raise typer.BadParameter(
            f"{', '.join(sorted(unknown))!r} is not a mode. Expected {', '.join(MODES)}.", param_hint="--modes"
        )
    chosen = [mode for mode in MODES if mode in given]
    asked = read_questions(questions or _kept_questions())
    library = open_library(cartridges)
    sections = answering_sections(library, asked, corpora)
    earlier = read_run(compare) if compare else None
    runs = {mode: _run_questions(library, asked, mode) for mode in chosen}
    if save:
        save_run(runs[chosen[0]], save)
    if earlier is not None:
        runs["earlier"] = earlier
    figures = judge_all(asked, sections, runs, budget)
    report = {"questions": len(asked), "budget": budget, **summarize(asked, figures, chosen[0])}
    report["misses"] = _misses(asked, runs[chosen[0]], figures[chosen[0]], misses)
    if json:
        print_json(report)
    else:
        _print(report, budget)


def _kept_questions() -> Path:
    from vrom.evaluation.question_files import KEPT, QuestionFiles

    kept = QuestionFiles(read_settings().evaluation)
    if KEPT not in kept.names():
        raise typer.BadParameter("Name a file of questions, or keep questions in `vrom explore`.")
    return kept.path(KEPT)


def _run_questions(library: Any, asked: Sequence["AskedQuestion"], mode: Any) -> dict[str, list["Result"]]:
    from rich.progress import Progress

    from vrom.evaluation.run import ask

    with Progress(console=console(), transient=True) as progress:
        task = progress.add_task(f"Asking ({mode})", total=len(asked))
        return ask(library, asked, mode, lambda done: progress.update(task, completed=done))


def _misses(
    asked: Sequence["AskedQuestion"],
    run: dict[str, list["Result"]],
    figures: dict[str, "Figures"],
    count: int,
) -> list[dict[str, Any]]:
    from vrom.evaluation.report import expected_of, found_in, worst_first

    return [
        {
            "id": q.id,
            "query": q.query,
            "ndcg": figures[q.id].ndcg,
            "expected": expected_of(q),
            "found": found_in(run.get(q.id, [])),
        }
        for q in worst_first(asked, figures)[:count]
    ]


def _print(report: dict[str, Any], budget: int) -> None:
    from rich.table import Table

    names = ["ndcg", "hit1", "hit5", "hit10", "mrr", "cov"]
    table = Table(
        title=format_count(report["questions"], "question"),
        title_justify="left",
        box=None,
        pad_edge=False,
        header_style="dim",
    )
    for heading in ("mode", "questions", "nDCG@10", "hit@1", "hit@5", "hit@10", "MRR", f"cov@{budget}"):
        table.add_column(heading, justify="left" if heading == "mode" else "right", no_wrap=heading == "mode")
    for mode, groups in report["modes"].items():
        for group, row in groups.items():
            label = mode if group == "all" else f"  {group}"
            table.add_row(label, str(row["n"]), *(f"{row[name]:.3f}" for name in names))
    console().print(table)
    for name, figures in report["differences"].items():
        for figure, one in figures.items():
            verdict = "" if one["real"] else " (not significant)"
            console().print(f"{name}, {figure}: {one['mean']:+.3f} [{one['low']:+.3f}, {one['high']:+.3f}]{verdict}")
    for miss in report["misses"]:
        print_line(f"\n[bold]{miss['ndcg']:.2f}[/] {escape_text(miss['id'])}: {escape_text(miss['query'])}")
        print_line("  expected " + "\n           ".join(map(escape_text, miss["expected"])))
        print_line("  found    " + ("\n           ".join(map(escape_text, miss["found"])) or "nothing"))
