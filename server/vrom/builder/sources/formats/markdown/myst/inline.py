"""MyST's inline syntax: roles, targets, comments, block breaks and substitutions."""

import re
from collections.abc import Mapping

from vrom.builder.sources.formats.markdown.masked import MaskedText

_ROLE_NAME = r"(?<![\w$\ue000-\ue0ff])\{(?P<name>[a-z][\w:.+-]*)\}"
_TARGET = re.compile(r"^[ \t]*\((?P<name>[\w:./+ -]+)\)=[ \t]*$", re.MULTILINE)
_HEADING_AFTER = re.compile(
    r"\((?P<name>[\w:./+ -]+)\)=[ \t]*\n+(?:\([^()\n]+\)=[ \t]*\n+){0,5}[ \t]*#{1,6}[ \t]+(?P<text>[^\n]+)"
)
_COMMENT = re.compile(r"^[ \t]*%(?:[ \t][^\n]*)?\n?", re.MULTILINE)
_BREAK = re.compile(r"^\+\+\+(?:[ \t]*\{[^\n]*\}|[ \t]*\[[^\n]*|[ \t]*[^\n]{0,80})?[ \t]*$", re.MULTILINE)
_SUBSTITUTION = re.compile(r"\{\{\s*([\w-]+)\s*\}\}")
_TITLED = re.compile(r"(?P<text>.*?)\s*<(?P<target>[^<>]*)>$", re.DOTALL)
_CODE_ROLES = {"code", "file", "samp", "kbd", "command", "envvar", "option", "program", "makevar", "dfn", "literal"}
_CODE_ROLES |= {"js:func"}
_TEXT_ROLES = {"ref", "numref", "any", "term", "doc", "sub", "sup", "abbr", "guilabel", "menuselection", "strong"}
_TEXT_ROLES |= {"emphasis", "index", "eq", "keyref", "download", "sub-ref", "rfc", "pep", "cve", "issue", "pr"}
_TEXT_ROLES |= {"user", "fab", "octicon", "prf:ref", "subscript", "superscript", "u", "del", "bdg"}
_HIDDEN = {"index", "octicon", "fab", "fas", "far", "material-regular", "material-outlined"}


def has_myst(masked: MaskedText) -> bool:
    """True if a text, whose code is masked, holds syntax of MyST: a role, or a target before a heading."""
    return _role(masked).search(masked.text) is not None or _TARGET.search(masked.text) is not None


def rewrite_inline(masked: MaskedText, values: Mapping[str, object]) -> None:
    """Write roles as text, and remove comments and targets.

    `values`: what substitutions stand for.
    """
    text = masked.text
    headings = {found["name"].strip(): found["text"].strip() for found in _HEADING_AFTER.finditer(text)}
    text = _TARGET.sub("", text)
    text = _BREAK.sub("", _COMMENT.sub("", text))
    text = _role(masked).sub(lambda match: _write_role(match, masked.code(match["text"]), headings), text)
    masked.text = _SUBSTITUTION.sub(lambda match: str(values.get(match[1], match[0])), text) if values else text


def _role(masked: MaskedText) -> "re.Pattern[str]":
    return re.compile(rf"{_ROLE_NAME}(?P<text>{masked.mark})")


def _write_role(match: "re.Match[str]", code: str, headings: Mapping[str, str]) -> str:
    name, text = match["name"], code.strip("`").strip()
    titled = _TITLED.match(text.replace("%s", "").replace("{number}", "") if name == "numref" else text)
    if name in _HIDDEN or name.startswith("fa-"):
        return ""
    if name == "math":
        return f"${text}$"
    if titled and titled["text"]:
        return titled["text"] if name in _TEXT_ROLES or name.startswith(("ref", "doc")) else f"`{titled['text']}`"
    if name in ("ref", "numref") and (heading := headings.get(text)):
        return re.sub(r"\s*\{[^{}]*\}\s*$", "", heading)
    if name == "doc":
        return text.strip("<>").rpartition("/")[2]
    if name in _TEXT_ROLES or name.startswith("bdg"):
        return {"rfc": "RFC ", "pep": "PEP ", "issue": "#", "pr": "#"}.get(name, "") + text.lstrip("<").rstrip(
            ">"
        ).strip()
    if "cite" in name:
        return f"[{text}]"
    text = text.removeprefix("!")
    return f"`{text[1:].rpartition('.')[2]}`" if text.startswith("~") else f"`{text}`"
