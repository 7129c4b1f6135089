"""A place in a page where a file is wanted, and the notations of paths that several markers share."""

import re
from dataclasses import dataclass
from typing import Literal

from vrom.builder.sources.included.selection import Part


@dataclass(frozen=True)
class Marker:
    """A place where a file is wanted."""

    path: str
    part: Part = Part()  # noqa: RUF009 - frozen
    kind: Literal["", "code", "text"] = ""
    """Empty: by the file's suffix."""
    language: str = ""
    """Empty: by the file's suffix."""
    is_certain: bool = True
    """False if the line may mean something else, so that it stays when there is no such file."""
    heading_offset: int = 0


def split_snippet(text: str) -> tuple[str, Part]:
    """The path and part in `path:section`, `path:3:7` or `path:1:3,5:6`, as pymdownx.snippets and mdBook have it."""
    lines = re.fullmatch(r"(.*?):(-?\d*(?::-?\d*)?(?:,-?\d*(?::-?\d*)?)*)", text)
    if lines and re.search(r"\d", lines[2]):
        ranges = ",".join(one if ":" in one else f"{one}:{one}" for one in lines[2].split(","))
        return lines[1], Part(lines=ranges)
    path, colon, section = text.rpartition(":")
    if colon and path and "/" not in section and not path.startswith("http"):
        return path, Part(region=section.strip())
    return text.rstrip(":"), Part()


def line_ranges(text: str) -> str:
    """Ranges in `L1-L3`, `1-3,7` or `#L5`; empty if there are none."""
    plain = re.sub(r"[Ll](?=\d)", "", text).replace(" ", "")
    return plain if re.fullmatch(r"\d+(?:[-,:]\d*)*", plain) else ""


def read_code_source(path: str) -> Marker:
    """The marker of `./x.js#L1-L3`, as in fences with `file=`, in embedme and in markdown-autodocs."""
    path, _, anchor = path.partition("#")
    return Marker(path.strip(), Part(lines=line_ranges(anchor)), kind="code")
