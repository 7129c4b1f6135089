"""Evidence that a plain text is reStructuredText, as in the documentation of Django and many older projects."""

import re

_KINDS = {
    "directive": re.compile(r"^ {0,12}\.\. (?:\|[^|\n]{1,100}\| )?[A-Za-z][\w:+.-]{0,60}::(?: |$)", re.MULTILINE),
    "target": re.compile(r"^ {0,8}\.\. _[^\n]{1,200}:(?: \S|$)", re.MULTILINE),
    "footnote": re.compile(r"^\.\. \[[#*\w]{1,60}\] ", re.MULTILINE),
    "role": re.compile(r"(?<![\w`]):[a-z][\w:+.-]{0,40}:`[^`\n]"),
    "link": re.compile(r"`[^`<\n]{1,200}<[^<>`\n]{1,300}>`__?(?!\w)|\w`_(?!\w)"),
    "literal": re.compile(r"(?<!`)``[^`\n]{1,200}``(?!`)"),
    "literal block": re.compile(r"^[^\n]{0,500}(?:\w|\)| |^)::[ \t]*\n[ \t]*\n[ \t]+\S", re.MULTILINE),
    "field": re.compile(r"^:[A-Za-z][\w -]{0,40}: \S", re.MULTILINE),
}
_TITLE = re.compile(r"^(?P<over>(?P<mark>[=\-~^\"'`#*+.:_])(?P=mark){2,}[ \t]*\n)?[ \t]{0,4}(?P<title>\S[^\n]{0,150})\n"
                    r"(?P<under>[=\-~^\"'`#*+.:_]{3,})[ \t]*$", re.MULTILINE)  # fmt: skip
_OF_MARKDOWN = re.compile(r"^(?: {0,3}(?:```|~~~)[\w{]|#{1,6} \S[^\n]*\n\s*\n)", re.MULTILINE)
_WEAK = {"literal", "field"}
_LARGEST_SAMPLE = 200_000


def find_evidence(text: str) -> dict[str, int]:
    """The kinds of evidence that a text is reStructuredText, with their counts; empty if there is too little.

    A directive or another strong kind must be there, and a second kind or a second one of it.
    """
    sample = text[:_LARGEST_SAMPLE]
    found = {kind: len(pattern.findall(sample)) for kind, pattern in _KINDS.items()}
    found["title"] = sum(map(_is_title, _TITLE.finditer(sample)))
    found = {kind: count for kind, count in found.items() if count}
    strong = sum(count for kind, count in found.items() if kind not in _WEAK)
    foreign = len(_OF_MARKDOWN.findall(sample))
    is_enough = strong >= 1 and sum(found.values()) >= 2 and strong > foreign
    return found if is_enough and (found.keys() - {"title", "literal"} or _has_other_titles(sample)) else {}


def _is_title(found: re.Match[str]) -> bool:
    """True if a line of one sign is about as long as the text above it, and fits to the line above that."""
    under = found["under"]
    if len(set(under)) > 1 or (found["over"] and found["over"].strip() != under):
        return False
    if under[0] == "`" or under == "~~~":  # the end of a fence
        return False
    return len(under) >= min(len(found["title"].rstrip()), 4) and not found["title"].startswith(("|", "+", "-", ">"))


def _has_other_titles(sample: str) -> bool:
    """True for titles that Markdown doesn't have: with a line above, or other signs than `=` and `-`."""
    return any(
        _is_title(found) and (found["over"] or found["under"][0] not in "=-") for found in _TITLE.finditer(sample)
    )
