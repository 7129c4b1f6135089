"""Points at which code and long lines that exceed the limit are cut."""

import re
from collections.abc import Iterator

from vrom.builder.chunking import costs
from vrom.builder.markdown.blocks import ParsedMarkdown

_SENTENCE_END = re.compile(r"[.!?;:](?=\s)|[。！？]")
_CONTINUES_STATEMENT = re.compile(r"[)\]}]|(?:else|elif|except|finally|catch|end)\b")


def find_statements(parsed: ParsedMarkdown, first: int, last: int) -> Iterator[int]:
    """Lines of code that follow a blank line, or have the least indentation and don't continue a statement."""
    indents = {}
    for number in range(first, last):
        line = parsed.line(number)
        if line.strip():
            indents[number] = len(line) - len(line.lstrip())
    outermost = min(indents.values(), default=0)
    for number, indent in indents.items():
        at_top = indent == outermost and not _CONTINUES_STATEMENT.match(parsed.line(number).strip())
        if number > first and (at_top or parsed.is_blank(number - 1)):
            yield number


def split_text(text: str, start: int, end: int, most: int) -> Iterator[tuple[int, int, float]]:
    """`(start, end, cost of the cut before)` of each part: about two halves, or parts of at most about 1.5 `most`
    characters if the run is longer.
    """
    size = min(most, (end - start) // 2)
    cost = 0.0
    while end - start > size + size // 2:
        stop, next_cost = _find_cut(text, start + size // 2, start + size)
        yield start, stop, cost
        start, cost = stop, next_cost
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end, cost


def _find_cut(text: str, low: int, high: int) -> tuple[int, float]:
    """The best place to cut between two positions, and its cost: after a sentence, else at a space, else at `high`."""
    window = text[low:high]
    sentences = list(_SENTENCE_END.finditer(window))
    if sentences:
        return low + sentences[-1].end(), costs.AT_SENTENCE
    spaces = [at for at, character in enumerate(window) if character.isspace()]
    if spaces and spaces[-1] > 0:
        return low + spaces[-1], costs.AT_WORD
    return high, costs.ANYWHERE
