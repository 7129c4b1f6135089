"""AsciiDoc: headings, listing blocks, and text without markup, by lines."""

import re
from pathlib import Path

from benchmarks.reading.originals.original import Original
from benchmarks.reading.trees import Tree

_ASCIIDOC_MARKUP = (
    (
        re.compile(
            r"^(?:\[.*\]|//.*|:[\w!-]+:.*|\.\w.*|\+|ifn?def::.*|endif::.*|ifeval::.*|include::.*|image::.*|toc::.*)$",
            re.MULTILINE,
        ),
        "",
    ),
    (re.compile(r"\b(?:linkgit|link|xref|https?|mailto|footnote|image):([^\s\[\]]*)\[([^\]]*)\]"), r" \2 "),
    (re.compile(r"<<[^>,]*,?([^>]*)>>"), r" \1 "),
    (re.compile(r"\{[\w-]+\}"), " "),
    (re.compile(r"^\|=+|[|]", re.MULTILINE), " "),
    (re.compile(r"::+\s*$|[`'+_*]{1,2}", re.MULTILINE), " "),
)


def read_asciidoc(source: bytes, _tree: Tree, _page: Path) -> Original:
    """The content of a page in AsciiDoc."""
    original, prose = Original(), []
    lines = source.decode("utf-8", "replace").split("\n")
    at = 0
    while at < len(lines):
        line = lines[at].rstrip()
        below = lines[at + 1].rstrip() if at + 1 < len(lines) else ""
        if re.fullmatch(r"-{4,}|\.{4,}", line):
            end = next((n for n in range(at + 1, len(lines)) if lines[n].rstrip() == line), len(lines))
            if any(map(str.strip, lines[at + 1 : end])):
                original.codes.append("\n".join(lines[at + 1 : end]))
            at = end + 1
        elif re.fullmatch(r"/{4,}", line):
            at = next((n for n in range(at + 1, len(lines)) if lines[n].rstrip() == line), len(lines)) + 1
        elif (
            re.fullmatch(r"([=\-~^+])\1{2,}", below) and line and abs(len(line) - len(below)) <= 2 and line[0].isalnum()
        ):
            original.headings.append(re.sub(r"[`*']|\[\[.*\]\]", "", line))
            at += 2
        elif found := re.match(r"={1,5}\s+(\S.*)", line):
            original.headings.append(re.sub(r"[`*']", "", found[1]))
            at += 1
        else:
            prose.append(line)
            at += 1
    text = "\n".join(prose)
    for pattern, by in _ASCIIDOC_MARKUP:
        text = pattern.sub(by, text)
    original.prose.append(text)
    return original
