"""`vrom eval`: measure how well the mounted cartridges answer a file of queries."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vrom.cli.console import console, escape_text, format_count, print_json, print_line
from vrom.cli.options import Cartridges, Json, open_library

if TYPE_CHECKING:
    from vrom.evaluation.judge import Figures, Result
    from vrom.evaluation.questions import AskedQuestion

MODES = ("hybrid", "semantic", "lexical")
WORST = 10


def evaluate(
    questions: Annotated[
        Path, typer.Argument(metavar="QUESTIONS.jsonl", help="Questions with the sections that answer them.")
    ],
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
    from vrom.evaluation.judge import judge
    from vrom.evaluation.questions import read_questions
    from vrom.evaluation.run import answering_sections, read_run, save_run

    given = {mode.strip() for mode in modes.split(",")}
    if unknown := given - set(MODES):
        raise typer.BadParameter(
            f"{', '.join(sorted(unknown))!r} is not a mode. Expected {', '.join(MODES)}.", param_hint="--modes"
        )
    chosen = [mode for mode in MODES if mode in given]
    asked = read_questions(questions)
    library = open_library(cartridges)
    sections = answering_sections(library, asked, corpora)
    earlier = read_run(compare) if compare else None
    runs = {mode: _run_questions(library, asked, mode) for mode in chosen}
    if save:
        save_run(runs[chosen[0]], save)
    if earlier is not None:
        runs["earlier"] = earlier
    figures = {
        name: {q.id: judge(sections[q.id], run.get(q.id, ()), budget) for q in asked} for name, run in runs.items()
    }
    report = _report(asked, figures, chosen[0], budget)
    report["misses"] = _misses(asked, runs[chosen[0]], figures[chosen[0]], misses)
    if json:
        print_json(report)
    else:
        _print(report, budget)


def _run_questions(library: Any, asked: Sequence["AskedQuestion"], mode: Any) -> dict[str, list["Result"]]:
    from rich.progress import Progress

    from vrom.evaluation.run import ask

    with Progress(console=console(), transient=True) as progress:
        task = progress.add_task(f"Asking ({mode})", total=len(asked))
        return ask(library, asked, mode, lambda done: progress.update(task, completed=done))


def _report(
    asked: Sequence["AskedQuestion"], figures: dict[str, dict[str, "Figures"]], first: str, budget: int
) -> dict[str, Any]:
    from vrom.evaluation.compare import difference
    from vrom.evaluation.judge import by_group

    groups = {"all": [q.id for q in asked]}
    for q in asked:
        for name in dict.fromkeys(filter(None, (q.set, q.lib))):
            groups.setdefault(name, []).append(q.id)
    report: dict[str, Any] = {"questions": len(asked), "budget": budget, "modes": {}, "differences": {}}
    for mode, found in figures.items():
        means = by_group(groups, found)
        report["modes"][mode] = {name: {**one.as_dict(), "n": len(groups[name])} for name, one in means.items()}
        if mode != first:
            pairs = [(found[q.id], figures[first][q.id]) for q in asked]
            report["differences"][f"{first} against {mode}"] = {
                name: _difference(
                    difference([a.as_dict()[name] for a, _ in pairs], [b.as_dict()[name] for _, b in pairs])
                )
                for name in ("ndcg", "hit5", "cov")
            }
    return report


def _difference(found: Any) -> dict[str, Any]:
    return {"mean": found.mean, "low": found.low, "high": found.high, "real": found.real}


def _misses(
    asked: Sequence["AskedQuestion"],
    run: dict[str, list["Result"]],
    figures: dict[str, "Figures"],
    count: int,
) -> list[dict[str, Any]]:
    worst = sorted(asked, key=lambda q: figures[q.id].ndcg)[:count]
    return [
        {
            "id": q.id,
            "query": q.query,
            "ndcg": figures[q.id].ndcg,
            "expected": [f"{q.source_file(gold)}: {gold.heading}" for gold in q.gold],
            "found": [f"{r.source_file}: {_first_line(r.text)}" for r in run.get(q.id, [])[:3]],
        }
        for q in worst
    ]


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.split("\n") if line.strip()), "")[:80]


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
