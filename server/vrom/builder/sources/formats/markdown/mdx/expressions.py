"""Expressions of JSX between tags: strings are text, and so is what is in tags within them; the rest isn't."""

import re
from collections.abc import Iterator, Sequence

from vrom.builder.sources.formats.markdown.mdx.edits import Edits
from vrom.builder.sources.formats.markdown.mdx.jsx import Tag, find_expression_end, find_tags, literal

_COMMENT_END = re.compile(r"\s{0,20}\}")
_VALUE = re.compile(r"\{\s*(?:[A-Za-z_$][\w$]*(?:[.\[(]|\s*\}|\s*[-+*?&|])|\d)")
_LONGEST_EXAMPLE = 80
_DEEPEST = 8
_MOST_FAILURES = 20


def remove_comments(text: str) -> str:
    """The text, whose code is masked, without MDX's comments: `{/* … */}`."""
    edits, at = Edits(text), text.find("{/*")
    while at >= 0:
        closing = text.find("*/", at + 3)
        ending = _COMMENT_END.match(text, closing + 2) if closing >= 0 else None
        if closing < 0:
            break
        if ending:
            edits.replace(at, ending.end(), "")
        at = text.find("{/*", ending.end() if ending else at + 3)
    return edits.apply()


def remove_expressions(text: str) -> str:
    """The text without expressions between its tags, but for strings and for text within tags."""
    edits = Edits(text)
    for start, end in _find_expressions(text):
        edits.replace(start, end, _text_of_expression(text[start:end]))
    return edits.apply()


def find_values(text: str) -> Iterator[str]:
    """The expressions of a text that `remove_expressions` removes and that show a value: `{props.version}`."""
    for start, end in _find_expressions(text):
        expression = text[start:end]
        if _VALUE.match(expression) and not _text_of_expression(expression):
            yield " ".join(expression.split())[:_LONGEST_EXAMPLE]


def _find_expressions(text: str) -> Iterator[tuple[int, int]]:
    inside = [(tag.start, tag.end) for tag in find_tags(text)]
    number, at, failures = 0, text.find("{"), 0
    while at >= 0 and failures < _MOST_FAILURES:
        while number < len(inside) and inside[number][1] <= at:
            number += 1
        if number < len(inside) and inside[number][0] <= at:
            at = text.find("{", inside[number][1])
            continue
        if text[at - 1 : at] == "\\":
            at = text.find("{", at + 1)
            continue
        end = find_expression_end(text, at)
        if end < 0:
            failures += 1
            at = text.find("{", at + 1)
            continue
        if not text.startswith(("{#", "{:", "{.", "{ #", "{ ."), at):
            yield at, end
        at = text.find("{", end)


def _text_of_expression(expression: str, depth: int = 0) -> str:
    if (text := literal(expression)) is not None:
        return text
    start, end = expression.find("<"), expression.rfind(">")
    if 0 <= start < end and depth < _DEEPEST and re.match(r"</?[A-Za-z>]", expression[start:]):
        inner = expression[start : end + 1]
        tags = list(find_tags(inner))
        if tags and (tags[-1].kind != "open"):
            return _remove_expressions_within(inner, tags, depth)
    return ""


def _remove_expressions_within(text: str, tags: Sequence[Tag], depth: int) -> str:
    edits = Edits(text, [(tag.start, tag.end, "") for tag in tags if not tag.is_component])
    done = 0
    for tag in [*tags, None]:
        begin, stop = done, tag.start if tag else len(text)
        at = text.find("{", begin, stop)
        while at >= 0:
            end = find_expression_end(text, at)
            if end < 0:
                break
            edits.replace(at, end, _text_of_expression(text[at:end], depth + 1))
            at = text.find("{", end, stop)
        done = tag.end if tag else done
    return edits.apply()
