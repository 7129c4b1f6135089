"""POD: headings, verbatim paragraphs, and text without formatting codes, by paragraphs."""

import re
from pathlib import Path

from benchmarks.reading.originals.original import Original
from benchmarks.reading.trees import Tree

_POD_CODES = re.compile(r"[A-Z]<(?:<+\s)?|(?:\s>+)?>")


def read_pod(source: bytes, _tree: Tree, _page: Path) -> Original:
    """The content of a page in POD."""
    original = Original()
    prose: list[str] = []
    code: list[str] = []

    def flush() -> None:
        if code:
            original.codes.append("\n".join(code))
            code.clear()

    skipped = True  # until the first command
    for paragraph in re.split(r"\n[ \t]*\n", source.decode("utf-8", "replace")):
        paragraph = paragraph.strip("\n")
        if found := re.match(r"=(\w+)\s*(.*)", paragraph, re.DOTALL):
            flush()
            skipped = found[1] in ("begin", "cut")
            if found[1].startswith("head"):
                original.headings.append(_unpod(found[2]))
            elif found[1] == "item":
                prose.append(_unpod(found[2]))
        elif skipped:
            continue
        elif re.match(r"[ \t]", paragraph):
            code.append(paragraph)
        else:
            flush()
            prose.append(_unpod(paragraph))
    flush()
    original.prose += prose
    return original


def _unpod(text: str) -> str:
    text = re.sub(r"L<(?:<+\s+)?(?:([^|<>]*)\|)[^<>]*>", r" \1 ", text)
    text = re.sub(r"[XZ]<[^<>]*>", "", text)
    text = re.sub(r"E<lt>", "<", text).replace("E<gt>", ">")
    while (shorter := re.sub(r"\b[BCFILSX]<<?\s?([^<>]*)\s?>>?", r"\1", text)) != text:
        text = shorter
    return " ".join(_POD_CODES.sub(" ", text).split())
