"""Pull, update, remove and build: only on the pages of `vrom explore`."""

from functools import partial
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from vrom.app.explorer.changes import Changes
from vrom.app.explorer.pages import ROOT, explorer_of, form_of, page

if TYPE_CHECKING:
    from collections.abc import Callable

JOBS = f"{ROOT}/jobs"


def change_routes() -> list[Route]:
    """The addresses that change something, and the page that shows the changes."""
    return [
        Route("/jobs", show_jobs),
        Route("/build", show_build),
        *(Route(f"/{name}", partial(_change, name), methods=["POST"]) for name in ("pull", "update", "remove")),
        Route("/build", build, methods=["POST"]),
    ]


def show_jobs(request: Request) -> Response:
    """The changes made so far, and how far they are."""
    jobs = _changes(request).jobs()
    return page(request, "jobs.html", jobs=jobs, is_running=any(job.state == "running" for job in jobs))


def show_build(request: Request) -> Response:
    """The form for a build."""
    return page(request, "build.html", source="", cartridge="", problem="")


async def build(request: Request) -> Response:
    """Start a build, or a dry run."""
    form = await _form(request)
    source, cartridge = form.get("source", "").strip(), form.get("id", "").strip()
    if not source:
        return page(request, "build.html", 400, source=source, cartridge=cartridge, problem="Name a folder.")
    changes = _changes(request)
    is_dry = form.get("dry") == "1"
    work = changes.operations.preview if is_dry else changes.operations.build
    title = f"{'Dry run' if is_dry else 'Build'} of {source}"
    changes.start(title, lambda progress: work(source, cartridge, progress))
    return RedirectResponse(JOBS, 303)


async def _change(name: str, request: Request) -> Response:
    form = await _form(request)
    cartridge = form.get("id", "").strip()
    if not cartridge:
        raise HTTPException(400, "The form names no cartridge.")
    if name == "remove" and form.get("sure") != "1":
        return page(request, "remove.html", cartridge=cartridge)
    changes = _changes(request)
    work: Callable[..., str] = getattr(changes.operations, name)
    changes.start(f"{name.capitalize()} {cartridge}", lambda progress: work(cartridge, progress))
    return RedirectResponse(JOBS, 303)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form of this session. Raises `HTTPException` 403 for any other."""
    return {name: str(value) for name, value in (await form_of(request)).items()}


def _changes(request: Request) -> Changes:
    changes = explorer_of(request).changes
    if changes is None:
        raise HTTPException(403, "These pages are read-only.")
    return changes
