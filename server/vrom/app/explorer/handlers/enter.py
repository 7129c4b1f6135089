"""Beginning and end of a session."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from vrom.app.explorer.access import is_same_origin, session_of, start_session
from vrom.app.explorer.pages import ROOT, explorer_of, form_of, page


def show_entrance(request: Request) -> Response:
    """Use the secret in the address up, or ask for a token."""
    access = explorer_of(request).access
    if access.is_open or access.is_session(session_of(request)):
        return RedirectResponse(_wanted(request.query_params.get("next", "")), 303)
    if (secret := request.query_params.get("secret")) and (session := access.use_secret(secret)):
        response = RedirectResponse(f"{ROOT}/", 303)
        start_session(request, response, session)
        return response
    return _ask(request, request.query_params.get("next", ""))


async def enter(request: Request) -> Response:
    """Begin a session with a token."""
    if not is_same_origin(request):
        raise HTTPException(403, "The form was sent by another page.")
    form = await request.form()
    wanted = str(form.get("next", ""))
    session = explorer_of(request).access.use_token(str(form.get("token", "")).strip())
    if session is None:
        return _ask(request, wanted, problem="This token is not known here, or has been removed.", status=401)
    response = RedirectResponse(_wanted(wanted), 303)
    start_session(request, response, session)
    return response


async def leave(request: Request) -> Response:
    """End the session of this browser."""
    await form_of(request)
    response = RedirectResponse(f"{ROOT}/enter", 303)
    start_session(request, response, "")
    return response


def _ask(request: Request, wanted: str, problem: str = "", status: int = 200) -> Response:
    takes_token = explorer_of(request).access.tokens is not None
    return page(request, "enter.html", status, takes_token=takes_token, wanted=wanted, problem=problem)


def _wanted(path: str) -> str:
    """Address to go to after the beginning: a page of the explorer, nowhere else."""
    return path if path.startswith(f"{ROOT}/") and "\\" not in path and path.isprintable() else f"{ROOT}/"
