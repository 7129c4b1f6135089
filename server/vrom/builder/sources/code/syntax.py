"""Syntax trees of source code, parsed in bounded time. Broken code has a tree, too."""

import time
from functools import cache
from typing import TYPE_CHECKING, Any

from vrom.builder.sources.extra import import_extra
from vrom.builder.sources.formats.encodings.decode import UnreadableError

if TYPE_CHECKING:
    from tree_sitter import Node

SECONDS = 10.0
"""Time to parse a file. A megabyte takes 0.3 s, but one of `r#"` repeated takes hours."""

_PIECE = 1 << 9
"""Bytes that the parser reads at once. Reading a node's text copies a piece, so that large ones are slow."""

_PURPOSE = "Documentation of {} source code"
_FUNCTIONS = {"typescript": "language_typescript"}
"""Functions of grammars that have several languages."""


def parse(language: str, text: str) -> "Node":
    """The root of the syntax tree of a text. Raises `UnreadableError` if parsing takes more than `SECONDS`."""
    return parse_bytes(language, text.encode("utf-8", "replace"), SECONDS, _PIECE)


def parse_bytes(language: str, source: bytes, seconds: float, piece: int) -> "Node":
    """The root of the syntax tree of a source, which the parser reads in pieces of so many bytes.

    Raises `UnreadableError` if parsing takes more than `seconds`.
    """
    deadline = time.monotonic() + seconds
    try:
        tree = _make_parser(language).parse(
            lambda offset, _: source[offset : offset + piece],
            progress_callback=lambda *_: time.monotonic() > deadline,
        )
    except ValueError as error:
        raise UnreadableError(f"parsing it took more than {seconds:.0f} s") from error
    root: Node = tree.root_node
    return root


def _make_parser(language: str) -> Any:
    """A parser of its own for each text: two threads in one end the process, and a stopped one would go on."""
    tree_sitter = import_extra("tree_sitter", _PURPOSE.format(language.capitalize()))
    return tree_sitter.Parser(_load_grammar(language))


@cache
def _load_grammar(language: str) -> Any:
    tree_sitter = import_extra("tree_sitter", _PURPOSE.format(language.capitalize()))
    grammar = import_extra(f"tree_sitter_{language}", _PURPOSE.format(language.capitalize()))
    return tree_sitter.Language(getattr(grammar, _FUNCTIONS.get(language, "language"))())


def text_of(node: "Node | None") -> str:
    """The source text of a node; empty for None."""
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def text_between(node: "Node", end: "Node | None") -> str:
    """The source text of a node up to the begin of one of its children; the whole text without one."""
    text = node.text or b""
    return (text if end is None else text[: end.start_byte - node.start_byte]).decode("utf-8", "replace")


_BODIES = ("block", "macro_definition", "token_tree")


def find_first_error(root: "Node") -> int:
    """The line, from 1, of the first declaration that isn't valid syntax; 0 if all are. Bodies don't count."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            return node.start_point.row + 1
        waiting += [child for child in reversed(node.children) if child.has_error and child.type not in _BODIES]
    return 0
