"""Templates of the explorer, rendered with autoescape: no text of a package is HTML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast, get_args
from urllib.parse import quote, quote_plus, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from vrom import __version__
from vrom.answers.document import web_address
from vrom.app.explorer.access import Access, session_of
from vrom.app.explorer.changes.jobs import Changes
from vrom.app.explorer.checks import Checks
from vrom.app.explorer.view.hidden import show_hidden
from vrom.format.hidden_text import visible_line
from vrom.library.library import Library
from vrom.search.score.candidates import Mode

ROOT = "/explorer"
FOLDER = Path(__file__).parent
LONGEST_LINE = 400
"""Characters of an untrusted line, such as a file's name."""


@dataclass(frozen=True)
class Explorer:
    """Contents of the pages, and what they may change."""

    library: Library
    access: Access = field(default_factory=Access)
    changes: Changes | None = None
    """Changes that the user of this machine may make; None if the pages are read-only."""
    checks: Checks = field(default_factory=Checks)
    """Findings of checks."""


def explorer_of(request: Request) -> Explorer:
    """The explorer that a request is for."""
    explorer: Explorer = request.app.state.explorer
    return explorer


def page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """Render a template as a page."""
    explorer = explorer_of(request)
    given = {
        "here": request.url.path,
        "can_change": explorer.changes is not None,
        "can_leave": explorer.access.tokens is not None and explorer.access.is_session(session_of(request)),
        "csrf": explorer.access.csrf(session_of(request)),
        "version": __version__,
        **values,
    }
    text = _templates().get_template(template).render(given)
    return Response(text.encode("utf-8", "replace"), status, media_type="text/html; charset=utf-8")


def address(path: str, **query: object) -> str:
    """Address of a page, with the query's values that aren't empty."""
    kept = [f"{name}={_quoted(str(value))}" for name, value in query.items() if value not in {"", None}]
    return ROOT + quote(path) + (f"?{'&'.join(kept)}" if kept else "")


@lru_cache(maxsize=4096)
def _quoted(value: str) -> str:
    return quote_plus(value, errors="replace")


def chunk_address(cartridge: str, file: str, chunk_id: int) -> str:
    """Address of a chunk on the page of its document."""
    return f"{address('/document', cartridge=cartridge, file=file, chunk=chunk_id)}#chunk-{chunk_id}"


def mode_of(given: str | None) -> Mode:
    """The mode of a search, as a form gives it; hybrid if it names none."""
    return cast("Mode", given) if given in get_args(Mode) else "hybrid"


def with_query(query: Mapping[str, str], **changed: object) -> str:
    """A query with some values changed, as the end of an address."""
    return "?" + urlencode(
        {name: value for name, value in {**query, **changed}.items() if value not in {"", None}}, errors="replace"
    )


def count(number: float) -> str:
    """A whole number with its thousands apart."""
    return f"{number:,.0f}"


def size(number: float) -> str:
    """A number of bytes: `3.4 MB`."""
    for unit in ("bytes", "kB", "MB"):
        if number < 1000:
            return f"{number:,.0f} {unit}" if unit == "bytes" else f"{number:,.1f} {unit}"
        number /= 1000
    return f"{number:,.1f} GB"


def number_of(request: Request, name: str, least: int, most: int, default: int) -> int:
    """A whole number of the query, within its limits; the default if it is none."""
    given = request.query_params.get(name, "")
    return min(max(int(given), least), most) if given.isascii() and given.isdigit() and len(given) < 10 else default


async def form_of(request: Request) -> FormData:
    """The form of this session, without files. Raises `HTTPException` 403 for any other."""
    async with request.form(max_files=0) as form:
        check_form(request, form)
        return form


def check_form(request: Request, form: FormData) -> None:
    """Raise `HTTPException` 403 unless a form was sent by a page of this session."""
    if not explorer_of(request).access.accepts_form(request, str(form.get("csrf", ""))):
        raise HTTPException(403, "The form is not from this session. Go back, load the page again and repeat it.")


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals |= {"address": address, "with_query": with_query, "root": ROOT}
    templates.filters |= {
        "count": count,
        "size": size,
        "web": web_address,
        "shown": lambda text: visible_line(text)[:LONGEST_LINE],
        "hidden": show_hidden,
    }
    return templates
