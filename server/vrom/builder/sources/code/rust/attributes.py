"""Attributes and doc comments before an item, and those within a module."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vrom.builder.sources.code.rust.doc_comments import join_docs, read_comment
from vrom.builder.sources.code.syntax import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_ATTRIBUTE = re.compile(r"#!?\[\s*(?P<name>[\w:]+)(?P<value>.*)\]\s*", re.DOTALL)
_STRING = r'(?:"(?P<text>(?:[^"\\]|\\.)*)"|r(?P<hashes>#*)"(?P<raw>.*?)"(?P=hashes))'
_DOC = re.compile(rf"=\s*{_STRING}\s*", re.DOTALL)
_INCLUDE = re.compile(rf"=\s*include_str!\s*\(\s*{_STRING}\s*\)", re.DOTALL)
_PATH = re.compile(rf"=\s*{_STRING}", re.DOTALL)
_ARGUMENT = rf"\b{{}}\s*=\s*{_STRING}"
_SHOWN = {"derive", "must_use", "non_exhaustive", "cfg"}
_LONGEST_SHOWN = 200


@dataclass
class Attributes:
    """Documentation of an item and the attributes that change how it is shown."""

    docs: str = ""
    is_hidden: bool = False
    """`#[doc(hidden)]`, or only compiled for tests."""
    deprecated: str | None = None
    """Version and note of a deprecated item, either may be missing."""
    is_exported: bool = False
    """`#[macro_export]`."""
    path: str = ""
    """File of a module, from `#[path = "…"]`."""
    macro: str = ""
    """A procedural macro as it is written in code: `#[derive(Serialize)]`."""
    shown: list[str] = field(default_factory=list)
    """Attributes that belong to the signature, as written."""


def read_attributes(nodes: Iterable["Node"], include: Callable[[str], str]) -> Attributes:
    """The attributes and doc comments in these nodes; `include` reads a file named by `include_str!`."""
    found = Attributes()
    docs: list[str] = []
    for node in nodes:
        text = text_of(node)
        if "comment" in node.type:
            docs += read_comment(text)
        elif match := _ATTRIBUTE.fullmatch(text):
            _read_attribute(found, docs, match, include)
    found.docs = join_docs(docs)
    return found


def _read_attribute(found: Attributes, docs: list[str], match: re.Match[str], include: Callable[[str], str]) -> None:
    name, value = match["name"], match["value"].strip()
    if name == "doc":
        if text := _DOC.fullmatch(value):
            docs.extend(f" {line}" for line in _unquote(text).split("\n"))
        elif file := _INCLUDE.match(value):
            docs.extend(f" {line}" for line in include(_unquote(file)).split("\n"))
        elif re.search(r"\bhidden\b", value):
            found.is_hidden = True
    elif name == "deprecated":
        found.deprecated = _read_deprecation(value)
    elif name == "macro_export":
        found.is_exported = True
    elif name == "path" and (file := _PATH.match(value)):
        found.path = _unquote(file)
    elif name == "cfg" and re.fullmatch(r"\(\s*test\s*\)", value):
        found.is_hidden = True
    elif name == "proc_macro_derive":
        found.macro = f"#[derive({value.strip('( )').partition(',')[0].strip()})]"
    elif name in ("proc_macro", "proc_macro_attribute"):
        found.macro = "{}!(…)" if name == "proc_macro" else "#[{}]"
    if name in _SHOWN and len(match[0]) <= _LONGEST_SHOWN:
        found.shown.append(match[0].strip())


def _read_deprecation(value: str) -> str:
    since, note = (re.search(_ARGUMENT.format(name), value, re.DOTALL) for name in ("since", "note"))
    plain = _PATH.match(value)
    head = f"**Deprecated since {_unquote(since)}**" if since else "**Deprecated**"
    reason = _unquote(note or plain) if note or plain else ""
    return f"{head}\n\n{reason}".strip()


def _unquote(match: "re.Match[str] | None") -> str:
    """The value of a string literal."""
    if match is None:
        return ""
    if match["text"] is None:
        return match["raw"]
    joined = re.sub(r"\\\n\s*", "", match["text"])
    return re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), joined)


_ESCAPES = {"n": "\n", "t": "\t", "r": "", "0": ""}
