"""Names that a cartridge's documents define, with the place of each definition."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from vrom.app.explorer.handlers.cartridges import slice_of
from vrom.app.explorer.pages import chunk_address, explorer_of, page
from vrom.errors import InvalidArgumentError
from vrom.format.hidden_text import visible
from vrom.index.lexical.names import Definition
from vrom.search.shelf import Shelf

KINDS = {"names": "Names", "words": "Headings of one word"}
LONGEST_LINE = 400
_WORD = re.compile(r"[A-Z]?[a-z]+")
"""A name that may as well be a word."""


def show_names(request: Request) -> Response:
    """The names in the order of the alphabet, filtered by parts of them."""
    library, given = explorer_of(request).library, request.query_params
    name, words = given.get("cartridge", ""), given.get("q", "").strip()[:200]
    if not name:
        raise InvalidArgumentError("The address names no cartridge.")
    kind = given.get("kind", "")
    with library.reading(name) as cartridge:
        by_kind = {key: filter_names(found, words) for key, found in definitions_of(cartridge).items()}
        kind = kind if kind in by_kind else next((key for key, found in by_kind.items() if found), "names")
        shown = slice_of(request, len(by_kind[kind]))
        rows = [_row(cartridge, name, one) for one in by_kind[kind][shown.start : shown.end]]
    return page(
        request,
        "inspect/names.html",
        cartridge=cartridge,
        name=name,
        words=words,
        kind=kind,
        kinds={key: (KINDS[key], len(found)) for key, found in by_kind.items()},
        rows=rows,
        shown=shown,
    )


@lru_cache(maxsize=16)
def definitions_of(cartridge: Shelf) -> dict[str, Sequence[Definition]]:
    """Every definition of a cartridge by its kind, in the order of the alphabet; one for each chunk and name.

    A heading that is one plain word defines a name only if it is written as code or has arguments; in a database, where
    each text would be asked for, it never does.
    """
    found: dict[str, list[Definition]] = {kind: [] for kind in KINDS}
    unique = {(one.name, one.chunk_id): one for one in reversed(list(cartridge.lexical.names.definitions()))}
    for one in unique.values():
        found["words" if _WORD.fullmatch(one.name) and not _is_code(cartridge, one) else "names"].append(one)
    return {kind: sorted(ones, key=_place) for kind, ones in found.items()}


def definitions_in(cartridge: Shelf, chunk_ids: Collection[int]) -> list[Definition]:
    """Names that these chunks define."""
    wanted = set(chunk_ids)
    return [one for one in definitions_of(cartridge)["names"] if one.chunk_id in wanted]


def filter_names(definitions: Sequence[Definition], words: str) -> Sequence[Definition]:
    """Definitions whose names hold all of these words, in any case; those that begin with the first one come first."""
    wanted = words.casefold().split()
    if not wanted:
        return definitions
    found = [one for one in definitions if all(word in one.name.casefold() for word in wanted)]
    return sorted(found, key=lambda one: not one.name.casefold().startswith(wanted[0]))


def _is_code(cartridge: Shelf, one: Definition) -> bool:
    if cartridge.is_stored:
        return False
    text = cartridge.chunk(one.chunk_id).text
    line = text[one.place : one.place + LONGEST_LINE].partition("\n")[0]
    return "`" in line or "(" in line or "[[" in line


def _place(one: Definition) -> tuple[str, str, int]:
    """Place in the alphabet: `--no-cache` is found at n."""
    return one.name.casefold().lstrip("-_@."), one.name, one.chunk_id


def _row(cartridge: Shelf, name: str, one: Definition) -> dict[str, object]:
    file = cartridge.document_name(one.chunk_id)
    return {
        "name": visible(one.name),
        "path": [visible(part)[:160] for part in cartridge.title_path(one.chunk_id)][-3:],
        "file": visible(file),
        "link": chunk_address(name, file, one.chunk_id),
    }
