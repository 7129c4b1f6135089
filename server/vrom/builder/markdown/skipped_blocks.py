"""Block rules for dropped markup: front matter, components, comments, import lines, badges.

Each pushes a `dropped` token for its lines, with the label of a tab, if any, as its content.
"""

import re

from markdown_it.common.utils import isStrSpace
from markdown_it.rules_block import StateBlock

LOOKAHEAD = 400
"""Lines within which a table or comment must end, so that many unclosed openings don't take quadratic time."""

_LONGEST_TAG = 2_000


def line_of(state: StateBlock, number: int) -> str:
    """A line without its indentation."""
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _push_dropped(state: StateBlock, start: int, end: int, label: str = "") -> bool:
    token = state.push("dropped", "", 0)
    token.map, token.content = [start, end], label
    state.line = end
    return True


_FRONT_MATTER_KEY = re.compile(r"^[\w.-]+\s*[:=]", re.MULTILINE)


def front_matter(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`---`, YAML, `---` (or `+++`, TOML, `+++`) on the first lines of the document."""
    if start != 0 or silent or state.level or (mark := line_of(state, 0).rstrip()) not in ("---", "+++"):
        return False
    for number in range(1, end):
        if line_of(state, number).rstrip() in (mark, "..." if mark == "---" else mark) and state.tShift[number] == 0:
            content = state.src[state.bMarks[1] : state.bMarks[number]]
            if content.strip() and not _FRONT_MATTER_KEY.search(content):
                return False
            state.env["front_matter"] = content
            return _push_dropped(state, 0, number + 1)
    return False


_ATTRIBUTES = r"""(?:[^<>"'{}]|"[^"]*"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\})*"""
_COMPONENT = re.compile(
    rf"</?(?:[A-Z][\w.]*|hfoptions?|frameworkcontent|pt|tf|jax|inferencesnippet|include)(?=[\s/>]){_ATTRIBUTES}>|</?>"
)
_LABEL = re.compile(r"""\s(?:id|title|label|name|header|summary)\s*=\s*\{?["']([^"'<>\n]*)["']\}?""")
_UNLABELLED = ("hfoptions", "include", "inferencesnippet", "Tabs", "CodeGroup")


def component(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Lines that hold only MDX component tags: dropped, except for the label of a tab; their content is Markdown."""
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


def comment(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """An HTML or MDX comment on lines of its own: licence headers, editors' notes."""
    opening = next(filter(line_of(state, start).startswith, _COMMENTS), "")
    if not opening:
        return False
    closing = _COMMENTS[opening]
    for number in range(start, min(end, start + LOOKAHEAD)):
        _, closed, after = line_of(state, number).removeprefix(opening if number == start else "").partition(closing)
        if closed:
            return not after.strip() and (silent or _push_dropped(state, start, number + 1))
    return False


_FURNITURE = re.compile(
    r"(?:\[!\[[^\]]*\]\([^)]*\)\]\([^)]*\)\s*(?:<br ?/?>\s*)?)+$"  # badges: pictures that are links, and nothing else
    r"|(?:\[\]\(\)\{[^}]*\}\s*)+$"  # anchors: [](){#name}
    r"""|(?:<a\s+(?:id|name)\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]+)\s*(?:/>|>\s*</a>)\s*)+$"""  # <a id="name"></a>
    r"|\([\w:.-]+\)=\s*$"  # (name)=
)


def furniture(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Lines that hold only badges or bare anchors."""
    if silent or state.is_code_block(start):
        return False
    last = start
    while last < end and not state.isEmpty(last) and _FURNITURE.match(line_of(state, last)[:_LONGEST_TAG]):
        last += 1
    return last > start and _push_dropped(state, start, last)


_MODULE_STATEMENT = re.compile(
    r"""import\s+(?:[\w*{][^'"]*\sfrom\s+)?['"][^'"]+['"];?\s*$"""
    r"|export\s+(?:default\s+(?:function|class|async|\(|\{)|(?:const|let|function)\s+\w+\s*[=(])"
)


def module_statement(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Import and export lines of MDX, up to the next blank line."""
    if silent or state.level or state.tShift[start] or not _MODULE_STATEMENT.match(line_of(state, start)):
        return False
    last = start + 1
    while last < end and not state.isEmpty(last):
        last += 1
    return _push_dropped(state, start, last)
