"""Queries about the past: what changed, and when."""

import re

_WORDS = re.compile(
    r"\b(?:change ?log|changed?|changes|history|release(?:s|d| notes)?|what'?s new|new in|since|deprecated|removed|"
    r"upgrad\w+|migrat\w+|legacy|v\d+|\d+\.\d+)\b",
    re.IGNORECASE,
)


def asks_for_history(query: str) -> bool:
    """Return True if a query may be about changes or another version, so that changelogs answer it."""
    return bool(_WORDS.search(query))
