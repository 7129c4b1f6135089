"""Building: of a folder, file or address, of packages by name, and of what a project locks."""

from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from vrom.app.errors.client_errors import client_message
from vrom.app.explorer.changes.operations import AddForm, BuildForm
from vrom.app.explorer.handlers.changes import changes_of, start
from vrom.app.explorer.pages import form_of, page
from vrom.errors import VromError

if TYPE_CHECKING:
    from starlette.datastructures import FormData

MOST_NAMES = 2000
"""Packages of one form."""
_NOTHING: dict[str, str] = {"source": "", "id": "", "version": "", "description": "", "follow": ""}


def build_routes() -> list[Route]:
    """The addresses of building."""
    return [
        Route("/build", show_build),
        Route("/build", build, methods=["POST"]),
        Route("/packages", show_packages),
        Route("/project", show_project),
        Route("/add", add, methods=["POST"]),
    ]


def show_build(request: Request) -> Response:
    """The form for a folder, a file or an address."""
    return page(request, "build.html", given=_NOTHING | dict(request.query_params), problem="")


async def build(request: Request) -> Response:
    """Start a build, or a dry run."""
    form = await form_of(request)
    given = BuildForm(
        source=_text(form, "source"),
        cartridge=_text(form, "id"),
        version=_text(form, "version"),
        description=_text(form, "description"),
        follows_links=form.get("follow") == "1",
    )
    if not given.source:
        return page(request, "build.html", 400, given=_NOTHING, problem="Name a folder, a file or an address.")
    operations = changes_of(request).operations
    is_dry = form.get("dry") == "1"
    work = operations.preview if is_dry else operations.build
    return start(request, f"{'Dry run of' if is_dry else 'Build'} {given.source}", partial(work, given))


def show_packages(request: Request) -> Response:
    """The form for packages by name."""
    return page(request, "packages.html", names=request.query_params.get("names", ""), problem="")


def show_project(request: Request) -> Response:
    """Dependencies of a project, and the documentation of them that is there."""
    folder = request.query_params.get("folder", "").strip()
    shows_all = request.query_params.get("all") == "1"
    problem, project = "", None
    try:
        project = changes_of(request).operations.project(folder)
    except VromError as error:
        problem = client_message(error)
    values: dict[str, Any] = {"listed": [], "hidden": 0}
    if project:
        listed = [one for one in project.dependencies if shows_all or one.is_direct]
        values = {"listed": listed, "hidden": len(project.dependencies) - len(listed)}
    return page(
        request, "project.html", 400 if problem else 200, folder=folder, shows_all=shows_all, project=project,
        problem=problem, **values,
    )  # fmt: skip


async def add(request: Request) -> Response:
    """Start making the documentation of packages, or a dry run of it."""
    form = await form_of(request)
    chosen = [form["only"]] if "only" in form else form.getlist("names")
    names = [name for value in chosen for name in str(value).replace(",", " ").split()]
    given = AddForm(
        names=list(dict.fromkeys(names))[:MOST_NAMES],
        folder=_text(form, "folder"),
        own=form.get("own") == "1" and "only" not in form,
        offline=form.get("offline") == "1",
    )
    if not (given.names or given.own):
        return page(request, "packages.html", 400, names="", problem="Name a package, such as pydantic==2.14.4.")
    operations = changes_of(request).operations
    is_dry = form.get("dry") == "1"
    work = operations.preview_added if is_dry else operations.add
    what = given.names[0] if len(given.names) == 1 else f"{len(given.names)} packages"
    what = what if given.names else "the project's own documentation"
    return start(request, f"{'Dry run of' if is_dry else 'Add'} {what}", partial(work, given))


def _text(form: "FormData", name: str) -> str:
    return str(form.get(name, "")).strip()
