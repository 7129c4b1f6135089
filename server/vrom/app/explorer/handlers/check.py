"""The page with what `vrom check` finds in the cartridges."""

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from vrom.app.explorer.changes.jobs import Job
from vrom.app.explorer.changes.report import Report
from vrom.app.explorer.checks import Checked
from vrom.app.explorer.handlers.cartridges import slice_of
from vrom.app.explorer.handlers.changes import start
from vrom.app.explorer.pages import address, explorer_of, form_of, page
from vrom.library.library import Library
from vrom.library.mount import Mount


def check_routes() -> list[Route]:
    """The addresses that check packages: only for this machine's user, since a check reads all of them."""
    return [Route("/check", show_check), Route("/check", check_all, methods=["POST"])]


def refuse_check(_: Request) -> Response:
    """Refuse to check where the pages are read-only."""
    raise HTTPException(403, "Packages are checked by `vrom explore` or `vrom check`, on the server's machine.")


def show_check(request: Request) -> Response:
    """Findings in the mounted packages, those with errors first; one of them in full."""
    explorer = explorer_of(request)
    name = request.query_params.get("cartridge", "")
    mount = explorer.library.mount(name) if name else None
    if mount is not None and mount.is_stored:
        raise HTTPException(400, "This cartridge is in a database: `vrom check --store` checks it.")
    checked = explorer.checks.run(mount, explorer.library.limits) if mount else None
    rows = _worst_first([(one, explorer.checks.found(one)) for one in _in_folders(explorer.library)])
    shown = slice_of(request, len(rows))
    return page(
        request,
        "quality/check.html",
        mount=mount,
        checked=checked,
        most_places=max((finding.count for finding in checked.findings), default=1) if checked else 1,
        rows=rows[shown.start : shown.end],
        shown=shown,
        most=max((len(found.findings) for _, found in rows if found), default=0) or 1,
        unchecked=sum(found is None for _, found in rows),
    )


async def check_all(request: Request) -> Response:
    """Check every mounted package in the background."""
    await form_of(request)
    explorer = explorer_of(request)

    def work(job: Job) -> Report:
        mounts = _in_folders(explorer.library)
        found = []
        for done, mount in enumerate(mounts):
            job.report("Check", done, len(mounts))
            found.append(explorer.checks.run(mount, explorer.library.limits))
        errors, warnings = sum(bool(one.errors) for one in found), sum(bool(one.warnings) for one in found)
        return Report(f"{len(found)} cartridges checked: {errors} with errors, {warnings} with warnings.")

    return start(request, "Check of all cartridges", work, address("/check"))


def _in_folders(library: Library) -> list[Mount]:
    return [mount for mount in library.mounts(every_version=True) if not mount.is_stored]


def _worst_first(rows: Sequence[tuple[Mount, Checked | None]]) -> list[tuple[Mount, Checked | None]]:
    return sorted(rows, key=lambda row: (-row[1].errors, -row[1].warnings) if row[1] else (0, 0))
