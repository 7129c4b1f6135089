"""Recognise DocBook: by its root element, its namespace or its document type."""

import re

ROOTS = frozenset(
    ("article", "book", "chapter", "section", "sect1", "refentry", "reference", "part", "appendix", "preface", "set")
)
"""Root elements of documents and of the files that larger ones are put together from."""
_PROLOG = re.compile(r"\s*(?:<\?[^>]{0,500}\?>\s*|<!--(?:[^-]|-(?!->)){0,20000}-->\s*)*")
_DOCTYPE = re.compile(r"<!DOCTYPE\s+([\w:-]+)\s*([^\[>]{0,1000})", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)((?:\s[^<>]{0,3000})?)/?>")


def is_docbook(text: str) -> bool:
    """True if XML is DocBook."""
    beginning = text.lstrip("\ufeff")
    if not beginning.lstrip().startswith("<"):
        return False
    start = _PROLOG.match(beginning)
    at = start.end() if start else 0
    if doctype := _DOCTYPE.match(beginning, at):
        return doctype[1].rpartition(":")[2] in ROOTS and (
            "docbook" in doctype[2].lower() or "html" not in doctype[2].lower()
        )
    root = _ROOT.match(beginning, at)
    if root is None:
        return False
    if "docbook.org/ns" in root[2]:
        return True
    return (
        root[1] in ROOTS
        and not re.search(r"xmlns\s*=", root[2])
        and re.search(r"<(?:title|para|simpara)\b", beginning) is not None
    )
