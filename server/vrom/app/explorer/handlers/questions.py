"""Files of questions: keep one, add a file, read and download them."""

from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from vrom.answers.document import document_of
from vrom.answers.search import search_docs
from vrom.app.explorer.handlers.cartridges import slice_of
from vrom.app.explorer.pages import ROOT, address, check_form, chunk_address, explorer_of, form_of, mode_of, page
from vrom.app.explorer.view.markdown import mark_words
from vrom.app.http.limits import LimitSize
from vrom.errors import InvalidArgumentError, NotFoundError, PackageError
from vrom.evaluation.question_files import KEPT, LARGEST, LONGEST_QUERY, QuestionFiles, gold_at, plain_name
from vrom.evaluation.questions import Gold
from vrom.format.hidden_text import visible
from vrom.library.library import Library

UPLOAD = "/quality/upload"
OFFERED = 20
"""Results among which the right ones are chosen."""
_ALL_TOKENS = 20_000
_SNIPPET = 280


def question_routes() -> list[Route]:
    """The addresses of questions, but for `upload_route`."""
    return [
        Route("/quality/questions", show_questions),
        Route("/quality/download", download),
        Route("/quality/keep", show_keep),
        Route("/quality/keep", keep, methods=["POST"]),
        Route("/quality/forget", forget, methods=["POST"]),
        Route("/quality/remove", remove_file, methods=["POST"]),
    ]


def upload_route() -> Route:
    """The address that takes a file, which may be larger than other forms."""
    return Route(f"{ROOT}{UPLOAD}", upload, methods=["POST"], middleware=[Middleware(LimitSize, 2 * LARGEST)])


def evaluation_folder(request: Request) -> Path:
    """Folder of questions and reports."""
    home = explorer_of(request).library.home
    if home is None:
        raise HTTPException(404, "These pages have no folder for evaluations.")
    return home / "evaluation"


def question_files(request: Request) -> QuestionFiles:
    """The files of questions of this machine's user."""
    return QuestionFiles(evaluation_folder(request))


def show_questions(request: Request) -> Response:
    """The files, and the questions of one of them."""
    return _questions_page(request, request.query_params.get("file", ""))


def download(request: Request) -> Response:
    """A file of questions, as it is."""
    name = request.query_params.get("file", KEPT)
    content = question_files(request).path(name).read_bytes()
    headers = {"content-disposition": f'attachment; filename="{name}.jsonl"'}
    return Response(content, media_type="application/jsonl", headers=headers)


def show_keep(request: Request) -> Response:
    """Results of a query, to choose the right answers from."""
    given = request.query_params
    return _keep_page(
        request,
        given.get("q", "")[:LONGEST_QUERY],
        given.get("in", "").strip(),
        given.get("mode", ""),
        right=given.getlist("right"),
    )


async def keep(request: Request) -> Response:
    """Keep a question with the answers that were chosen."""
    form = await form_of(request)
    query, scope, mode, other, label = (str(form.get(name, "")).strip() for name in ("q", "in", "mode", "other", "set"))
    right = [str(one) for one in form.getlist("right")] + other.replace(",", " ").split()
    library = explorer_of(request).library
    try:
        gold = [_gold(library, one) for one in right]
        question = question_files(request).keep(query, gold, scope.replace(",", " ").split(), label[:80])
    except (InvalidArgumentError, NotFoundError, PackageError) as error:
        return _keep_page(request, query, scope, mode, right=right, label=label, problem=str(error))
    return RedirectResponse(f"{address('/quality/questions', file=KEPT)}#{question.id}", 303)


async def forget(request: Request) -> Response:
    """Remove a kept question."""
    form = await form_of(request)
    question_files(request).forget(str(form.get("id", "")))
    return RedirectResponse(address("/quality/questions", file=KEPT), 303)


async def upload(request: Request) -> Response:
    """Store a file of questions."""
    async with request.form(max_files=1) as form:
        check_form(request, form)
        given = form.get("file")
        name, content = "", b""
        if isinstance(given, UploadFile):
            name, content = given.filename or "", await given.read(LARGEST + 1)
    if not name:
        return _questions_page(request, "", 400, problem="Choose a file.")
    try:
        question_files(request).add(name, content)
    except InvalidArgumentError as error:
        return _questions_page(request, "", 400, problem=str(error))
    return RedirectResponse(address("/quality/questions", file=plain_name(name)), 303)


async def remove_file(request: Request) -> Response:
    """Delete a file of questions; asked twice."""
    form = await form_of(request)
    name = str(form.get("file", ""))
    files = question_files(request)
    if form.get("sure") != "1":
        return page(request, "quality/remove.html", name=name, count=len(files.read(name)))
    files.remove(name)
    return RedirectResponse(address("/quality/questions"), 303)


def _questions_page(request: Request, wanted: str, status: int = 200, problem: str = "") -> Response:
    files = question_files(request)
    names = files.names()
    name = wanted or (names[0] if names else "")
    questions = []
    if name:
        try:
            questions = files.read(name)
        except InvalidArgumentError as error:
            problem = problem or str(error)
    words = request.query_params.get("q", "").strip()
    found = [one for one in questions if all(word in one.query.casefold() for word in words.casefold().split())]
    shown = slice_of(request, len(found))
    return page(
        request,
        "quality/questions.html",
        status,
        names=names,
        name=name,
        is_kept=name == KEPT,
        words=words,
        questions=found[shown.start : shown.end],
        shown=shown,
        place=files.folder / f"{name}.jsonl" if name else files.folder,
        problem=problem,
    )


def _keep_page(
    request: Request, query: str, scope: str, mode: str, right: list[str], label: str = "", problem: str = ""
) -> Response:
    library = explorer_of(request).library
    offered: list[dict[str, Any]] = []
    if query.strip():
        try:
            offered = _offered(library, query, scope.replace(",", " ").split(), mode)
        except (InvalidArgumentError, NotFoundError, PackageError) as error:
            problem = problem or str(error)
    given = {one["reference"] for one in offered}
    return page(
        request,
        "quality/keep.html",
        400 if problem else 200,
        query=query,
        scope=scope,
        mode=mode,
        offered=offered,
        right=set(right),
        other=" ".join(one for one in right if one not in given),
        label=label,
        labels=_labels(request),
        problem=problem,
    )


def _offered(library: Library, query: str, names: list[str], mode: str) -> list[dict[str, Any]]:
    """Results of a query, with the reference of each chunk: `CARTRIDGE#NUMBER`."""
    answer = search_docs(library, query, names or None, top_k=OFFERED, max_tokens=_ALL_TOKENS, mode=mode_of(mode))
    offered = []
    for item in answer.results:
        text = " ".join(item.text.split())
        offered.append(
            {
                "reference": f"{item.cartridge}#{item.chunk_id}",
                "path": item.heading_path,
                "file": item.source_file,
                "link": chunk_address(item.cartridge, item.source_file, item.chunk_id),
                "snippet": mark_words(text[:_SNIPPET] + ("…" if len(text) > _SNIPPET else ""), frozenset()),
            }
        )
    return offered


def _gold(library: Library, reference: str) -> Gold:
    """The section of a chunk, `CARTRIDGE#NUMBER`. Raises `InvalidArgumentError` or `NotFoundError`."""
    name, _, number = reference.rpartition("#")
    if not name or not (number.isascii() and number.isdigit() and len(number) < 10):
        raise InvalidArgumentError(f"{visible(reference[:80])}: expected a chunk as CARTRIDGE#NUMBER.")
    with library.reading(name) as cartridge:
        if int(number) >= cartridge.size:
            raise InvalidArgumentError(f"{visible(reference[:80])}: {name} has {cartridge.size:,} chunks.")
        document = document_of(cartridge, cartridge.document_name(int(number)))
        return gold_at(document.text, document.spans[int(number)], document.source_file, name)


def _labels(request: Request) -> list[str]:
    """Labels that kept questions have already."""
    try:
        return sorted({one.set for one in question_files(request).kept() if one.set})
    except InvalidArgumentError:
        return []
