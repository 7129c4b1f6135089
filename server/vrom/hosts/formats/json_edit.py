"""Add, change or remove a value in a JSON text, preserving every other character.

New text follows the style of its surroundings: indentation, line ends, one line or several.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from vrom.hosts.formats.jsonc import Member, Node, after_comments, parse

_MISSING = object()


def read(text: str) -> Any:
    """The document in `text`; an empty object if there is none. Raises `json.JSONDecodeError`."""
    root = parse(text)
    return {} if root is None else root.value


def set_value(text: str, path: Sequence[str], value: Any) -> str:
    """`text` with `value` at `path`; missing objects on the path are created.

    If an object exists at `path`, only members that differ are changed. Existing values on the path must be objects.
    """
    root = parse(text)
    if root is None:
        opened = text + _newline(text) if text and not text.endswith("\n") else text
        document = value
        for key in reversed(path):
            document = {key: document}
        return opened + _render(document, "  ", "", _newline(text)) + _newline(text)
    node = root
    for depth, key in enumerate(path):
        member = node.member(key)
        if member is None:
            for below in reversed(path[depth + 1 :]):
                value = {below: value}
            return _insert(text, root, node, key, value)
        node = member.node
    while step := _find_difference(node, value):
        text = _apply(text, [*path, *step[0]], step[1])
        node = _at(text, path)
    return text


def remove_value(text: str, path: Sequence[str]) -> str:
    """`text` without the member at `path`; unchanged if there is none."""
    *above, key = path
    node = _find(text, above)
    while node and (member := node.member(key)):
        text = _remove(text, node, member)
        node = _at(text, above)
    return text


def _find(text: str, path: Sequence[str]) -> Node | None:
    node = parse(text)
    for key in path:
        member = node.member(key) if node else None
        node = member.node if member else None
    return node


def _at(text: str, path: Sequence[str]) -> Node:
    node = _find(text, path)
    assert node is not None
    return node


def _find_difference(node: Node, value: Any) -> tuple[list[str], Any] | None:
    """The first path below `node` that differs from `value`, and the value to set (`_MISSING` to remove it)."""
    if node.value == value:
        return None
    if not (isinstance(node.value, dict) and isinstance(value, dict)):
        return [], value
    for key, wanted in value.items():
        member = node.member(key)
        if member is None:
            return [key], wanted
        if below := _find_difference(member.node, wanted):
            return [key, *below[0]], below[1]
    return [next(key for key in node.value if key not in value)], _MISSING


def _apply(text: str, path: list[str], value: Any) -> str:
    if value is _MISSING:
        return remove_value(text, path)
    *above, key = path
    node = _at(text, above)
    member = node.member(key)
    if member is None:
        return _insert(text, _at(text, []), node, key, value)
    old, root = member.node, _at(text, [])
    compact = isinstance(old.value, dict | list) and "\n" not in text[old.start : old.end]
    if compact or _on_one_line(text, root, node):
        new = _one_line(text, value)
    else:
        new = _render(value, _unit(text, root), _indentation(text, member.start), _newline(text))
    return text[: old.start] + new + text[old.end :]


def _insert(text: str, root: Node, node: Node, key: str, value: Any) -> str:
    """Append a new member to the object `node`."""
    newline, unit = _newline(text), _unit(text, root)
    if _on_one_line(text, root, node):
        member = _one_line(text, {key: value})[1:-1]
        if not node.members:
            return text[: node.start + 1] + member + text[node.start + 1 :]
        last = node.members[-1]
        gap, comma = ("" if _tight(text, ",") else " "), ("" if last.comma is None else ",")
        end = last.end
        return f"{text[:end]}{',' if last.comma is None else ''}{gap}{member}{comma}{text[end:]}"
    if not node.members:
        return _insert_first(text, node, key, value, unit)
    last = node.members[-1]
    indentation = _indentation(text, last.start)
    member = f"{newline}{indentation}{_render({key: value}, unit, indentation, newline, bare=True)}"
    at = after_comments(text, last.end)
    if last.comma is None:
        return f"{text[: last.end]},{text[last.end : at]}{member}{text[at:]}"
    return f"{text[:at]}{member},{text[at:]}"


def _insert_first(text: str, node: Node, key: str, value: Any, unit: str) -> str:
    """Add the first member to an object that is empty or holds only comments, after the comments."""
    newline, outer = _newline(text), _indentation(text, node.start)
    inner = outer + unit
    kept = text[node.start + 1 : node.end - 1].rstrip()
    member = f"{newline}{inner}{_render({key: value}, unit, inner, newline, bare=True)}{newline}{outer}"
    return text[: node.start + 1] + kept + member + text[node.end - 1 :]


def _remove(text: str, node: Node, member: Member) -> str:
    """Remove a member with its line and its comma, or the preceding comma if it is the last member."""
    place = node.members.index(member)
    start = len(text[: member.start].rstrip(" \t"))
    if text[start - 1 : start] == "\n":
        start -= 2 if text[start - 2 : start] == "\r\n" else 1
    elif place == 0:
        start = member.start
    rest = text[member.end :]
    if place == 0 and start == member.start and len(node.members) > 1:
        rest = rest.lstrip(" \t")
    before = text[:start]
    previous = node.members[place - 1] if place else None
    if member.comma is None and previous and previous.comma is not None:
        before = before[: previous.comma] + before[previous.comma + 1 :]
    text = before + rest
    if len(node.members) == 1 and not text[node.start + 1 : (end := text.index("}", start))].strip():
        text = text[: node.start + 1] + text[end:]
    return text


def _on_one_line(text: str, root: Node, node: Node) -> bool:
    """True if the members of `node` are on one line; for an empty object, if those of the root are."""
    like = node if node.members else root
    return bool(like.members) and "\n" not in text[like.start : like.end]


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _indentation(text: str, at: int) -> str:
    """The leading whitespace of the line of `text[at]`."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _unit(text: str, root: Node) -> str:
    """Indentation of one level: that of the root's members, else two spaces."""
    first = root.members[0].start if root.members else 0
    alone = re.search(r"\n([ \t]+)\Z", text[:first])
    outer = _indentation(text, root.start)
    return (alone[1].removeprefix(outer) if alone else "") or "  "


def _render(value: Any, unit: str, indentation: str, newline: str, *, bare: bool = False) -> str:
    """JSON over several lines, all but the first indented; `bare` gives an object's only member without braces."""
    lines = json.dumps(value, indent=unit, ensure_ascii=False).split("\n")
    if bare:
        lines = [line.removeprefix(unit) for line in lines[1:-1]]
    return (newline + indentation).join(lines)


def _one_line(text: str, value: Any) -> str:
    separators = ("," if _tight(text, ",") else ", ", ":" if _tight(text, ":") else ": ")
    return json.dumps(value, ensure_ascii=False, separators=separators)


def _tight(text: str, mark: str) -> bool:
    """True if `mark`, a comma or colon, is never followed by whitespace, as in compact JSON."""
    before = '"' if mark == ":" else ""
    return bool(re.search(rf'{before}{mark}["{{\[0-9]', text)) and not re.search(rf"{before}{mark}\s", text)
