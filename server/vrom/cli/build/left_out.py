"""Report of what a build lacks, for people and as JSON."""

import re
from typing import TYPE_CHECKING, Any

from vrom.cli.console import console, escape_text, format_count, print_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vrom.builder.document import Skipped
    from vrom.builder.sources.left_out import LeftOut, RemarkGroup

_MOST_NAMED = 12
_LONGEST_EXAMPLE = 100


def print_left_out(left_out: "LeftOut") -> None:
    """Print what is missing, with a warning in a frame if that is much, and then what readers remarked."""
    lines = [*describe_unread(left_out.unread), *map(_describe_remarks, left_out.remarks)]
    if left_out.is_much:
        _print_warning(f"{_capitalize(left_out.describe())} are left out.", lines)
        return
    for line in lines:
        print_line(f"[yellow]![/] {escape_text(line)}")


def describe_passed_over(left_out: "LeftOut") -> str:
    """Files that are no documentation, as one line: `*.png: not documentation (2 files)`; empty if there is nothing."""
    entries = left_out.passed_over
    shown = [f"{one.name}: {one.reason}" for one in entries[:_MOST_NAMED]]
    more = len(entries) - len(shown)
    return "\n".join([*shown, f"… and {more:,} more; use --json to list all"] if more > 0 else shown)


def left_out_document(left_out: "LeftOut") -> dict[str, Any]:
    """Keys of a JSON document on what is missing, and on the remarks."""
    return {
        "left_out": {
            "files": left_out.files,
            "of_files": left_out.all_files,
            "torn_pages": left_out.torn_pages,
            "is_much": left_out.is_much,
            "reasons": _count_reasons(left_out.unread),
            "passed_over": _count_reasons(left_out.passed_over),
        },
        "remarks": [
            {
                "subject": group.subject, "count": group.count, "pages": group.pages, "page": group.page,
                "example": group.example, "lost": group.lost,
            }
            for group in left_out.remarks
        ],
        "skipped": [
            {
                "name": one.name, "reason": one.reason, "failed": one.failed, "lost": one.lost, "count": one.count,
                "way_round": one.way_round,
            }
            for one in left_out.skipped
        ],
    }  # fmt: skip


def _print_warning(head: str, lines: "Sequence[str]") -> None:
    from rich.panel import Panel

    text = "\n".join([f"[bold]{escape_text(head)}[/]", *(f"• {escape_text(line)}" for line in lines)])
    console().print(Panel(text, title="[bold]Warning[/]", title_align="left", border_style="yellow", expand=False))


def describe_unread(entries: "Sequence[Skipped]") -> "Iterator[str]":
    """A line for each kind of file that has no reader, and for each other entry up to a number."""
    failed = [one for one in entries if one.failed]
    kinds = [one for one in entries if one.name.startswith("*.") and not one.failed]
    others = [one for one in entries if not one.failed and one not in kinds]
    for one in kinds:
        suffix = one.name.removeprefix("*")
        way_round = f"; {one.way_round}" if one.way_round else ""
        yield f"documentation that vrom can't read: {format_count(one.count, f'{suffix} file')}{way_round}"
    for named, what in ((others, "left out"), (failed, "could not be fetched")):
        for one in named[:_MOST_NAMED]:
            way_round = f"; {one.way_round}" if one.way_round else ""
            yield f"{what}: {one.name}: {one.reason}{way_round}"
        if (more := len(named) - _MOST_NAMED) > 0:
            yield f"{what}: {more:,} more; use --json to list all"


def _describe_remarks(group: "RemarkGroup") -> str:
    pages = f" on {format_count(group.pages, 'page')}" if group.pages > 1 else ""
    example = group.example if len(group.example) <= _LONGEST_EXAMPLE else group.example[:_LONGEST_EXAMPLE] + "…"
    example += "" if group.page in example else f" in {group.page}"
    such_as = f", such as {example}" if group.count > 1 else f": {example}"
    count = f"{group.count:,} × " if group.count > 1 else ""
    return f"{count}{group.subject}{pages}{such_as}"


def _count_reasons(entries: "Sequence[Skipped]") -> list[dict[str, Any]]:
    """Number of files by reason, with the first name of each; a reason ends where it begins to speak of one file."""
    counts: dict[str, dict[str, Any]] = {}
    for one in entries:
        reason = re.split(r" \(|[:,]", one.reason, maxsplit=1)[0]
        entry = counts.setdefault(reason, {"reason": reason, "files": 0, "example": one.name})
        entry["files"] += one.count
    return sorted(counts.values(), key=lambda entry: -entry["files"])


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]
