"""Separate adjacent parts of a web page that were joined when it was saved as plain text."""

import re
from collections.abc import Iterator
from itertools import islice

from vrom.builder.text_dumps.code_lines import depth_after, is_statement


def split_glued_lines(text: str) -> list[str]:
    """The lines of a text, split between code and prose, between list items, and between a call and a method name."""
    text = _TAG_GLUE.sub(r"\1 ", _METHOD_GLUE.sub("\n", text))
    return [part for line in text.split("\n") for part in _split_glued_line(line.rstrip())]


_GLUE = re.compile(r"(?<=[)\]}])(?=[A-Za-z{])")
_MOST_GLUE = 50
_METHOD_GLUE = re.compile(r"(?<=[)\]}])(?=[a-z_]\w*\n\s*<\s?source\s?>)")
_TAG_GLUE = re.compile(r"(<[a-z]+?)(?=(?:id|class|style|href|src)=\")")
_PAIR_GLUE = re.compile(r"(?<=[.!?])(?=[a-z]\w*(?:/\w+)*: [A-Z])")
_ITEM_GLUE = re.compile(r"(?<=[.:])\s?(?=- [A-Z])|(?<=[.)])\s(?=- \w+ \()")


def _split_glued_line(line: str) -> Iterator[str]:
    """Split a line where code is directly followed by prose or other code, or where list items meet."""
    for _ in range(_MOST_GLUE):
        end = _find_code_end(line)
        if not end:
            break
        yield line[:end]
        line = line[end:]
    pairs = _PAIR_GLUE.split(line)
    yield from ["- " + pair for pair in pairs] if len(pairs) > 2 else _ITEM_GLUE.split(line)


def _find_code_end(line: str) -> int:
    """The end of the code at the start of a line, if something else follows without a break; else 0."""
    for glue in islice(_GLUE.finditer(line), _MOST_GLUE):
        code, rest = line[: glue.start()], line[glue.start() :]
        closes = re.match(r"[)\]}]+$", code) or (is_statement(code) and depth_after(code) == 0) or _closes_more(code)
        if closes and (rest.startswith("{") or rest[0].isupper() or len(rest.split(maxsplit=4)) > 3):
            return glue.start()
    return 0


def _closes_more(code: str) -> bool:
    """True if code closes more brackets than it opens, as at the end of a call over several lines."""
    closed = sum(map(code.count, ")]}"))
    return closed > sum(map(code.count, "([{")) and re.search(r"[\"'\w][)\]}]+$", code) is not None
