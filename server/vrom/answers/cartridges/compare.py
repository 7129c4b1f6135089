"""`compare_versions`: what changed between two versions of a documentation, in all pages or line by line in one."""

import bisect
import difflib
import re
from collections.abc import Iterator
from typing import Literal

from vrom.answers.document import document_of
from vrom.answers.models import CompareAnswer, Form, PageChange
from vrom.answers.passages.size import size
from vrom.answers.render import render
from vrom.format.hidden_text import visible
from vrom.library.library import Library
from vrom.search.shelf import Shelf

MOST_LINES = 6_000
"""Lines of a page that are compared: the time grows with their square."""
_NOTE = 200
"""Characters for the note that something is left out."""
CONTEXT = 2
"""Unchanged lines around a change."""

_HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@$")


def compare_versions(
    library: Library,
    old: str,
    new: str,
    source_file: str | None = None,
    *,
    max_tokens: int = 4000,
    form: Form = "markdown",
) -> CompareAnswer:
    """The pages that were added, removed or changed from `old` to `new`, or what changed in one of them, as it fits.

    Raises `NotFoundError` for an unknown cartridge or page, `PackageError` if a cartridge can't be read.
    """
    with library.reading(old) as before, library.reading(new) as after:
        answer = CompareAnswer(old=_named(before), new=_named(after))
        if before.digest == after.digest:
            return answer.model_copy(update={"notes": ["Both are the same cartridge."]})
        if source_file is None:
            return _fit_pages(answer, list(_changed_pages(before, after)), max_tokens, form)
        return _compare_page(answer, before, after, source_file, max_tokens, form)


def _named(cartridge: Shelf) -> str:
    return f"{cartridge.id.partition('@')[0]} {cartridge.version}"


def _changed_pages(before: Shelf, after: Shelf) -> Iterator[PageChange]:
    for name in sorted({*before.documents, *after.documents}):
        lines = [_lines(one, name) if name in one.documents else [] for one in (before, after)]
        if lines[0] == lines[1]:
            continue
        change: Literal["added", "removed", "changed"]
        change = "changed" if lines[0] and lines[1] else "added" if lines[1] else "removed"
        shared = len(set(lines[0]) & set(lines[1]))
        yield PageChange(
            source_file=visible(name),
            change=change,
            lines_added=len(set(lines[1])) - shared,
            lines_removed=len(set(lines[0])) - shared,
        )


def _compare_page(
    answer: CompareAnswer, before: Shelf, after: Shelf, name: str, max_tokens: int, form: Form
) -> CompareAnswer:
    documents = [document_of(one, name) for one in (before, after)]
    lines = [document.text.split("\n") for document in documents]
    answer = answer.model_copy(update={"source_file": visible(documents[1].source_file)})
    if lines[0] == lines[1]:
        return answer.model_copy(update={"notes": ["This page is the same in both."]})
    if any(len(one) > MOST_LINES for one in lines):
        note = f"Only the first {MOST_LINES:,} lines were compared."
        lines = [one[:MOST_LINES] for one in lines]
        answer.notes.append(note)
    hunks = list(_hunks(lines[0], lines[1]))
    diff = "\n".join(hunks).split("\n")
    shown = bisect.bisect_right(
        range(1, len(diff) + 1),
        max_tokens * 4 - _NOTE,
        key=lambda count: size(render(answer.model_copy(update={"diff": "\n".join(diff[:count])}), form)),
    )
    if shown < len(diff):
        left = sum(line.startswith(("+", "-")) for line in diff[shown:])
        answer.notes.append(f"{left} changed lines are left out: a larger max_tokens shows more.")
    return answer.model_copy(update={"diff": "\n".join(diff[:shown])})


def _hunks(before: list[str], after: list[str]) -> Iterator[str]:
    """Runs of changes, each under the heading that it stands below in the new version."""
    hunk: list[str] = []
    for line in difflib.unified_diff(before, after, n=CONTEXT, lineterm=""):
        if found := _HUNK.match(line):
            if hunk:
                yield "\n".join(hunk)
            hunk = [f"@@ {_heading_above(after, int(found[2]))} @@"]
        elif hunk:
            hunk.append(line)
    if hunk:
        yield "\n".join(hunk)


def _heading_above(lines: list[str], number: int) -> str:
    """The nearest heading at or above a line, which is counted from 1."""
    above = (line for line in reversed(lines[:number]) if line.startswith("#"))
    return next(above, "").lstrip("# ") or f"line {number}"


def _fit_pages(answer: CompareAnswer, pages: list[PageChange], max_tokens: int, form: Form) -> CompareAnswer:
    """As many of the pages as fit, those with most changes first."""
    pages.sort(key=lambda page: page.lines_added + page.lines_removed, reverse=True)
    if not pages:
        return answer.model_copy(update={"notes": ["Every page is the same in both."]})
    count = len(pages)
    while count:
        notes = [f"{len(pages) - count} more pages changed."] if count < len(pages) else []
        fitted = answer.model_copy(update={"pages": pages[:count], "notes": notes})
        excess = size(render(fitted, form)) - max_tokens * 4
        if excess <= 0:
            return fitted
        count -= max(1, excess // 200)
    return answer


def _lines(cartridge: Shelf, name: str) -> list[str]:
    return [line for line in document_of(cartridge, name).text.split("\n") if line.strip()]
