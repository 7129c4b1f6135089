"""The explorer as an ASGI application: its addresses, and what stands around them."""

import logging

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from vrom.app.errors.client_errors import client_message
from vrom.app.explorer.handlers.build import build_routes
from vrom.app.explorer.handlers.cartridges import show_cartridge, show_cartridges
from vrom.app.explorer.handlers.changes import change_routes
from vrom.app.explorer.handlers.check import check_routes, refuse_check
from vrom.app.explorer.handlers.document import show_document
from vrom.app.explorer.handlers.enter import enter, leave, show_entrance
from vrom.app.explorer.handlers.map import show_map
from vrom.app.explorer.handlers.names import show_names
from vrom.app.explorer.handlers.quality import quality_routes
from vrom.app.explorer.handlers.questions import upload_route
from vrom.app.explorer.handlers.search import show_search
from vrom.app.explorer.pages import FOLDER, ROOT, Explorer, page
from vrom.app.explorer.protection import RequireSession, SetHeaders
from vrom.app.http.limits import LimitConcurrency, LimitSize
from vrom.errors import NotFoundError, VromError

CONCURRENT = 16
"""Requests answered at a time: pages are for people."""
LARGEST_FORM = 100_000
"""Bytes of a form."""

_log = logging.getLogger(__name__)


def create_explorer(explorer: Explorer) -> ASGIApp:
    """Create the application. It answers below `/explorer`, and leads there from `/`."""
    routes = [
        Route("/", _home),
        Route(ROOT, _home),
        *([upload_route()] if explorer.changes else ()),
        Mount(
            ROOT,
            middleware=[Middleware(LimitSize, LARGEST_FORM)],
            routes=[
                Route("/", show_cartridges),
                Route("/cartridge/{id:path}", show_cartridge),
                Route("/search", show_search),
                Route("/document", show_document),
                Route("/map", show_map),
                Route("/names", show_names),
                Route("/enter", show_entrance),
                Route("/enter", enter, methods=["POST"]),
                Route("/leave", leave, methods=["POST"]),
                *_changing_routes(explorer),
                Mount("/static", StaticFiles(directory=FOLDER / "static")),
            ],
        ),
    ]
    handlers = {VromError: _show_expected, HTTPException: _show_refusal, Exception: _show_unexpected}
    app = Starlette(routes=routes, exception_handlers=handlers)  # type: ignore[arg-type]
    app.state.explorer = explorer
    guarded = RequireSession(app, explorer.access, f"{ROOT}/enter", (f"{ROOT}/enter", f"{ROOT}/static/"))
    return SetHeaders(LimitConcurrency(guarded, CONCURRENT, CONCURRENT))


def _changing_routes(explorer: Explorer) -> list[Route]:
    """Addresses for this machine's user alone."""
    if explorer.changes is None:
        return [Route("/check", refuse_check)]
    return [*change_routes(), *build_routes(), *check_routes(), *quality_routes()]


def _home(_: Request) -> Response:
    return RedirectResponse(f"{ROOT}/", 303)


def _show_expected(request: Request, error: VromError) -> Response:
    status = 404 if isinstance(error, NotFoundError) else 400
    return page(request, "error.html", status, title="That didn't work", message=client_message(error))


def _show_refusal(request: Request, error: HTTPException) -> Response:
    titles = {404: "There is no such page", 403: "This isn't allowed", 405: "This isn't allowed"}
    message = "" if error.status_code == 404 else error.detail
    title = titles.get(error.status_code, "That didn't work")
    return page(request, "error.html", error.status_code, title=title, message=message)


def _show_unexpected(request: Request, error: Exception) -> Response:
    _log.error("%s failed", request.url.path, exc_info=error)
    message = "An error in vrom itself, not in the request. The log names it."
    return page(request, "error.html", 500, title="That didn't work", message=message)
