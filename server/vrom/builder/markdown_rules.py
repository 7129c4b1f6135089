"""Block rules that documentation needs beyond CommonMark, for markdown-it-py.

A rule is called as `rule(state, start, end, silent)` for line `start`; it returns whether a block begins there, and
unless `silent` pushes its tokens and moves `state.line` past it.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import isStrSpace
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock, html_block

from vrom.builder.html_lines import is_table

_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
_LONGEST_TAG = 2_000
_LOOKAHEAD = 400
"""Lines in which a table or comment must end, lest a page of openings takes quadratic time."""


def add_documentation_rules(parser: MarkdownIt) -> None:
    """Teach a CommonMark parser front matter, components, import lines, admonitions and indented fences."""
    rules = parser.block.ruler
    rules.before("table", "front_matter", _front_matter)
    rules.before("table", "fence_at_any_indent", _fence, _INTERRUPTS)
    rules.before("table", "component", _component, _INTERRUPTS)
    rules.before("table", "comment", _comment, _INTERRUPTS)
    rules.before("table", "furniture", _furniture)
    rules.before("table", "module_statement", _module_statement)
    rules.before("table", "container", _container, _INTERRUPTS)
    rules.at("code", _indented_code)
    rules.at("html_block", _html, {"alt": ["paragraph", "reference", "blockquote"]})
    rules.at("paragraph", _paragraph)
    parser.disable(["fence", "reference"])  # a reference definition is text like any other here


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _push_dropped(state: StateBlock, start: int, end: int, label: str = "") -> bool:
    token = state.push("dropped", "", 0)
    token.map, token.content = [start, end], label
    state.line = end
    return True


_FRONT_MATTER_KEY = re.compile(r"^[\w.-]+\s*[:=]", re.MULTILINE)


def _front_matter(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`---`, YAML, `---` (or `+++`, TOML, `+++`) on the first lines of the page."""
    if start != 0 or silent or state.level or (mark := _line(state, 0).rstrip()) not in ("---", "+++"):
        return False
    for number in range(1, end):
        if _line(state, number).rstrip() in (mark, "..." if mark == "---" else mark) and state.tShift[number] == 0:
            content = state.src[state.bMarks[1] : state.bMarks[number]]
            if content.strip() and not _FRONT_MATTER_KEY.search(content):
                return False
            state.env["front_matter"] = content
            return _push_dropped(state, 0, number + 1)
    return False


_FENCE_OPEN = re.compile(r"(`{3,}|~{3,})(.*)$")


def fence_mark(line: str) -> str:
    """The run of backticks or tildes that opens a fence on this line (indented or not), or empty."""
    opening = _FENCE_OPEN.match(line.lstrip(" \t"))
    if not opening or ("`" in opening[1] and "`" in opening[2]):
        return ""
    return opening[1]


def _fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A fence, however far it is indented: documentation nests them in tabs, admonitions and components.

    CommonMark takes one that is four columns in for indented code.
    """
    mark = fence_mark(_line(state, start))
    if not mark:
        return False
    if silent:
        return True
    number, within, closed = start + 1, 0, False
    while number < end and not closed:
        line = _line(state, number)
        if line and state.sCount[number] < state.blkIndent and number > within:
            within = _closing_line(state, number, end, mark)
            if number > within:
                break
        closed = _is_closing(line, mark)
        number += 1
    token = state.push("fence", "code", 0)
    token.map, token.meta, token.markup = [start, number], {"closed": closed}, mark
    state.line = number
    return True


def _is_closing(line: str, mark: str) -> bool:
    line = line.strip()
    return len(line) >= len(mark) and not line.strip(mark[0])


def _closing_line(state: StateBlock, start: int, end: int, mark: str) -> int:
    """Where a fence whose code hangs out of its list item is closed within the item after all, else 0."""
    for number in range(start, min(end, start + _LOOKAHEAD)):
        line = _line(state, number)
        if fence_mark(line):
            return number if _is_closing(line, mark) and state.sCount[number] >= state.blkIndent else 0
    return 0


_ATTRIBUTES = r"""(?:[^<>"'{}]|"[^"]*"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\})*"""
_COMPONENT = re.compile(
    rf"</?(?:[A-Z][\w.]*|hfoptions?|frameworkcontent|pt|tf|jax|inferencesnippet|include)(?=[\s/>]){_ATTRIBUTES}>|</?>"
)
_LABEL = re.compile(r"""\s(?:id|title|label|name|header|summary)\s*=\s*\{?["']([^"'<>\n]*)["']\}?""")
_UNLABELLED = ("hfoptions", "include", "inferencesnippet", "Tabs", "CodeGroup")


def _component(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Lines of MDX component tags alone: dropped, but for the label of a tab; what they wrap is Markdown."""
    position = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("<", position):
        return False
    label = ""
    while True:
        tag = _COMPONENT.match(state.src[position : position + _LONGEST_TAG])
        if not tag:
            return False
        if (named := _LABEL.search(tag[0])) and not tag[0].startswith(tuple("<" + name for name in _UNLABELLED)):
            label = label or named[1]
        position += tag.end()
        while position < len(state.src) and isStrSpace(state.src[position]):
            position += 1
        if position >= len(state.src) or state.src[position] == "\n":
            break
    last = start
    while last + 1 < end and state.bMarks[last + 1] < position:
        last += 1
    if state.eMarks[last] > position or position > state.eMarks[last] + 1:
        return False
    return silent or _push_dropped(state, start, last + 1, label)


_COMMENTS = {"<!--": "-->", "{/*": "*/}"}


def _comment(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A comment of HTML or MDX on lines of its own: the licence header, editors' notes."""
    opening = next(filter(_line(state, start).startswith, _COMMENTS), "")
    if not opening:
        return False
    closing = _COMMENTS[opening]
    for number in range(start, min(end, start + _LOOKAHEAD)):
        _, closed, after = _line(state, number).removeprefix(opening if number == start else "").partition(closing)
        if closed:
            return not after.strip() and (silent or _push_dropped(state, start, number + 1))
    return False


_FURNITURE = re.compile(
    r"(?:\[!\[[^\]]*\]\([^)]*\)\]\([^)]*\)\s*(?:<br ?/?>\s*)?)+$"  # badges: pictures that are links, and nothing else
    r"|(?:\[\]\(\)\{[^}]*\}\s*)+$"  # anchors: [](){#name}
)


def _furniture(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Lines of badges or bare anchors, which say nothing to a reader of text."""
    if silent or state.is_code_block(start):
        return False
    last = start
    while last < end and not state.isEmpty(last) and _FURNITURE.match(_line(state, last)[:_LONGEST_TAG]):
        last += 1
    return last > start and _push_dropped(state, start, last)


_MODULE_STATEMENT = re.compile(
    r"""import\s+(?:[\w*{][^'"]*\sfrom\s+)?['"][^'"]+['"];?\s*$"""
    r"|export\s+(?:default\s+(?:function|class|async|\(|\{)|(?:const|let|function)\s+\w+\s*[=(])"
)


def _module_statement(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Import and export lines of MDX, up to the next blank line."""
    if silent or state.level or state.tShift[start] or not _MODULE_STATEMENT.match(_line(state, start)):
        return False
    last = start + 1
    while last < end and not state.isEmpty(last):
        last += 1
    return _push_dropped(state, start, last)


_CONTAINER = re.compile(r"""(?:!!!|\?\?\?\+?|:::+)\s*[\w"{].*$|===[+!]?\s+["'].*$|:::+\s*$""")


def _container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`!!! note`, `??? tip`, `=== "tab"` and `::: directive`, with the lines indented under it as Markdown."""
    if state.is_code_block(start) or not _CONTAINER.match(_line(state, start)):
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
    """CommonMark's indented code, which a fence ends."""
    if silent or not state.is_code_block(start):
        return False
    last = number = start + 1
    while number < end:
        if not state.isEmpty(number):
            if not state.is_code_block(number) or fence_mark(_line(state, number)):
                break
            last = number + 1
        number += 1
    token = state.push("code_block", "code", 0)
    token.map = [start, last]
    state.line = last
    return True


def _html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """CommonMark's HTML block; but a table goes on to its end, and a fence ends what would run to a blank line."""
    line = _line(state, start)
    if silent or not line.startswith("<") or _ENDED_BY_ITS_TAG.match(line):
        return html_block(state, start, end, silent)
    within = start + 1
    while within < end and not state.isEmpty(within) and not fence_mark(_line(state, within).lstrip("> ")):
        within += 1
    if not html_block(state, start, within, silent):
        return False
    if is_table(line) and (last := _end_of_table(state, start, end)):
        state.tokens[-1].map, state.line = [start, last], last
    return True


_ENDED_BY_ITS_TAG = re.compile(r"<(?:!|\?|(?:pre|script|style|textarea)\b)", re.IGNORECASE)


def _end_of_table(state: StateBlock, start: int, end: int) -> int | None:
    """The line after a table's closing tag, unless a fence comes before it."""
    for number in range(start, min(end, start + _LOOKAHEAD)):
        line = _line(state, number)
        if fence_mark(line):
            return None
        if "</table" in line.lower():
            return number + 1
    return None


def _paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: ARG001 (a rule's signature)
    """CommonMark's paragraph, which a fence at any indent and the end of an admonition end."""
    terminators = state.md.block.ruler.getRules("paragraph")
    parent, state.parentType = state.parentType, "paragraph"
    floor = state.env.get("floor", 0) if state.blkIndent >= state.env.get("floor", 0) else 0  # a quote starts anew
    number = start + 1
    while number < state.lineMax and not state.isEmpty(number):
        if 0 <= state.sCount[number] < floor:
            break
        if state.sCount[number] - state.blkIndent > 3:
            if fence_mark(_line(state, number)):
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
