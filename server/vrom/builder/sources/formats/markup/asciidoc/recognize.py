"""Recognise AsciiDoc in a file that is named `.txt`, as in git's own documentation."""

import re

_SIGNS = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"\A(?:[ \t]*+(?://[^\n]*+)?\n)*+= \S.*[^=\s]$",  # the document's title
        r"^={2,5} \S.*[^=\s]$",
        r"^\[(?:source|listing|verse|quote|cols|NOTE|TIP|WARNING|IMPORTANT|CAUTION|options|horizontal|\[[\w-]+\])[^\[\]\n]{0,300}\]{1,2}$",
        r"^(?:include|ifdef|ifndef|ifeval|endif|image)::\S{0,300}\[.*\]$",
        r"^(?:\S.{0,200}?)::(?:[ \t]+\S.*)?$(?=\n(?:\t|  |\+\n|\S))",
        r"^\+$",
        r"^:[A-Za-z][\w-]*:(?: \S.*)?$",
        r"^(?:NOTE|TIP|WARNING|IMPORTANT|CAUTION): \S",
        r"\b(?:link|linkgit|xref|footnote):\S{0,300}?\[[^\]\n]{0,300}\]|<<[\w-]{1,100}(?:,[^<>\n]{1,200})?>>",
        r"^\|===$",
        r"^(?:-{4,}|\.{4,})\n(?:.*\n){1,60}?(?:-{4,}|\.{4,})$",
    )
)
_MANUAL = re.compile(r"\A\s{0,20}\S{1,100}\(\d\w?\)\n={3,}[ \t]*\n")
"""The title of a manual page, on two lines."""
_OTHERS = re.compile(r"^\.\. [\w:-]+::|^#{1,6} \S|^```|:(?:ref|doc|class|func|meth|mod):`|^>>> ", re.MULTILINE)
_ENOUGH, _EXAMINED = 3, 60_000


def is_asciidoc(text: str) -> bool:
    """True if a plain text shows at least three signs of AsciiDoc, and none of Markdown or reStructuredText."""
    part = text[:_EXAMINED]
    has_sections = _SIGNS[0].search(part) is not None and _SIGNS[1].search(part) is not None
    has_title = has_sections or _MANUAL.match(part) is not None  # then `# ` may begin a comment in an example
    if not has_title and _OTHERS.search(part):
        return False
    return sum(sign.search(part) is not None for sign in _SIGNS) >= _ENOUGH
