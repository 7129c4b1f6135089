"""Parts of a page that stood beside each other and were glued when it became plain text."""

import re
from collections.abc import Iterator
from itertools import islice

from vrom.builder.text_dumps.code_lines import depth_after, is_statement


def unglued(text: str) -> list[str]:
    """The lines of a text, parted where code meets prose, one list item the next, a call the name of a method."""
    text = _TAG_GLUE.sub(r"\1 ", _METHOD_GLUE.sub("\n", text))
    return [part for line in text.split("\n") for part in _unglued(line.rstrip())]


_GLUE = re.compile(r"(?<=[)\]}])(?=[A-Za-z{])")
_MOST_GLUE = 50
_METHOD_GLUE = re.compile(r"(?<=[)\]}])(?=[a-z_]\w*\n\s*<\s?source\s?>)")
_TAG_GLUE = re.compile(r"(<[a-z]+?)(?=(?:id|class|style|href|src)=\")")
_PAIR_GLUE = re.compile(r"(?<=[.!?])(?=[a-z]\w*(?:/\w+)*: [A-Z])")
_ITEM_GLUE = re.compile(r"(?<=[.:])\s?(?=- [A-Z])|(?<=[.)])\s(?=- \w+ \()")


def _unglued(line: str) -> Iterator[str]:
    """A line, parted where code ends and prose or other code begins without a break, or where list items meet."""
    for _ in range(_MOST_GLUE):
        end = _end_of_code(line)
        if not end:
            break
        yield line[:end]
        line = line[end:]
    pairs = _PAIR_GLUE.split(line)
    yield from ["- " + pair for pair in pairs] if len(pairs) > 2 else _ITEM_GLUE.split(line)


def _end_of_code(line: str) -> int:
    """Where the code at the start of a line ends, if something else follows without a break; else 0."""
    for glue in islice(_GLUE.finditer(line), _MOST_GLUE):
        code, rest = line[: glue.start()], line[glue.start() :]
        closes = re.match(r"[)\]}]+$", code) or (is_statement(code) and depth_after(code) == 0) or _closes_more(code)
        if closes and (rest.startswith("{") or rest[0].isupper() or len(rest.split(maxsplit=4)) > 3):
            return glue.start()
    return 0


def _closes_more(code: str) -> bool:
    """Whether code closes brackets that lines before it opened: the end of a call over several lines."""
    closed = sum(map(code.count, ")]}"))
    return closed > sum(map(code.count, "([{")) and re.search(r"[\"'\w][)\]}]+$", code) is not None
