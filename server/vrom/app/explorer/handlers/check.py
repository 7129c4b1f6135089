"""The page with what `vrom check` finds in a cartridge."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from vrom.app.explorer.pages import explorer_of, page
from vrom.format.verify.package import check
from vrom.index.pack.verify import check_companions


def show_check(request: Request) -> Response:
    """Verify a mounted package. It reads all of it, so that only this machine's user may ask."""
    explorer = explorer_of(request)
    if explorer.changes is None:
        raise HTTPException(403, "Packages are checked by `vrom explore` or `vrom check`, on the server's machine.")
    library = explorer.library
    name = request.query_params.get("cartridge", "")
    mounts = library.mounts(every_version=True)
    mount = library.mount(name) if name else None
    findings = check(mount.folder, library.limits) + check_companions(mount.folder, library.limits) if mount else []
    return page(
        request,
        "quality/check.html",
        names=[one.name for one in mounts],
        mount=mount,
        findings=findings,
        errors=sum(finding.severity == "error" for finding in findings),
    )
