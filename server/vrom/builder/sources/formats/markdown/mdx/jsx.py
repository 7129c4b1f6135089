"""Tags of JSX, Vue and HTML within Markdown, and expressions in braces."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

LONGEST = 100_000
"""Maximum characters of a tag or an expression."""

_MOST_EFFORT = 3_000_000
"""Maximum characters read for what turns out to be no tag; after that the rest of a text has none."""

_NAME = re.compile(r"</?([A-Za-z][\w.:-]*)?(?=[\s/>])")
_ATTRIBUTE = re.compile(r"""\s*([:@#\w][\w:.@-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'{}<>=`]+)|(?=(\{))))?""")
_END = re.compile(r"\s*(/?)>")
_SPACE = re.compile(r"\s+")
_LITERAL = re.compile(
    r"""\{\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`((?:[^`\\$]|\\.|\$(?!\{))*)`)\s*\}""", re.DOTALL
)
_SIGNS = re.compile(r"""[{}"'`]|//|/\*""")
_STRINGS = {sign: re.compile(rf"(?:[^{sign}\\]|\\.)*{sign}", re.DOTALL) for sign in "\"'`"}


@dataclass(frozen=True)
class Tag:
    """A tag at characters `start` to `end` of a text."""

    start: int
    end: int
    name: str
    """As written; empty for a fragment: `<>`."""
    kind: str
    """`open`, `close` or `single`."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Attributes whose values are text; one without a value has an empty one."""
    expressions: dict[str, str] = field(default_factory=dict)
    """Attributes whose values are other expressions, with their braces."""

    @property
    def is_component(self) -> bool:
        """True for a tag that is none of HTML's."""
        return self.name[:1].isupper() or "-" in self.name or "." in self.name


def find_tags(text: str) -> Iterator[Tag]:
    """The tags of a text, in order. What isn't a complete tag is text."""
    at, effort = text.find("<"), 0
    while at >= 0 and effort < _MOST_EFFORT:
        tag = _read_tag(text, at)
        if tag:
            yield tag
        else:
            effort += _effort(text, at)
        at = text.find("<", tag.end if tag else at + 1)


def find_expression_end(text: str, start: int) -> int:
    """The end of the expression in braces that begins at `start`; -1 if it has none."""
    end = _match_braces(text, start, strings=True)
    return end if end >= 0 else _match_braces(text, start, strings=False)


def strip_tags(text: str) -> str:
    """The text without what looks like a tag."""
    return re.sub(r"<[^<>]*>", "", text) if "<" in text else text


def literal(expression: str) -> str | None:
    """The text of an expression in braces that is a string: `{"text"}`; None for others."""
    found = _LITERAL.fullmatch(expression)
    if not found:
        return None
    text = next(part for part in found.groups() if part is not None)
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), text, flags=re.DOTALL)


def _read_tag(text: str, start: int) -> Tag | None:
    if text.startswith("<>", start):
        return Tag(start, start + 2, "", "open")
    if text.startswith("</>", start):
        return Tag(start, start + 3, "", "close")
    name = _NAME.match(text, start)
    if not name or not name[1]:
        return None
    at, most = name.end(), start + LONGEST
    attributes: dict[str, str] = {}
    expressions: dict[str, str] = {}
    while at < most:
        if ending := _END.match(text, at):
            kind = "close" if text[start + 1] == "/" else "single" if ending[1] else "open"
            return Tag(start, ending.end(), name[1], kind, attributes, expressions)
        space = _SPACE.match(text, at)
        if text.startswith("{", space.end() if space else at):  # {...props}, {/* comment */}
            end = find_expression_end(text, space.end() if space else at)
            if end < 0:
                return None
            at = end
            continue
        attribute = _ATTRIBUTE.match(text, at) if space or text[at - 1] in "\"'}" else None
        if not attribute:
            return None
        at = attribute.end()
        if attribute[5]:
            end = find_expression_end(text, at)
            if end < 0:
                return None
            value = literal(text[at:end])
            if value is None:
                expressions[attribute[1]] = text[at:end]
            else:
                attributes[attribute[1]] = value
            at = end
        else:
            attributes[attribute[1]] = next((part for part in attribute.groups()[1:4] if part is not None), "")
    return None


def _effort(text: str, start: int) -> int:
    """How far a tag that isn't one may have been read."""
    following = text.find("<", start + 1, start + LONGEST)
    sign = re.compile(r"[\"'{]").search(text, start, following if following >= 0 else start + LONGEST)
    return LONGEST if sign else 1


def _match_braces(text: str, start: int, *, strings: bool) -> int:
    depth, at, most = 0, start, start + LONGEST
    while (sign := _SIGNS.search(text, at, most)) is not None:
        at = sign.end()
        if sign[0] == "{":
            depth += 1
        elif sign[0] == "}":
            depth -= 1
            if depth == 0:
                return at
        elif sign[0] == "/*":
            at = text.find("*/", at, most) + 2
            if at < 2:
                return -1
        elif sign[0] != "//" and strings:
            string = _STRINGS[sign[0]].match(text, at, most)
            if not string:
                return -1
            at = string.end()
    return -1
