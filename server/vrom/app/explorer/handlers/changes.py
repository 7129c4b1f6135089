"""Pull, update, remove, and the jobs that do it: only on the pages of `vrom explore`."""

from functools import partial
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from vrom.app.explorer.changes.jobs import Changes, Job
from vrom.app.explorer.pages import ROOT, explorer_of, form_of, page
from vrom.errors import VromError
from vrom.library.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable

    from vrom.app.explorer.changes.jobs import Work
    from vrom.app.explorer.changes.report import Report

JOBS = f"{ROOT}/jobs"


def change_routes() -> list[Route]:
    """The addresses of jobs, and those that start one which concerns a cartridge."""
    return [
        Route("/jobs", show_jobs),
        Route("/jobs/{number:int}", show_job),
        Route("/jobs/{number:int}/cancel", cancel, methods=["POST"]),
        Route("/refresh", refresh, methods=["POST"]),
        Route("/update-all", update_all, methods=["POST"]),
        *(Route(f"/{name}", partial(_change, name), methods=["POST"]) for name in ("pull", "update", "remove")),
    ]


def show_jobs(request: Request) -> Response:
    """The changes made so far, and how far they are."""
    jobs = changes_of(request).jobs()
    return page(request, "jobs.html", jobs=jobs, is_running=any(not job.is_over for job in jobs))


def show_job(request: Request) -> Response:
    """One change: its stages, and its report."""
    job = _job(request)
    library = explorer_of(request).library
    name = job.result.cartridge if job.result else ""
    return page(
        request,
        "job.html",
        job=job,
        report=job.result,
        cartridge=name if name and _is_mounted(library, name) else "",
        mounted={row.cartridge for row in job.result.rows if row.cartridge} if job.result else set(),
    )


async def cancel(request: Request) -> Response:
    """Cancel a job."""
    await form_of(request)
    job = _job(request)
    changes_of(request).cancel(job)
    return RedirectResponse(f"{JOBS}/{job.number}", 303)


async def refresh(request: Request) -> Response:
    """Read the lists of the registries again."""
    await form_of(request)
    return start(request, "Read the lists of registries", changes_of(request).operations.refresh)


async def update_all(request: Request) -> Response:
    """Update every pulled cartridge of which a registry lists a newer version."""
    await form_of(request)
    return start(request, "Update all cartridges", changes_of(request).operations.update_all)


def start(request: Request, title: str, work: "Work", link: str = "") -> Response:
    """Start a job, and lead to its page; `link` is the address of the page with its result."""
    job = changes_of(request).start(title, work, link)
    return RedirectResponse(f"{JOBS}/{job.number}", 303)


def changes_of(request: Request) -> Changes:
    """The changes that may be made. Raises `HTTPException` 403 if the pages are read-only."""
    changes = explorer_of(request).changes
    if changes is None:
        raise HTTPException(403, "These pages are read-only.")
    return changes


async def _change(name: str, request: Request) -> Response:
    form = await form_of(request)
    cartridge = str(form.get("id", "")).strip()
    if not cartridge:
        raise HTTPException(400, "The form names no cartridge.")
    if name == "remove" and form.get("sure") != "1":
        return page(request, "remove.html", cartridge=cartridge)
    operation: Callable[[str, Job], Report] = getattr(changes_of(request).operations, name)
    return start(request, f"{name.capitalize()} {cartridge}", partial(operation, cartridge))


def _job(request: Request) -> Job:
    job = changes_of(request).find(request.path_params["number"])
    if job is None:
        raise HTTPException(404)
    return job


def _is_mounted(library: Library, name: str) -> bool:
    try:
        library.mount(name)
    except VromError:
        return False
    return True
