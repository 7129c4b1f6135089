"""Lines of a PDF put together into headings, paragraphs, lists and code."""

import re
from collections.abc import Iterable, Mapping, Sequence

from vrom.builder.sources.formats.markdown_writer import escape_paragraph, write_fence
from vrom.builder.sources.formats.office.pdf.lines import Line, body_size

_NUMBERED = re.compile(r"(?:Chapter |Appendix )?((?:\d{1,2}|[A-Z])(?:\.\d{1,2})*)\.?\s+\S")
_BULLET = re.compile(r"[•◦▪‣·●○–]\s*(?=\S)|-\s+(?=\S)")
_NUMBER = re.compile(r"(\d{1,3})[.)]\s+(?=\S)")
_LONGEST_HEADING, _MOST_SIZES = 150, 4
_IS_CODE = 0.8


def find_heading_sizes(lines: Sequence[Line]) -> dict[float, int]:
    """Levels by sizes of text: sizes clearly above that of the text, the largest first."""
    body = body_size(lines)
    counts: dict[float, int] = {}
    for line in lines:
        if line.size >= body * 1.12 and line.fixed < _IS_CODE and len(line.text) <= _LONGEST_HEADING:
            counts[line.size] = counts.get(line.size, 0) + 1
    sizes = sorted(counts, reverse=True)[:_MOST_SIZES]
    return {size: level for level, size in enumerate(sizes, 1)}


def write_blocks(
    lines: Iterable[Line], sizes: Mapping[float, int], outline: Mapping[str, int], body: float
) -> list[tuple[Line, str]]:
    """Blocks, each with the line that it begins with. `outline` has the levels of titles in the PDF's outline."""
    blocks: list[tuple[Line, str]] = []
    group: list[Line] = []
    kind = ""

    def close() -> None:
        nonlocal group
        if group:
            blocks.append((group[0], _write(kind, group, sizes, outline, body)))
        group = []

    for line in lines:
        line_kind = _kind(line, sizes, outline, body)
        if group and (line_kind != kind or _starts_anew(kind, group[-1], line)):
            close()
        kind = line_kind
        group.append(line)
    close()
    return [(line, text) for line, text in blocks if text.strip()]


def _kind(line: Line, sizes: Mapping[float, int], outline: Mapping[str, int], body: float) -> str:
    if line.fixed >= _IS_CODE:
        return "code"
    if len(line.text) <= _LONGEST_HEADING and re.search(r"\w", line.text):
        if simplify(line.text) in outline and (line.bold or line.size > body):
            return "heading"
        if not outline and line.size in sizes:
            return "heading"
        if (
            not outline
            and line.bold
            and line.size >= body
            and _NUMBERED.match(line.text)
            and line.text[-1] not in ".:;,"
        ):
            return "heading"
        if outline and line.size in sizes and (line.size > body * 1.3 or line.bold):
            return "heading"
    return "text"


def _is_numbered(text: str) -> bool:
    return _NUMBERED.match(text) is not None and text[-1] not in ".:;,"


def _starts_anew(kind: str, before: Line, line: Line) -> bool:
    """True if a line begins a new block of the same kind."""
    gap = line.top - before.bottom
    height = max(before.bottom - before.top, 1)
    if kind == "heading":
        return line.size != before.size or gap > 0.9 * height or line.page != before.page
    if kind == "code":
        return line.page == before.page and gap > 3.5 * height
    if _BULLET.match(line.text) or (_NUMBER.match(line.text) and line.left <= before.left + 2):
        return True
    if line.page != before.page:
        return before.text.rstrip()[-1:] in ".:!?"
    return gap > 0.6 * height or gap < -2 * height


def _write(kind: str, group: list[Line], sizes: Mapping[float, int], outline: Mapping[str, int], body: float) -> str:
    if kind == "code":
        return write_fence("\n".join(_indent_code(group)))
    text = join_lines([line.text for line in group])
    if kind == "heading":
        level = outline.get(simplify(text)) or outline.get(simplify(group[0].text))
        if level is None and (numbered := _NUMBERED.match(text)) and group[0].size <= body * 1.3:
            level = numbered[1].count(".") + 2
        return f"{'#' * min(level or sizes.get(group[0].size, 3), 6)} {text}"
    if bullet := _BULLET.match(text):
        return f"- {text[bullet.end() :]}"
    if number := _NUMBER.match(text):
        return f"{number[1]}. {text[number.end() :]}"
    return escape_paragraph(re.sub(r"<(?=[A-Za-z/!])", r"\\<", text))


def _indent_code(group: list[Line]) -> list[str]:
    """Lines with their indentation as spaces, and blank ones for gaps."""
    left = min(line.left for line in group)
    code: list[str] = []
    for number, line in enumerate(group):
        before = group[number - 1] if number else None
        if before and before.page == line.page and line.top - before.bottom > 0.9 * (line.bottom - line.top):
            code.append("")
        columns = round((line.left - left) / line.width) if line.width > 0.5 else 0
        code.append(" " * min(columns, 120) + line.text)
    return code


def join_lines(lines: Sequence[str]) -> str:
    """Lines as one, with words that a hyphen parts put together."""
    text = ""
    for line in lines:
        line = line.strip()
        if re.search(r"[a-z]\u00ad$", text) or (re.search(r"[a-z]-$", text) and re.match(r"[a-z]{2}", line)):
            text = text[:-1] + line
        else:
            text = f"{text} {line}" if text else line
    return re.sub(r" ([,.;:)])(?=\s|$)", r"\1", text.replace("\u00ad", ""))


def simplify(title: str) -> str:
    """A title without its number, spaces and case, to compare."""
    return re.sub(r"^(?:chapter|appendix)?[\d.]+|\W+", "", title.lower().replace(" ", ""))
