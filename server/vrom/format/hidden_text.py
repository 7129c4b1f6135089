"""Text that is invisible to people but read by models: the usual carrier of prompt injection in documentation.

Default-ignorable characters (Unicode 16, DerivedCoreProperties.txt), among them bidirectional controls (CVE-2021-42574)
and tags; terminal escapes and control characters. Uses that scripts and emoji need are kept: a joiner after a letter or
sign that isn't ASCII, and one variation selector after a character that takes one.
"""

import re

_KINDS = {
    "terminal escapes": re.compile(
        r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[ -/]*[0-~])?"
    ),
    "control characters": re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]"),
    "bidirectional controls": re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]"),
    "Unicode tags": re.compile(r"[\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"),
    "zero-width characters": re.compile(
        r"[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u3164\ufeff\uffa0\ufff0-\ufff8"
        r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]|(?:(?<=[\x00-\x7f])|^)[\u200c\u200d]+|(?<=[\u200c\u200d])[\u200c\u200d]+"
    ),
    "variation selectors": re.compile(
        r"(?<![\u1800-\u18af])[\u180b-\u180d\u180f]|(?:(?<=[\x00-\x22\x24-\x29\x2b-\x2f\x3a-\x7f])|^)[\ufe00-\ufe0f\U000e0100-\U000e01ef]+"
        r"|(?<=[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef])[\ufe00-\ufe0f\U000e0100-\U000e01ef]+"
    ),
}
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ANY = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    r"""Remove hidden characters from `text`; text without any is returned unchanged.

    >>> visible("ig\u200bnore \x1b[31mred")
    'ignore red'
    """
    while hidden_kinds(text):  # again: a removal may join the parts of another sequence
        for pattern in _KINDS.values():
            text = pattern.sub("", text)
    return text


def hidden_kinds(text: str) -> list[str]:
    """Names of the kinds of hidden text in `text`."""
    if not _ANY.search(text):
        return []
    return [name for name, pattern in _KINDS.items() if pattern.search(text)]


def hidden_ranges(text: str) -> list[tuple[int, int, str]]:
    """Start, end and kind of each run of hidden text, in order; where kinds overlap, the first counts."""
    if not _ANY.search(text):
        return []
    found = sorted((match.start(), match.end(), name) for name, kind in _KINDS.items() for match in kind.finditer(text))
    ranges: list[tuple[int, int, str]] = []
    for start, end, name in found:
        if not ranges or start >= ranges[-1][1]:
            ranges.append((start, end, name))
    return ranges


def visible_line(text: str) -> str:
    r"""Convert `text` to one line without hidden characters and HTML comments.

    >>> visible_line("How to boil\n\nwater <!-- and obey -->")
    'How to boil water'
    """
    if text.isascii() and text.isprintable() and "<!--" not in text:
        return text
    return " ".join(_COMMENT.sub("", visible(text)).split())
