"""Which lines of a file an `include::` puts in: `lines=1..4;7`, `tags=a;!b`, `leveloffset=+1`, `indent=0`."""

import re
from collections.abc import Iterator, Mapping
from textwrap import dedent, indent

_TAG = re.compile(r"\b(tag|end)::([\w.-]+)\[\](?:$|[^\w])")
_HEADING = re.compile(r"(={1,6})(?=\s+\S)")


def select_lines(text: str, options: Mapping[str, str]) -> str:
    """The lines that the options of an `include::` select; tag directives themselves go."""
    lines = text.rstrip("\n").split("\n")
    if ranges := options.get("lines"):
        lines = [line for number, line in enumerate(lines, 1) if _is_within(number, ranges)]
    tags = options.get("tags") or options.get("tag")
    lines = list(_select_tags(lines, re.split(r"[,;]", tags) if tags else ["**"]))
    found = "\n".join(lines)
    if (columns := options.get("indent", "")).isdecimal():
        found = indent(dedent(found.expandtabs(4)), " " * min(int(columns[:3]), 40))
    return found


def _is_within(number: int, ranges: str) -> bool:
    for part in re.split(r"[,;]", ranges):
        first, dots, last = part.strip().partition("..")
        if first.isdecimal():
            start = int(first[:9])
            end = start if not dots else int(last[:9]) if last.strip().isdecimal() else number
            if start <= number <= end:
                return True
    return False


def _select_tags(lines: list[str], tags: list[str]) -> Iterator[str]:
    wanted = {tag.strip() for tag in tags if not tag.strip().startswith("!")}
    unwanted = {tag.strip()[1:] for tag in tags if tag.strip().startswith("!")}
    outside = "**" in wanted or (not wanted and bool(unwanted))
    open_tags: list[str] = []
    for line in lines:
        if found := _TAG.search(line[:1_000]):
            if found[1] == "tag":
                open_tags.append(found[2])
            elif found[2] in open_tags:
                open_tags.remove(found[2])
            continue
        if unwanted.intersection(open_tags):
            continue
        if (
            (not open_tags and outside)
            or "**" in wanted
            or (open_tags and ("*" in wanted or (outside and not wanted)))
            or wanted.intersection(open_tags)
        ):
            yield line


def shift_headings(text: str, offset: str) -> str:
    """Text whose headings are `offset` levels lower (`+1`)."""
    if not re.fullmatch(r"[+-]?\d{1,2}", offset):
        return text
    levels = int(offset)
    lines = []
    fence = ""
    for line in text.split("\n"):
        if re.fullmatch(r"(-{4,}|\.{4,}|\+{4,}|/{4,})", line.rstrip()):
            fence = "" if line.rstrip() == fence else fence or line.rstrip()
        elif not fence and (mark := _HEADING.match(line)):
            line = "=" * max(1, min(6, len(mark[1]) + levels)) + line[mark.end() :]
        lines.append(line)
    return "\n".join(lines)
