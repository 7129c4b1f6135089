"""Remove repetition from text dumps: repeated text, older wordings beside newer ones, and version-control noise.

A code host's web page saved as text contains the commit log, diff hunk headers, and every changed paragraph twice.
"""

import difflib
import re
from collections.abc import Iterator, Sequence

from vrom.builder.text_dumps.code_lines import is_sentence
from vrom.markdown.fences import fence_mark, has_no_info
from vrom.markdown.headings import begins_with_marks

_TRAILER = re.compile(r"(?:Co-authored-by|Signed-off-by|Reviewed-by|Acked-by): .*<.*>\s*$|-{5,}\s*$")
_HUNK = re.compile(r"@@? -\d+(?:,\d+)? \+\d+(?:,\d+)? @@")

_FEWEST_TRAILERS = 8
_WIDEST_GAP = 150
_SHORTEST_SENTENCE = 40
_LINES_BETWEEN_WORDINGS = 4
_SAME_WORDING = 0.85


def remove_repeats(lines: Sequence[str]) -> list[str]:
    """Remove commit logs, hunk headers, repeated sentences and code blocks, and older wordings.

    A heading is removed, too, if all of its text is.
    """
    kept = _remove_logs([line for line in lines if not _HUNK.match(line)])
    dropped = {*_find_repeated_sentences(kept), *_find_repeated_blocks(kept)}
    dropped |= set(_find_old_wordings(kept, dropped))
    dropped |= set(_find_emptied_headings(kept, dropped))
    return [line for number, line in enumerate(kept) if number not in dropped]


def _remove_logs(lines: Sequence[str]) -> list[str]:
    """Remove runs of commit messages, recognised by their recurring trailers."""
    trailers = [number for number, line in enumerate(lines) if _TRAILER.match(line)]
    logs: list[list[int]] = []
    for number in trailers:
        if logs and number - logs[-1][-1] <= _WIDEST_GAP:
            logs[-1].append(number)
        else:
            logs.append([number])
    stretches = [(_find_first_message(lines, log[0]), log[-1]) for log in logs if len(log) >= _FEWEST_TRAILERS]
    return [
        line
        for number, line in enumerate(lines)
        if not any(first <= number <= last for first, last in stretches) and not line.startswith("Co-authored-by: ")
    ]


def _find_first_message(lines: Sequence[str], trailer: int) -> int:
    """The first line of the messages directly above a log's first trailer."""
    while trailer and lines[trailer - 1].startswith("* "):
        trailer -= 1
    return trailer


def _find_repeated_sentences(lines: Sequence[str]) -> Iterator[int]:
    seen: set[str] = set()
    for number, line in enumerate(lines):
        sentence = " ".join(line.split())
        if len(sentence) >= _SHORTEST_SENTENCE and is_sentence(line):
            if sentence in seen:
                yield number
            seen.add(sentence)
        elif number and begins_with_marks(line) and line == lines[number - 1]:
            yield number


def _find_repeated_blocks(lines: Sequence[str]) -> Iterator[int]:
    """Lines of fenced blocks of at least two code lines that are identical to an earlier block."""
    seen: set[str] = set()
    start = None
    for number, line in enumerate(lines):
        if not fence_mark(line):
            continue
        if start is None or not has_no_info(line):
            start = number
            continue
        block = "\n".join(lines[start : number + 1])
        if block in seen and number - start > 2:
            yield from range(start, number + 1)
        seen.add(block)
        start = None


def _find_old_wordings(lines: Sequence[str], dropped: set[int]) -> Iterator[int]:
    """Sentences followed closely by a similar one: the old wording of a changed line."""
    long = [number for number, line in enumerate(lines) if len(line) >= _SHORTEST_SENTENCE]
    sentences = [number for number in long if number not in dropped and is_sentence(lines[number])]
    for position, number in enumerate(sentences):
        for later in sentences[position + 1 : position + 1 + _LINES_BETWEEN_WORDINGS]:
            if later - number <= _LINES_BETWEEN_WORDINGS and _are_similar(lines[number], lines[later]):
                yield number
                break


def _are_similar(one: str, other: str) -> bool:
    words, others = one.split(), other.split()
    if min(len(words), len(others)) < _SAME_WORDING * max(len(words), len(others)):
        return False
    matcher = difflib.SequenceMatcher(None, words, others, autojunk=False)
    return matcher.quick_ratio() >= _SAME_WORDING and matcher.ratio() >= _SAME_WORDING


def _find_emptied_headings(lines: Sequence[str], dropped: set[int]) -> Iterator[int]:
    number = 0
    while number < len(lines):
        end = number + 1
        if begins_with_marks(lines[number]):
            while end < len(lines) and not begins_with_marks(lines[end]):
                end += 1
            if end > number + 1 and all(line in dropped for line in range(number + 1, end)):
                yield number
        number = end
