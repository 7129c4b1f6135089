"""Put docstrings, and Markdown that a reader couldn't read, in place of the paragraphs that stand for them."""

import re
from collections.abc import Iterator, Sequence

from vrom.builder.document import Remark
from vrom.builder.sources.formats.fenced_text import lower_headings
from vrom.builder.sources.included.docstrings.packages import Packages
from vrom.builder.sources.included.docstrings.stub import Stub
from vrom.markdown.fences import Fence, step

_PLACE = re.compile(r"[ \t>]*vrom-aside-(\d{1,6})[ \t]*")
_HEADING = re.compile(r"(#{1,6})[ \t]+(.{1,500})")


def fill_places(text: str, aside: Sequence[str | Stub], packages: Packages) -> tuple[str, list[Stub]]:
    """The text with what was put aside, and the references whose docstrings aren't there."""
    stubs = [one for one in aside if isinstance(one, Stub)]
    written = dict(zip(map(id, stubs), packages.write(stubs) if stubs else [], strict=True))
    missing: list[Stub] = []
    lines: list[str] = []
    for line, heading in _follow_headings(text.split("\n")):
        place = _PLACE.fullmatch(line[:100])
        if place is None or int(place[1]) >= len(aside):
            lines.append(line)
            continue
        one = aside[int(place[1])]
        if isinstance(one, str):
            lines.append(one)
        elif (docstrings := written[id(one)]) is not None:
            lines.append(_fit(docstrings, heading))
        else:
            missing.append(one)
            if one.is_summary:
                lines.append("\n".join(f"- `{name}`" for name in one.names))
    return "\n".join(lines), missing


def _follow_headings(lines: Sequence[str]) -> Iterator[tuple[str, tuple[int, str]]]:
    """Each line, with level and text of the heading above it."""
    fence: Fence | None = None
    heading = (0, "")
    for line in lines:
        fence = step(line, fence)
        if fence is None and (found := _HEADING.fullmatch(line)):
            heading = (len(found[1]), found[2])
        yield line, heading


def _fit(docstrings: str, heading: tuple[int, str]) -> str:
    """The docstrings with headings below the page's; without their first one if the page's says the same."""
    level, title = heading
    first, _, rest = docstrings.partition("\n")
    plain = re.sub(r"[`*\\]|\(\)|\[\[.*?\]\]|\{#.*?\}", "", title).strip()
    if plain and first.startswith("# ") and plain in (first[2:], first[2:].rpartition(".")[2]):
        docstrings, level = rest.lstrip("\n"), level - 1
    for _ in range(level):
        docstrings = lower_headings(docstrings)
    return docstrings.rstrip()


def write_remarks(missing: Sequence[Stub], page: str, packages: Packages) -> list[Remark]:
    """A remark for each reference whose docstrings aren't there, which says what to add."""
    return [Remark(name_missing(stub, packages), f"{stub.names[0]} in {page}", lost=True) for stub in missing]


def name_missing(stub: Stub, packages: Packages) -> str:
    """What is missing, for display."""
    if packages.knows(stub.package):
        return f"references to {stub.package} that its source does not have"
    if stub.is_relative:
        return "references to docstrings (add --package with the package that they belong to)"
    return f"references to docstrings of {stub.package} (add --package {stub.package})"
