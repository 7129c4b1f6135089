"""Labels of tabs, notes and other boxes, as Markdown."""

import re

ADMONITIONS = {"abstract", "admonition", "aside", "alert", "attention", "bug", "caution", "callout", "check"}
ADMONITIONS |= {"danger", "definition", "error", "example", "exercise", "failure", "hint", "important", "info"}
ADMONITIONS |= {"information", "item", "note", "notice", "proof", "question", "quote", "remark", "seealso"}
ADMONITIONS |= {"solution", "success", "theorem", "tip", "todo", "warn", "warning", "deprecated", "versionadded"}
ADMONITIONS |= {"versionchanged", "versionremoved"}
"""Names of boxes that are shown with their kind: Note, Warning."""

_KINDS = {"seealso": "See also", "versionadded": "New in version", "versionchanged": "Changed in version"}
_KINDS |= {"deprecated": "Deprecated since version", "versionremoved": "Removed in version", "warn": "Warning"}


def is_admonition(name: str) -> bool:
    """True for the name of a box whose kind is shown, such as `tip` or `callout-warning`."""
    return kind_of(name) in ADMONITIONS


def kind_of(name: str) -> str:
    """The name of a box without what a tool adds to it: `tip` of `callout-tip`."""
    name = name.lower().rpartition("callout-")[2] if name.lower() != "callout" else "callout"
    return name.removesuffix("block").removesuffix("box")


def write_label(text: str) -> str:
    """A label in bold type. It ends with a colon, so that it stays with what it introduces."""
    text = " ".join(text.replace("**", "").split())
    if not text:
        return ""
    return f"**{text}**" if text.endswith((":", "?", "!", ".")) else f"**{text}**:"


def write_admonition(name: str, title: str = "") -> str:
    """The label of a note, warning or the like: its kind and its title."""
    kind = kind_of(name)
    words = _KINDS.get(kind) or re.sub(r"[-_]+", " ", kind).capitalize()
    if kind in ("admonition", "callout", "aside", "item") and title:
        words = ""
    shown = title.strip().rstrip(":")
    if words and shown and not shown.lower().startswith(words.lower()):
        return write_label(f"{words} {shown}" if " version" in words else f"{words}: {shown}")
    return write_label(shown or words)
