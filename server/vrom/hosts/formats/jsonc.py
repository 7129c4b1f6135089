"""Parse JSON with comments, recording the position of every part, so that a text can be edited in place.

The grammar is RFC 8259, plus `//` and `/* */` comments and one trailing comma after the last member or element, as
editors accept in their own settings. Plain JSON is a subset.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

_DEPTH = 200

_SPACE = re.compile(r"[ \t\r\n]+")
_COMMENT = re.compile(r"//[^\r\n]*|/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_ATOM = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")


@dataclass(frozen=True)
class Node:
    """A value and its position: `text[start:end]` is its source text."""

    start: int
    end: int
    value: Any
    members: tuple["Member", ...] = ()
    """Members of an object, in the order of the text."""

    def member(self, key: str) -> "Member | None":
        """The member with this key; the last one if the key is repeated, as in most JSON parsers. None if absent."""
        return next((member for member in reversed(self.members) if member.key == key), None)


@dataclass(frozen=True)
class Member:
    """A key and its value in an object; `start` is the key's position, `comma` that of the following comma, if any."""

    start: int
    key: str
    node: Node
    comma: int | None

    @property
    def end(self) -> int:
        """End of the member, including its comma."""
        return self.node.end if self.comma is None else self.comma + 1


def parse(text: str) -> Node | None:
    """The value in `text`; None if there are only whitespace and comments.

    Raises `json.JSONDecodeError`, with line and column.
    """
    reader = _Reader(text)
    reader.skip_space()
    if reader.at == len(text):
        return None
    node = reader.read_value(0)
    reader.skip_space()
    if reader.at != len(text):
        raise reader.make_error("the end of the file")
    return node


def after_comments(text: str, at: int) -> int:
    """End of the comments that follow `at` on its line; `at` itself if there are none."""
    end = at
    while True:
        begin = end
        while text[begin : begin + 1] in {" ", "\t"}:
            begin += 1
        comment = _COMMENT.match(text, begin)
        if comment is None:
            return end
        end = comment.end()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def make_error(self, expected: str) -> json.JSONDecodeError:
        here = self.text[self.at : self.at + 1]
        found = f"'{here}'" if here else "the end of the file"
        return json.JSONDecodeError(f"expected {expected}, found {found}", self.text, self.at)

    def skip_space(self) -> None:
        """Skip whitespace and comments."""
        while True:
            if found := _SPACE.match(self.text, self.at) or _COMMENT.match(self.text, self.at):
                self.at = found.end()
            elif self.text.startswith("/*", self.at):
                raise json.JSONDecodeError("unterminated comment", self.text, self.at)
            else:
                return

    def read_value(self, depth: int) -> Node:
        """Parse the value at the current position."""
        start, opening = self.at, self.text[self.at : self.at + 1]
        if depth > _DEPTH:
            raise json.JSONDecodeError(f"more than {_DEPTH} levels of nesting", self.text, start)
        if opening == "{":
            members = self.read_object(depth)
            return Node(start, self.at, {member.key: member.node.value for member in members}, members)
        if opening == "[":
            elements = self.read_array(depth)
            return Node(start, self.at, elements)
        if opening == '"':
            string = self.read_string()
            return Node(start, self.at, string)
        if found := _ATOM.match(self.text, start):
            self.at = found.end()
            return Node(start, self.at, json.loads(found[0]))
        raise self.make_error("a value")

    def read_string(self) -> str:
        found = _STRING.match(self.text, self.at)
        if found is None:
            raise json.JSONDecodeError("unterminated string, or invalid character in a string", self.text, self.at)
        self.at = found.end()
        return str(json.loads(found[0]))

    def read_object(self, depth: int) -> tuple[Member, ...]:
        members: list[Member] = []
        self.at += 1
        while not self.consume_bracket("}", separated=not members or members[-1].comma is not None):
            start = self.at
            if self.text[start : start + 1] != '"':
                raise self.make_error("a name in double quotes")
            key = self.read_string()
            self.skip_space()
            if self.text[self.at : self.at + 1] != ":":
                raise self.make_error("':'")
            self.at += 1
            self.skip_space()
            node = self.read_value(depth + 1)
            members.append(Member(start, key, node, self.consume_comma()))
        return tuple(members)

    def read_array(self, depth: int) -> list[Any]:
        elements: list[Any] = []
        comma: int | None = None
        self.at += 1
        while not self.consume_bracket("]", separated=not elements or comma is not None):
            elements.append(self.read_value(depth + 1).value)
            comma = self.consume_comma()
        return elements

    def consume_bracket(self, bracket: str, *, separated: bool) -> bool:
        """True if the object or array ends here; the bracket is then consumed."""
        self.skip_space()
        if self.text[self.at : self.at + 1] == bracket:
            self.at += 1
            return True
        if not separated:
            raise self.make_error(f"',' or '{bracket}'")
        return False

    def consume_comma(self) -> int | None:
        """Position of the next comma, which is consumed; None if something else comes next."""
        self.skip_space()
        if self.text[self.at : self.at + 1] != ",":
            return None
        self.at += 1
        return self.at - 1
