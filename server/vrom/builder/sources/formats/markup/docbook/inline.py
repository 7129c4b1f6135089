"""Text within a block of DocBook as Markdown."""

import re
from collections.abc import Mapping
from typing import Any

from vrom.builder.sources.formats.markup.docbook.parse import local_name

_CODE = {
    "classname", "code", "command", "computeroutput", "constant", "envar", "errorcode", "errorname",
    "errortype", "filename", "function", "interfacename", "literal", "markup", "methodname", "ooclass", "option",
    "parameter", "prompt", "property", "returnvalue", "sgmltag", "structfield", "structname", "symbol", "systemitem",
    "tag", "token", "type", "uri", "userinput", "varname", "exceptionname", "initializer", "package", "replaceable_",
    "keycode", "database", "modifier", "synopfragmentref",
}  # fmt: skip
_EMPHASIS = {"emphasis", "citetitle", "firstterm", "replaceable", "wordasword", "foreignphrase"}
_DROPPED = {"indexterm", "remark", "anchor", "primary", "secondary", "alt", "titleabbrev", "beginpage", "info"}
_MANY_SPACES = re.compile(r"\s+")


class Inline:
    """Writes text, with the titles of what cross references lead to."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._titles = titles

    def write(self, element: Any) -> str:
        """The text in an element on one line."""
        return squeeze(self._children(element, code=False))

    def _children(self, element: Any, *, code: bool) -> str:
        parts = [_escape(element.text, code=code)]
        for child in element:
            parts.append(self._element(child, code=code))
            parts.append(_escape(child.tail, code=code))
        return "".join(parts)

    def _element(self, element: Any, *, code: bool) -> str:
        name = local_name(element)
        if name in _DROPPED:
            return ""
        if code:
            return self._children(element, code=True) if name else ""
        if name in _CODE:
            text = squeeze(self._children(element, code=True))
            return (f"`` {text} ``" if "`" in text else f"`{text}`") if text else ""
        text = self._children(element, code=False)
        if name in _EMPHASIS and text.strip():
            mark = "**" if element.get("role") in ("strong", "bold") else "*"
            return f"{mark}{squeeze(text)}{mark}"
        if name == "quote":
            return f"“{text}”"
        if name == "footnote":
            return f" ({squeeze(text)})"
        if name in ("ulink", "link"):
            return self._link(element, text)
        if name == "xref":
            target = element.get("linkend") or (_attribute(element, "href") or "").lstrip("#")
            return self._titles.get(target, target.replace("-", " ").replace("_", " "))
        if name == "citerefentry":
            parts = [squeeze(self._children(child, code=True)) for child in element]
            return f"{parts[0]}({parts[1]})" if len(parts) > 1 else "".join(parts)
        if name in ("keycombo", "menuchoice"):
            parts = [squeeze(self._children(child, code=False)) for child in element if local_name(child) != "shortcut"]
            return ("+" if name == "keycombo" else " > ").join(filter(None, parts))
        if name == "sbr":
            return "\n"
        if name == "trademark":
            return f"{text}™"
        return text

    def _link(self, element: Any, text: str) -> str:
        address = element.get("url") or _attribute(element, "href") or ""
        if not address:
            return (text.strip() and text) or self._titles.get(element.get("linkend") or "", "")
        label = squeeze(text)
        return f"[{label}]({address})" if label and label != address else f"<{address}>"


def _attribute(element: Any, name: str) -> str | None:
    """An attribute in any namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def _escape(text: str | None, *, code: bool) -> str:
    if not text:
        return ""
    return text if code else re.sub(r"<(?=[A-Za-z/!])", r"\\<", text)


def squeeze(text: str) -> str:
    """Text with every run of whitespace as one space."""
    return _MANY_SPACES.sub(" ", text).strip()
