"""Block rules that documentation needs beyond CommonMark, for markdown-it-py.

A rule is called as `rule(state, start, end, silent)` for line `start`; it returns True if a block begins there, and
unless `silent` pushes its tokens and moves `state.line` past it.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock, html_block

from vrom.builder.markdown.inline_html import is_table
from vrom.builder.markdown.skipped_blocks import (
    LOOKAHEAD,
    comment,
    component,
    front_matter,
    furniture,
    line_of,
    module_statement,
)
from vrom.markdown.fences import DEEPEST_CLOSING, fence_mark, is_closing_line

_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}


def add_documentation_rules(parser: MarkdownIt) -> None:
    """Add rules for front matter, components, import lines, admonitions and indented fences to a CommonMark parser."""
    rules = parser.block.ruler
    rules.before("table", "front_matter", front_matter)
    rules.before("table", "fence_at_any_indent", _fence, _INTERRUPTS)
    rules.before("table", "component", component, _INTERRUPTS)
    rules.before("table", "comment", comment, _INTERRUPTS)
    rules.before("table", "furniture", furniture)
    rules.before("table", "module_statement", module_statement)
    rules.before("table", "container", _container, _INTERRUPTS)
    rules.at("code", _indented_code)
    rules.at("html_block", _html, {"alt": ["paragraph", "reference", "blockquote"]})
    rules.at("paragraph", _paragraph)
    parser.disable(["fence", "reference"])  # a reference definition is treated as text


def _fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A fence at any indentation: documentation nests fences in tabs, admonitions and components.

    CommonMark parses a fence indented by four columns as indented code.
    """
    mark = fence_mark(line_of(state, start))
    if not mark:
        return False
    if silent:
        return True
    # A fence deeper than CommonMark allows is in a tab or component, of which only its own indentation is known.
    margin = state.blkIndent if state.sCount[start] - state.blkIndent <= DEEPEST_CLOSING else state.sCount[start]
    number, within, closed = start + 1, 0, False
    while number < end and not closed:
        line = line_of(state, number)
        if line and state.sCount[number] < state.blkIndent and number > within:
            within = _find_closing_line(state, number, end, mark)
            if number > within:
                break
        closed = is_closing_line(line, mark) and state.sCount[number] - margin <= DEEPEST_CLOSING
        number += 1
    token = state.push("fence", "code", 0)
    token.map, token.meta, token.markup = [start, number], {"closed": closed}, mark
    state.line = number
    return True


def _find_closing_line(state: StateBlock, start: int, end: int, mark: str) -> int:
    """The closing line of a fence whose code is indented less than its list item, if within the item, else 0."""
    for number in range(start, min(end, start + LOOKAHEAD)):
        line = line_of(state, number)
        if fence_mark(line):
            return number if is_closing_line(line, mark) and state.sCount[number] >= state.blkIndent else 0
    return 0


_CONTAINER = re.compile(r"""(?:!!!|\?\?\?\+?|:::+)\s*[\w"{].*$|===[+!]?\s+["'].*$|:::+\s*$""")


def _container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`!!! note`, `??? tip`, `=== "tab"` and `::: directive`, with the lines indented below parsed as Markdown."""
    if state.is_code_block(start) or not _CONTAINER.match(line_of(state, start)):
        return False
    if silent:
        return True
    token = state.push("container_open", "div", 1)
    token.map = lines = [start, start + 1]
    indent, floor = state.blkIndent, state.env.get("floor", 0)
    state.blkIndent = state.env["floor"] = state.sCount[start] + 4
    state.md.block.tokenize(state, start + 1, end)
    state.blkIndent, state.env["floor"] = indent, floor
    state.push("container_close", "div", -1)
    lines[1] = state.line = max(state.line, start + 1)
    return True


def _indented_code(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """CommonMark's indented code, also ended by a fence."""
    if silent or not state.is_code_block(start):
        return False
    last = number = start + 1
    while number < end:
        if not state.isEmpty(number):
            if not state.is_code_block(number) or fence_mark(line_of(state, number)):
                break
            last = number + 1
        number += 1
    token = state.push("code_block", "code", 0)
    token.map = [start, last]
    state.line = last
    return True


def _html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """CommonMark's HTML block, except that a table continues to its closing tag, and a fence ends a block that would
    otherwise run to a blank line.
    """
    line = line_of(state, start)
    if silent or not line.startswith("<") or _ENDED_BY_ITS_TAG.match(line):
        return html_block(state, start, end, silent)
    within = start + 1
    while within < end and not state.isEmpty(within) and not fence_mark(line_of(state, within).lstrip("> ")):
        within += 1
    if not html_block(state, start, within, silent):
        return False
    if is_table(line) and (last := _find_table_end(state, start, end)):
        state.tokens[-1].map, state.line = [start, last], last
    return True


_ENDED_BY_ITS_TAG = re.compile(r"<(?:!|\?|(?:pre|script|style|textarea)\b)", re.IGNORECASE)


def _find_table_end(state: StateBlock, start: int, end: int) -> int | None:
    """The line after a table's closing tag, unless a fence comes before it."""
    for number in range(start, min(end, start + LOOKAHEAD)):
        line = line_of(state, number)
        if fence_mark(line):
            return None
        if "</table" in line.lower():
            return number + 1
    return None


def _paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: ARG001 (a rule's signature)
    """CommonMark's paragraph, also ended by a fence at any indentation and by the end of an admonition."""
    terminators = state.md.block.ruler.getRules("paragraph")
    parent, state.parentType = state.parentType, "paragraph"
    floor = state.env.get("floor", 0) if state.blkIndent >= state.env.get("floor", 0) else 0  # a quote resets the floor
    number = start + 1
    while number < state.lineMax and not state.isEmpty(number):
        if 0 <= state.sCount[number] < floor:
            break
        if state.sCount[number] - state.blkIndent > 3:
            if fence_mark(line_of(state, number)):
                break
        elif state.sCount[number] >= 0 and any(rule(state, number, state.lineMax, True) for rule in terminators):
            break
        number += 1
    state.line = number
    token = state.push("paragraph_open", "p", 1)
    token.map = [start, number]
    state.push("paragraph_close", "p", -1)
    state.parentType = parent
    return True
