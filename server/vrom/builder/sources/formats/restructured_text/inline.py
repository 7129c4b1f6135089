"""Write the inline elements of a docutils tree as Markdown."""

import re
from typing import Any

from vrom.builder.sources.formats.restructured_text.roles import show_reference

_SILENT = {"comment", "substitution_definition", "target", "pending", "meta", "system_message"}


def write_inline(node: Any) -> str:
    """The Markdown of a line of text."""
    return "".join(map(write_part, node.children))


def write_part(node: Any) -> str:
    """The Markdown of a text, or of an element within a line."""
    kind = type(node).__name__
    if kind == "Text":
        return str(node.astext())
    if kind in ("literal", "math"):
        return _write_literal(node.astext())
    if kind == "title_reference":  # Sphinx projects use these for code, too
        return _write_literal(show_reference(node.astext()))
    if kind in ("strong", "emphasis"):
        mark, text = "**" if kind == "strong" else "*", write_inline(node)
        return f"{mark}{text}{mark}" if text.strip() else text
    if kind == "reference":
        text, address = write_inline(node), node.get("refuri", "")
        if not text.strip():
            return text  # around a substitution that only has markup
        return f"[{text}]({address})" if address and address not in (text, f"mailto:{text}") else text
    if kind == "image":
        return f"![{node['alt']}]({node['uri']})" if node.get("alt") else ""
    if kind in ("footnote_reference", "citation_reference"):
        return f"[{node.astext()}]"
    if kind == "problematic":
        return _show_problematic(node.astext())
    if kind == "raw":
        return str(node.astext()) if node.get("format") == "markdown" else ""
    if kind in _SILENT:
        return ""
    return write_inline(node)


_REFERENCE = re.compile(
    r"`(?P<text>[^`<]*?)\s*(?:<[^<>`]*>)?`_{1,2}|\[(?P<label>[^\[\]]+)\]_|(?P<word>\w[\w.+:-]*?)_{1,2}"
)


def _write_literal(text: str) -> str:
    text = " ".join(text.split()) if "\n" in text else text
    if not text.strip():
        return text
    mark = "`" * (max([0, *map(len, re.findall("`+", text))]) + 1)
    padding = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{mark}{padding}{text}{padding}{mark}"


def _show_problematic(text: str) -> str:
    """Source text that docutils could not resolve: of a reference without a target its text, else all of it."""
    found = _REFERENCE.fullmatch(text)
    if not found:
        return text
    return found["text"] or (f"[{found['label']}]" if found["label"] else found["word"] or text)
