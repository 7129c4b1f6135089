"""Names that a cartridge's headings define, looked up as they are written: `Depends`, `BaseModel.model_dump`, `|>`.

An entry is a heading that is a name, or a line that describes an option, `--no-cache`. It is found by the last part of
its name, by hash in mapped arrays, and compared whole.
"""

import re
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrom.markdown.fences import Fence, step
from vrom.markdown.headings import displayed_heading, read_heading
from vrom.storage.array_file import Arrays

LONGEST_NAME = 200
MOST_PARTS = 8
MOST_FOUND = 2_000
"""Entries that are looked at for one name: a method of every class, `__init__`."""

NAME_ARRAYS = {
    "name_hashes": "<u4",
    "name_starts": "<i8",
    "name_bytes": "|u1",
    "name_chunks": "<i4",
    "name_places": "<i4",
}
_MAY_HOLD = re.compile(r"^[ \t]*(?:#{1,6}[ \t]|(?:[-*+|][ \t]+)?(?:\*\*)?`--?\w)", re.MULTILINE)
_OPTION = re.compile(r"[ \t]*(?:[-*+|][ \t]+)?(?:\*\*)?`(--?\w[\w-]*)")
_KINDS = (
    r"public|static|abstract|async|final|export|default|class|def|function|fn|method|property|attribute|struct|enum|"
    r"trait|interface|type|const|constant|variable|macro|module|package|exception|decorator|option|command|data|object|"
    r"component|hook|directive|keyword|operator"
)
_KEYWORDS = re.compile(rf"(?:(?:{_KINDS})s?:?[ ]+)*", re.IGNORECASE)
_BESIDE = re.compile(rf"(?:the|an?|and|or|alias|flag|(?:{_KINDS})s?)", re.IGNORECASE)
"""Words beside the names in a heading: "The `|>` operator", "`-q` and `--quiet`"."""
_NEXT_OPTION = re.compile(r",\s+(?=[-/+])")
_NAME = re.compile(r"[^\s()\[\]{},;\"'`]+")
_CODE = re.compile(r"(`+)([^`]+)\1")
_MEMBER = re.compile(r"([A-Za-z_]\w*)(?=\(|:| =)")
_OPENING, _CLOSING = "([{", ")]}"
_SEPARATOR = re.compile(r"\.|::|#|/")
_GENERIC = re.compile(r"(?<=\w)<.*")


class Definition(NamedTuple):
    """Where a name is defined: a line of a chunk."""

    name: str
    """As the heading has it, with what it belongs to: `httpx.AsyncClient`."""
    chunk_id: int
    place: int
    """Offset of the line in the chunk's text."""


def last_part(name: str) -> str:
    """The last part of a dotted name; the name itself if it has none.

    >>> last_part("httpx.AsyncClient"), last_part("std::move"), last_part("::"), last_part("--no-cache")
    ('AsyncClient', 'move', '::', '--no-cache')
    """
    return next((part for part in reversed(_SEPARATOR.split(name)) if part), name)


def owners_of(name: str) -> list[tuple[str, str]]:
    """What a dotted name may be divided into, an owner and its member, the shortest owner first.

    >>> owners_of("pydantic.BaseModel.copy")
    [('pydantic', 'BaseModel.copy'), ('pydantic.BaseModel', 'copy')]
    """
    dots = [dot.span() for dot in _SEPARATOR.finditer(name)][:MOST_PARTS]
    return [(name[:start], name[end:]) for start, end in dots if start and end < len(name)]


def is_of(name: str, wanted: str) -> bool:
    """True if a defined name is the wanted one, or ends with it after a separator."""
    if name == wanted:
        return True
    before = name[: -len(wanted)]
    return name.endswith(wanted) and bool(re.search(r"(?:\.|::|#|/)$", before))


def name_in(query: str) -> str:
    """The name that a query consists of, without code marks, `def`, and arguments; empty if it is something else."""
    text = query.strip()
    if len(text) > LONGEST_NAME or "\n" in text:
        return ""
    text = text.strip("`").strip()
    text = _KEYWORDS.sub("", text, count=1) or text
    text = re.sub(r"(?<=\w)\((?:\.\.\.|…)?\)?$", "", text)
    return "" if not text or re.search(r"\s", text) else text


def names_in_heading(text: str) -> list[str]:
    """The names that a heading defines; none for a heading of words.

    >>> names_in_heading("`httpx.AsyncClient(*, auth=None)`"), names_in_heading("Sending requests")
    (['httpx.AsyncClient'], [])
    """
    codes = [code[2].strip() for code in _CODE.finditer(text[: 4 * LONGEST_NAME])]
    shown = displayed_heading(text)
    words = re.findall(r"\w+", _CODE.sub("", text[: 4 * LONGEST_NAME]))
    if codes and all(map(_BESIDE.fullmatch, words)):
        parts = [part for code in codes for part in re.split(r",\s+(?=-)", code)]
        return list(dict.fromkeys(filter(None, map(_name_of, parts))))
    options = [_name_of(part) for part in _NEXT_OPTION.split(shown)] if shown.startswith("-") else []
    names = options if all(options) else []
    return list(dict.fromkeys(names or filter(None, [_name_of(shown)])))


def _name_of(text: str) -> str:
    """The name that a signature, a declaration or a name alone is about; empty for a text of several words."""
    bare = text.strip()
    match = _NAME.match(bare, _KEYWORDS.match(bare).end()) or _NAME.match(bare)  # type: ignore[union-attr]
    if not match or len(match[0]) > LONGEST_NAME:
        return ""
    rest = bare[match.end() :].strip()
    name = match[0].rstrip(":=") or match[0]
    if rest and not _is_signature(rest):
        return ""
    return _GENERIC.sub("", name)


def _is_signature(rest: str) -> bool:
    """True if what follows a name is its arguments, type or value, and nothing else."""
    depth = 0
    for at, sign in enumerate(rest if rest[0] in _OPENING else ""):
        depth += (sign in _OPENING) - (sign in _CLOSING)
        if not depth:
            rest = rest[at + 1 :].strip()
            break
    return not rest or rest[0] in _OPENING or rest.startswith((":", "=", "->", "<"))


def find_definitions(text: str) -> Iterator[tuple[str, int]]:
    """Names that a chunk's text defines, and the offset of the line of each."""
    if not _MAY_HOLD.search(text):
        return
    fence: Fence | None = None
    place, owner = 0, ""
    for line in text.split("\n"):
        if fence is None and (heading := read_heading(line)):
            owner = _owner_of(heading.text)
            for name in [] if owner else names_in_heading(heading.text):
                yield name, place
        elif fence is None and (option := _OPTION.match(line)):
            yield option[1], place
        elif fence and owner and (member := _MEMBER.match(line)):
            yield f"{owner}.{member[1]}", place
        fence = step(line, fence)
        place += len(line) + 1


def _owner_of(heading: str) -> str:
    """The name before `: without documentation`: the code below lists what it has; empty for other headings."""
    name, _, rest = displayed_heading(heading).partition(": ")
    return name if rest == "without documentation" else ""


def arrays_of(definitions: Sequence[Definition]) -> dict[str, NDArray[Any]]:
    """Arrays of `Names` with these definitions."""
    hashes = np.array([_hash(last_part(one.name)) for one in definitions], dtype=np.uint32)
    order = np.argsort(hashes, kind="stable").tolist()
    encoded = [definitions[i].name.encode("utf-8", "surrogatepass") for i in order]
    starts = np.zeros(len(order) + 1, dtype=np.int64)
    np.cumsum([len(name) for name in encoded], out=starts[1:])
    return {
        "name_hashes": hashes[order] if order else hashes,
        "name_starts": starts,
        "name_bytes": np.frombuffer(b"".join(encoded), dtype=np.uint8),
        "name_chunks": np.array([definitions[i].chunk_id for i in order], dtype=np.int32),
        "name_places": np.array([definitions[i].place for i in order], dtype=np.int32),
    }


def names_fit(arrays: Arrays) -> bool:
    """Return true if these arrays have the types and lengths of names."""
    if any(arrays[name].dtype.str != kind or arrays[name].ndim != 1 for name, kind in NAME_ARRAYS.items()):
        return False
    count = len(arrays["name_hashes"])
    return (
        len(arrays["name_starts"]) == count + 1
        and len(arrays["name_chunks"]) == count
        and len(arrays["name_places"]) == count
    )


class Names:
    """Names and where they are defined."""

    def __init__(self, arrays: Arrays, chunks: int) -> None:
        self._hashes, self._starts = arrays["name_hashes"].data, arrays["name_starts"].data
        self._bytes = arrays["name_bytes"].data
        self._chunks, self._places = arrays["name_chunks"].data, arrays["name_places"].data
        self._count = chunks

    def __len__(self) -> int:
        return len(self._hashes)

    def __iter__(self) -> Iterator[str]:
        return (self._name(at) for at in range(len(self)))

    def definitions(self) -> Iterator[Definition]:
        """Every definition, in no order that means something."""
        for at in range(len(self)):
            if 0 <= self._chunks[at] < self._count:
                yield Definition(self._name(at), int(self._chunks[at]), max(int(self._places[at]), 0))

    def find(self, wanted: str) -> list[Definition]:
        """The definitions of a name, case and all, in the cartridge's order; `wanted` may leave out its begin."""
        hashed = _hash(last_part(wanted))
        found: list[Definition] = []
        first = bisect_left(self._hashes, hashed)
        for at in range(first, min(first + MOST_FOUND, len(self))):
            if self._hashes[at] != hashed:
                break
            name = self._name(at)
            if is_of(name, wanted) and 0 <= self._chunks[at] < self._count:
                found.append(Definition(name, self._chunks[at], max(self._places[at], 0)))
        return found

    def _name(self, at: int) -> str:
        start, end = self._starts[at], self._starts[at + 1]
        return self._bytes[start:end].tobytes().decode("utf-8", "replace") if 0 <= start <= end else ""


def _hash(name: str) -> int:
    return zlib.crc32(name.encode("utf-8", "surrogatepass"))
