"""Remove repetition from text dumps: repeated text, older wordings beside newer ones, and version-control noise.

A code host's web page saved as text contains the commit log, diff hunk headers, and every changed paragraph twice. Text
of a dump that shows no such evidence of copying is kept, however often its author wrote it.
"""

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence

from vrom.builder.text_dumps.code_lines import is_sentence
from vrom.builder.text_dumps.evidence import FEWEST_TRAILERS, HUNK, TRAILER, count_trailers, find_copying
from vrom.markdown.fences import fence_mark, has_no_info
from vrom.markdown.headings import begins_with_marks

_WIDEST_GAP = 150
_SHORTEST_SENTENCE = 40
_LINES_BETWEEN_WORDINGS = 4
_SAME_WORDING = 0.85


def remove_repeats(lines: Sequence[str]) -> tuple[list[str], Counter[str]]:
    """Remove commit logs, hunk headers, repeated sentences and code blocks, and older wordings.

    A heading is removed, too, if all of its text is. Returns the kept lines and the number of others by kind; all lines
    are kept if the text shows no evidence of copying.
    """
    counts: Counter[str] = Counter()
    if not find_copying(lines):
        return list(lines), counts
    without_hunks = [line for line in lines if not HUNK.match(line)]
    kept = _remove_logs(without_hunks)
    sentences, blocks = set(_find_repeated_sentences(kept)), set(_find_repeated_blocks(kept))
    wordings = set(_find_old_wordings(kept, sentences | blocks))
    dropped = sentences | blocks | wordings
    dropped |= set(_find_emptied_headings(kept, dropped))
    counts["diff hunk"] = len(lines) - len(without_hunks)
    counts["line of a commit log"] = len(without_hunks) - len(kept)
    counts["repeated line"] = len(sentences | blocks)
    counts["older wording"] = len(wordings)
    return [line for number, line in enumerate(kept) if number not in dropped], +counts


def _remove_logs(lines: Sequence[str]) -> list[str]:
    """Remove runs of commit messages, recognised by their recurring trailers."""
    trailers = [number for number, line in enumerate(lines) if TRAILER.match(line)]
    logs: list[list[int]] = []
    for number in trailers:
        if logs and number - logs[-1][-1] <= _WIDEST_GAP:
            logs[-1].append(number)
        else:
            logs.append([number])
    logs = [log for log in logs if len(log) >= FEWEST_TRAILERS and count_trailers([lines[number] for number in log])]
    stretches = [(_find_first_message(lines, log[0]), log[-1]) for log in logs]
    return [
        line
        for number, line in enumerate(lines)
        if not any(first <= number <= last for first, last in stretches)
        and not (stretches and line.startswith("Co-authored-by: "))
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
