"""Signatures of members: their text, and the name in it."""

import re

from vrom.builder.sources.formats.html.tree import Element
from vrom.builder.sources.formats.html.write.code import is_info_mark

_LEFT_OUT = {
    "viewcode-link", "srclink", "src", "headerlink", "anchor", "permalink", "mlabels-right", "rightside", "link",
    "doc-labels", "since", "hash-link", "selflink", "view_source", "detail-link", "summary_signature_toggle",
    "notable-traits", "aliases",
}  # fmt: skip
_LINES = {"fmt-newline", "where", "overload", "decorator"}
"""Classes of elements that a browser puts on lines of their own."""
_SHOWN_AS_IT_IS = {"code-header"}
"""Classes of elements whose line breaks in the source are shown."""
_LONGEST = 2_000
_IDENTIFIER = re.compile(r"[~\w$.:!?@-]*[\w$!?=]")
_PARAMETERS = re.compile(r"\s*(?:\(|\{|\[|(?<![=<>-])=(?!=)|->|→|⇒|(?<!:):(?!:)|\s::\s|\s<|\bwhere\b)")
_ANNOTATIONS = re.compile(r"(?:@[\w.]+(?:\([^()]*\))?\s+|#\[[^\]]*\]\s*)+")
_BREAK = "\v"
_SPACES = re.compile(r"[ \t\r\n\f]+")
_INDENTED = re.compile("^(\N{NO-BREAK SPACE}+) ")
_INDENT = "\N{NO-BREAK SPACE}" * 4


def read_signature(element: Element) -> str:
    """The text of a signature without links to its source, permalinks and labels, with the lines that are shown."""
    parts: list[str] = []
    _collect(element, parts, as_it_is=element.has_class(*_SHOWN_AS_IT_IS))
    lines = "".join(parts).replace("\u200b", "").split(_BREAK)
    shown = (_INDENTED.sub(r"\1", _SPACES.sub(" ", line).strip(" ")) for line in lines)
    shown = (line.replace("\N{NO-BREAK SPACE}", " ").rstrip() for line in shown)
    return "\n".join(filter(None, shown)).rstrip("¶#§ \n")


def _collect(element: Element, parts: list[str], *, as_it_is: bool) -> None:
    for child in element.children:
        if isinstance(child, str):
            parts.append(_keep_lines(child) if as_it_is else child)
        elif child.tag == "br":
            parts.append(_BREAK)
        elif (
            child.tag not in ("button", "svg")
            and not is_info_mark(child)
            and not (child.has_class(*_LEFT_OUT) and child.tag in ("a", "span", "td", "div"))
        ):
            is_parameter = child.tag == "dd" or (child.has_class("param") and element.has_class("multiline"))
            is_line = is_parameter or child.has_class(*_LINES)
            parts.extend([_BREAK, _INDENT if is_parameter else ""] if is_line else [])
            _collect(child, parts, as_it_is=as_it_is)
            parts.extend([_BREAK] if is_line else [])


def _keep_lines(text: str) -> str:
    """Text with its own line breaks, and with the spaces at the beginning of lines."""
    first, *others = text.split("\n")
    kept = (re.sub(r"^ +", lambda spaces: "\N{NO-BREAK SPACE}" * len(spaces[0]), line) for line in others)
    return _BREAK.join([first, *kept])


def name_of(signature: str, language: str = "") -> str:
    """The name that a signature declares: `put` of `pub fn put<T>(&mut self, key: T) -> bool`."""
    text = " ".join(signature[:_LONGEST].split())
    if text.startswith(("- ", "+ ", "# ")) and language in ("ruby", "objective-c"):
        text = text[2:]
    text = re.sub(r"^\([\w\s,:]*\)\s*", "", text)  # of JSDoc and YARD: `(static) name`, `(Object) name`
    if (annotations := _ANNOTATIONS.match(text)) and annotations.end() < len(text):
        text = text[annotations.end() :]
    if language == "ruby":
        text = text.lstrip("#.")
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
