"""Evaluations: ask files of questions, and show the results, misses first."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, cast, get_args

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from vrom.app.explorer.changes.jobs import Job
from vrom.app.explorer.changes.report import Report
from vrom.app.explorer.handlers.cartridges import slice_of
from vrom.app.explorer.handlers.changes import start
from vrom.app.explorer.handlers.questions import evaluation_folder, question_files, question_routes
from vrom.app.explorer.pages import ROOT, address, explorer_of, form_of, page
from vrom.app.explorer.view.figures import Trend, bands_of, bars_of, rank_of, trend_of
from vrom.errors import InvalidArgumentError, NotFoundError
from vrom.evaluation.question_files import LARGEST, plain_name
from vrom.evaluation.questions import AskedQuestion, read_questions
from vrom.evaluation.report import Answered, Evaluation, Summary, compare, evaluate
from vrom.evaluation.reports import Reports
from vrom.search.score.candidates import Mode

HOME = f"{ROOT}/quality"
BUDGET = 2000
_RECENT = 60
"""Reports on the overview."""


def quality_routes() -> list[Route]:
    """The addresses of evaluations and their questions."""
    return [
        Route("/quality", show_quality),
        Route("/quality/evaluate", start_evaluation, methods=["POST"]),
        Route("/quality/report", show_report),
        Route("/quality/report", remove_report, methods=["POST"]),
        *question_routes(),
    ]


def show_quality(request: Request) -> Response:
    """The form for an evaluation, and the reports so far."""
    return _overview(request)


async def start_evaluation(request: Request) -> Response:
    """Ask a file of questions in the background."""
    form = await form_of(request)
    named, path = str(form.get("questions", "")), str(form.get("path", "")).strip()
    modes = [cast("Mode", mode) for mode in get_args(Mode) if mode in form.getlist("mode")] or ["hybrid"]
    given = str(form.get("budget", ""))
    budget = min(max(int(given), 100), 100_000) if given.isascii() and given.isdigit() and len(given) < 9 else BUDGET
    try:
        label, questions = _questions(request, named, path)
    except (InvalidArgumentError, NotFoundError) as error:
        return _overview(request, 400, path=path, problem=str(error))
    explorer, reports = explorer_of(request), _reports(request)

    def work(job: Job) -> Report:
        report = evaluate(explorer.library, questions, label, modes, budget, job.report)
        reports.save(report)
        return Report(_told(report))

    return start(request, f"Evaluation of {label}", work, address("/quality/report", questions=label))


def show_report(request: Request) -> Response:
    """A report by its name, or the newest on a file of questions; compared with an earlier one."""
    reports, given = _reports(request), request.query_params
    report = _wanted(reports, given.get("name", ""), given.get("questions", ""))
    if given.get("form") == "json":
        headers = {"content-disposition": f'attachment; filename="{report.name}.json"'}
        return Response(report.model_dump_json(), media_type="application/json", headers=headers)
    mode = given["mode"] if given.get("mode") in report.modes else next(iter(report.modes))
    earlier = [one for one in reports.before(report) if mode in one.modes]
    chosen = next((one for one in earlier if one.name == given.get("with")), None)
    chosen = chosen or (earlier[0] if earlier and given.get("with") != "none" else None)
    other = reports.read(chosen.name) if chosen else None
    rows = _rows(report, mode, other)
    shown = slice_of(request, len(rows))
    return page(
        request,
        "quality/report.html",
        report=report,
        mode=mode,
        earlier=earlier,
        other=other,
        comparison=_comparison(report, other, mode) if other else {},
        bands={name: bands_of([rank_of(one.figures[name]["mrr"]) for one in report.answered]) for name in report.modes},
        bars=bars_of([(one.answered.query, one.answered.figures[mode]["ndcg"]) for one in rows]),
        rows=rows[shown.start : shown.end],
        shown=shown,
        given={name: value for name, value in given.items() if name != "page"},
    )


async def remove_report(request: Request) -> Response:
    """Delete a report."""
    form = await form_of(request)
    _reports(request).remove(str(form.get("name", "")))
    return RedirectResponse(HOME, 303)


@dataclass(frozen=True)
class Row:
    """A question of a report."""

    answered: Answered
    rank: int | None
    """Position of the first right result; None if there is none."""
    change: float | None
    """Difference of its nDCG from the other report's; None if that hasn't asked it."""


def _overview(request: Request, status: int = 200, path: str = "", problem: str = "") -> Response:
    reports = list(islice(_reports(request).summaries(), _RECENT))
    sizes = {}
    for name in (files := question_files(request)).names():
        try:
            sizes[name] = len(files.read(name))
        except (InvalidArgumentError, NotFoundError):
            continue
    return page(
        request,
        "quality/overview.html",
        status,
        sizes=sizes,
        modes=get_args(Mode),
        budget=BUDGET,
        reports=reports,
        trends=_trends(reports),
        path=path,
        problem=problem,
    )


def _trends(reports: Sequence[Summary]) -> dict[str, Trend]:
    """The course of nDCG@10 over the reports of each file that has several in the same mode, oldest first."""
    by_file: dict[str, list[tuple[str, str, float]]] = {}
    for report in reversed(reports):
        mode = next(iter(report.modes))
        label = report.questions if mode == "hybrid" else f"{report.questions}, {mode}"
        at = address("/quality/report", name=report.name)
        by_file.setdefault(label, []).append((at, report.created_at, report.modes[mode]["all"]["ndcg"]))
    return {name: trend_of(points) for name, points in by_file.items() if len(points) > 1}


def _questions(request: Request, named: str, path: str) -> tuple[str, list[AskedQuestion]]:
    if not path:
        if not named:
            raise InvalidArgumentError("Choose a file of questions.")
        return named, question_files(request).read(named)
    file = Path(path).expanduser()
    if not file.is_file() or file.stat().st_size > LARGEST:
        raise InvalidArgumentError(f"{path}: expected a file of at most {LARGEST:,} bytes.")
    return plain_name(path), read_questions(file)


def _wanted(reports: Reports, name: str, questions: str) -> Evaluation:
    return reports.newest(questions) if questions and not name else reports.read(name)


def _rows(report: Evaluation, mode: str, other: Evaluation | None) -> list[Row]:
    before = {one.id: one.figures[mode]["ndcg"] for one in other.answered} if other else {}
    rows = []
    for one in sorted(report.answered, key=lambda one: one.figures[mode]["ndcg"]):
        own = one.figures[mode]
        rows.append(Row(one, rank_of(own["mrr"]), own["ndcg"] - before[one.id] if one.id in before else None))
    return rows


def _comparison(report: Evaluation, other: Evaluation, mode: str) -> dict[str, Any]:
    """Differences from another report over the questions that both asked."""
    before = {one.id: one.figures[mode] for one in other.answered}
    pairs = [(before[one.id], one.figures[mode]) for one in report.answered if one.id in before]
    gains = [after["ndcg"] - earlier["ndcg"] for earlier, after in pairs]
    return {
        "questions": len(pairs),
        "better": sum(gain > 0 for gain in gains),
        "worse": sum(gain < 0 for gain in gains),
        **compare(pairs),
    }


def _told(report: Evaluation) -> str:
    mode, groups = next(iter(report.modes.items()))
    found = groups["all"]
    left_out = f" {len(report.left_out)} left out." if report.left_out else ""
    return (
        f"{len(report.answered)} questions, {mode}: nDCG@10 {found['ndcg']:.3f}, hit@5 {found['hit5']:.3f}, "
        f"cov@{report.budget} {found['cov']:.3f}.{left_out}"
    )


def _reports(request: Request) -> Reports:
    return Reports(evaluation_folder(request) / "reports")
