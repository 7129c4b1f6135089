"""Texts that several cartridges hold, such as two versions of a library: shown once, with the names of the others."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from vrom.answers.document import Document, document_of
from vrom.search.hits import Hit
from vrom.search.shelf import Shelf

MOST_NAMED = 4
"""Cartridges that are named beside a passage; the rest are counted."""

_LINE_END = re.compile(r"[ \t]*\n")
_BLANK_LINES = re.compile(r"\n{2,}")
_CODE = re.compile(r"`|~~~|^(?: {2}|\t)|[<>{}=\\_]", re.MULTILINE)
"""Signs of code, or of something that reads like it."""

Edition = tuple[str, str]
"""Id and version of a cartridge."""


def text_key(text: str) -> str:
    """Key that texts share which say the same.

    Prose may differ in line breaks and capitals; a text with code in it only in blanks before line breaks.
    """
    return _as_code(text) if _CODE.search(text) else _as_prose(text)


def _as_code(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", _LINE_END.sub("\n", f"{text}\n")).strip("\n")


def _as_prose(text: str) -> str:
    return " ".join(text.casefold().split())


def edition_of(shelf: Shelf) -> Edition:
    """Id without a version, and version."""
    return shelf.id.partition("@")[0], shelf.version


def editions_beside_others(shelves: Iterable[Shelf]) -> frozenset[Edition]:
    """Those of which another version of the same id is among the shelves."""
    editions = {edition_of(shelf) for shelf in shelves}
    ids = [name for name, _ in editions]
    return frozenset(edition for edition in editions if ids.count(edition[0]) > 1)


def name_copies(document: Document, start: int, end: int, copies: Mapping[Edition, Hit]) -> dict[str, Any]:
    """Names of the cartridges whose document holds all of `text[start:end]`, and of those that hold part of it.

    `copies` are the hits in other cartridges with the text of a chunk of the passage. A passage may go on where the
    other's text differs, so that each is compared with the whole of it.
    """
    same: list[str] = []
    partly: list[str] = []
    for edition, hit in copies.items():
        other = document_of(hit.cartridge, hit.cartridge.document_name(hit.chunk_id))
        (same if _holds(other, document, start, end) else partly).append("@".join(filter(None, edition)))
    return {"same_in": _bounded(same), "partly_in": _bounded(partly)}


@lru_cache(maxsize=256)
def _holds(other: Document, document: Document, start: int, end: int) -> bool:
    text = document.text[start:end]
    if _CODE.search(text):
        return f"\n{_as_code(text)}\n" in f"\n{_as_code(other.text)}\n"
    return f" {_as_prose(text)} " in f" {_as_prose(other.text)} "


def _bounded(names: list[str]) -> list[str]:
    more = len(names) - MOST_NAMED
    return [*names[:MOST_NAMED], f"{more} more"] if more > 0 else names
