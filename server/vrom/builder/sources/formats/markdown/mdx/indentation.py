"""Content of components moved to where its tag begins: in MDX indentation doesn't make code."""

from vrom.builder.sources.formats.markdown.mdx.jsx import find_tags

_KEPT = ("table", "ul", "ol", "pre", "code")
_DEEPEST = 40


def dedent_content(text: str) -> str:
    """The text with the content of each component moved to where its tag begins: in MDX indentation isn't code."""
    lines = text.split("\n")
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line) + 1
    shift = [0] * (len(lines) + 1)
    pending: list[tuple[str, int, int]] = []
    number = 0
    for tag in find_tags(text):
        while number + 1 < len(lines) and starts[number + 1] <= tag.start:
            number += 1
        last = number
        while last + 1 < len(lines) and starts[last + 1] < tag.end:
            last += 1
        begins_line = not lines[number][: tag.start - starts[number]].strip()
        if tag.kind == "open" and begins_line and len(pending) < _DEEPEST and tag.name not in _KEPT:
            pending.append((tag.name, number, last))
        elif tag.kind == "close":
            names = [name for name, _, _ in pending[-50:]]
            if tag.name not in names:
                continue
            while pending:
                name, first, ended = pending.pop()
                if name == tag.name:
                    if begins_line and number > ended + 1:
                        _shift_between(lines, first, ended + 1, number, shift)
                    break
    depth, written = 0, []
    for line, change in zip(lines, shift, strict=False):
        depth += change
        width = len(line) - len(line.lstrip(" \t"))
        written.append(line[min(width, depth) :] if depth > 0 else line)
    return "\n".join(written)


def _shift_between(lines: list[str], opening: int, first: int, last: int, shift: list[int]) -> None:
    """Note that lines `first` to `last` (exclusive) move left as far as they are indented more than the tag."""
    widths = [len(line) - len(line.lstrip(" \t")) for line in lines[first:last] if line.strip()]
    margin = len(lines[opening]) - len(lines[opening].lstrip(" \t"))
    if widths and (by := min(widths) - margin) > 0:
        shift[first] += by
        shift[last] -= by
