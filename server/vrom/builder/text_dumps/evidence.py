"""Evidence that a text is a dump: a web page copied as plain text, which lost its markup on the way.

A text that only has few blank lines may be as its author wrote it. A dump shows what no author writes: code without
indentation, prose glued to code, labels of buttons, a title shown twice, diff hunks of a page of a code host.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from vrom.builder.text_dumps.code_lines import depth_after, is_sentence, is_statement
from vrom.builder.text_dumps.glue import split_glued_lines
from vrom.builder.text_dumps.tables import begins_table
from vrom.markdown.fences import fence_mark

BUTTONS = {"Copied", "Copied!", "Copy", "Copy code"}
"""Labels of the button above a code block."""
FURNITURE = {"< source >", "Show More", "Block a user", "Reference in New Issue"}
"""Other lines of a web page that aren't its author's."""

TRAILER = re.compile(r"(?:Co-authored-by|Signed-off-by|Reviewed-by|Acked-by): .*<.*>\s*$|-{5,}\s*$")
HUNK = re.compile(r"@@? -\d+(?:,\d+)? \+\d+(?:,\d+)? @@")
FEWEST_TRAILERS = 8
"""Number of trailers of commit messages from which on they are a log."""

_SHARE_OF_BLANK_LINES = 0.04
_FEWEST_LINES = 12
_FEWEST_TRACES = 3
"""Number of traces of copying from which on a text is a dump."""
_FIRST_LINES = 5
_LONGEST_TITLE = 80
_LONGEST_LINE = 2_000
_SOURCE_LINK = re.compile(r"<\s*source\s*>")
_OPENS_BLOCK = re.compile(r"(?:async\s+)?(?:def|class|for|while|with|if|try|else)\b.*:$")


def find_dump_evidence(text: str) -> dict[str, int]:
    """The kinds of evidence that a text is a copied page, with their counts; empty if it isn't one."""
    if not has_lost_blank_lines(text):
        return {}
    lines = [line for line in text.split("\n") if line.strip()]
    labels = find_button_labels(lines) | FURNITURE
    traces = {
        "button label": sum(line.strip() in labels or _SOURCE_LINK.match(line) is not None for line in lines),
        "diff hunk": sum(HUNK.match(line) is not None for line in lines),
        "commit trailer": count_trailers(lines),
        "glued part": len(split_glued_lines("\n".join(lines))) - len(lines),
        "code line without indentation": _count_flat_code(lines),
        "title shown twice": 2 * _shows_title_twice(lines),
    }
    found = {kind: count for kind, count in traces.items() if count}
    return found if sum(found.values()) >= _FEWEST_TRACES else {}


def has_lost_blank_lines(text: str) -> bool:
    """True if a text has at least `_FEWEST_LINES` lines and almost none blank."""
    lines = text.split("\n")
    blank = sum(not line.strip() for line in lines)
    return len(lines) - blank >= _FEWEST_LINES and blank < _SHARE_OF_BLANK_LINES * len(lines)


def find_button_labels(lines: Sequence[str]) -> set[str]:
    """The labels of buttons in a text: they stand above code, most times that they occur."""
    filled = [line.strip() for line in lines if line.strip()]
    above = Counter(line for line, following in pairwise(filled) if line in BUTTONS and _begins_code(following))
    most = {label for label, count in above.items() if count * 2 > filled.count(label)}
    return {label for label in most if label != "Copy" or above[label] >= _FEWEST_TRACES}


def _begins_code(line: str) -> bool:
    return is_statement(line) or fence_mark(line) != "" or line.startswith(("# ", "{", "["))


def find_copying(lines: Sequence[str]) -> str:
    """Why a dump has the same text several times, for display; empty if its author may have written it so.

    The page of a code host shows every changed paragraph in both versions, and the preview of a data set the same
    text in several records.
    """
    if sum(HUNK.match(line) is not None for line in lines) and count_trailers(lines):
        return "page of a code host"
    if _has_records(lines):
        return "preview of records"
    return ""


def count_trailers(lines: Sequence[str]) -> int:
    """Number of trailers of commit messages; 0 if there are too few for a log."""
    count = sum(TRAILER.match(line) is not None and "@" in line for line in lines)
    return count if count >= FEWEST_TRAILERS else 0


def _has_records(lines: Sequence[str]) -> bool:
    """True if rows below the header of a table have consecutive numbers, as those of a viewer of data do."""
    below_header, run, last = False, 0, 0
    for number, line in enumerate(lines):
        below_header = below_header or begins_table(lines, number)
        if below_header and (found := _RECORD.match(line)):
            run = run + 1 if int(found[1]) == last + 1 else 1
            last = int(found[1])
            if run >= _FEWEST_RECORDS:
                return True
    return False


_RECORD = re.compile(r"(\d{1,6}) \| ")
_FEWEST_RECORDS = 5


def _count_flat_code(lines: Sequence[str]) -> int:
    """Number of lines that open a block or a bracket of code and are followed by a line without indentation.

    A fenced block is as its author wrote it.
    """
    count, fenced = 0, False
    for before, line in pairwise(lines):
        fenced ^= fence_mark(before) != ""
        if fenced or len(before) > _LONGEST_LINE or before[0].isspace() or line[0].isspace():
            continue
        count += not line.startswith((")", "]", "}", "```", "~~~")) and _opens(before)
    return count


def _opens(line: str) -> bool:
    if not is_statement(line) or line.startswith((">>>", "...", "$")):
        return False
    return _OPENS_BLOCK.match(line) is not None or (line.rstrip().endswith(tuple("([{")) and depth_after(line) > 0)


def _shows_title_twice(lines: Sequence[str]) -> bool:
    """True if one of the first lines is followed by itself: the titles of the navigation and of the page."""
    first = [line.strip() for line in lines[:_FIRST_LINES]]
    for number, (before, line) in enumerate(pairwise(first)):
        if len(line) > _LONGEST_TITLE or not line[0].isupper() or not line[-1].isalnum() or is_sentence(line):
            return False
        if before == line:
            return not _UNDERLINE.match(lines[number + 2])
    return False


_UNDERLINE = re.compile(r"([=~^-])\1*$")
