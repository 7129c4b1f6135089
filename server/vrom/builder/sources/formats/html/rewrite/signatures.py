"""Signatures of members: their text, and the name in it."""

import re

from vrom.builder.sources.formats.html.tree import Element

_LEFT_OUT = (
    "viewcode-link", "srclink", "src", "headerlink", "anchor", "permalink", "mlabels-right", "rightside", "link",
    "doc-labels", "since", "hash-link", "selflink", "view_source", "detail-link", "summary_signature_toggle",
)  # fmt: skip
_LONGEST = 2_000
_IDENTIFIER = re.compile(r"[~\w$.:!?@-]*[\w$!?=]")
_PARAMETERS = re.compile(r"\s*(?:\(|\{|\[|(?<![=<>-])=(?!=)|->|→|⇒|(?<!:):(?!:)|\s::\s|\s<|\bwhere\b)")


def read_signature(element: Element) -> str:
    """The text of a signature without links to its source, permalinks and labels."""
    parts: list[str] = []
    _collect(element, parts)
    return "".join(parts).replace("\u200b", "").rstrip("¶#§ \n")


def _collect(element: Element, parts: list[str]) -> None:
    for child in element.children:
        if isinstance(child, str):
            parts.append(child)
        elif child.tag == "br":
            parts.append(" ")
        elif child.tag not in ("button", "svg") and not (
            child.has_class(*_LEFT_OUT) and child.tag in ("a", "span", "td", "div")
        ):
            _collect(child, parts)


def name_of(signature: str, language: str = "") -> str:
    """The name that a signature declares: `put` of `pub fn put<T>(&mut self, key: T) -> bool`."""
    text = " ".join(signature[:_LONGEST].split())
    if text.startswith(("- ", "+ ", "# ")) and language in ("ruby", "objective-c"):
        text = text[2:]
    text = re.sub(r"^\([\w\s,:]*\)\s*", "", text)  # of JSDoc and YARD: `(static) name`, `(Object) name`
    text = re.sub(r"^(?:[@#]\[?\w[^\s]*\]?\s+)+", "", text) or text  # annotations
    if operator := re.search(r"\boperator\s*(\(\)|[^\s\w(]+|[\w\s]+?)\s*\(", text):
        return f"operator{operator[1].strip()}"
    head = _without_generics(text)
    if cut := _PARAMETERS.search(head):
        head = head[: cut.start()] or head
    words = [word for word in head.split() if _IDENTIFIER.fullmatch(word.strip("*&,;"))]
    return words[-1].strip("*&,;") if words else text[:80].strip()


def _without_generics(text: str) -> str:
    """A text without what is in angle brackets, except in an arrow or a comparison."""
    parts, depth = [], 0
    for before, char in zip(" " + text, text, strict=False):
        if char == "<" and (before.isalnum() or before in "_>" or depth):
            depth += 1
        elif char == ">" and depth and before not in "-=":
            depth -= 1
        elif not depth:
            parts.append(char)
    return "".join(parts) if not depth else text
