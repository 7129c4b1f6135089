"""Tables of manual pages, as tbl(1) reads them."""

import re

from vrom.builder.sources.formats.manuals.man.roff import unescape, write_fonts
from vrom.builder.sources.formats.markdown_writer import write_fence, write_table


def write_tbl(lines: list[str]) -> list[str]:
    """The table between `.TS` and `.TE`; text in a code block if its format can't be read."""
    separator = "\t"
    body = list(lines)
    if body and body[0].rstrip().endswith(";"):
        if found := re.search(r"tab\s*\((.)\)", body[0]):
            separator = found[1]
        body = body[1:]
    end = next((number for number, line in enumerate(body) if line.rstrip().endswith(".")), None)
    if end is None:
        return [write_fence("\n".join(lines))] if any(lines) else []
    rows = []
    for line in _join_text_blocks(body[end + 1 :]):
        if re.fullmatch(r"\s*[_=]\s*", line) or (line.startswith(".") and not line.startswith("..")):
            continue
        cells = [" ".join(write_fonts(unescape(cell)).split()) for cell in line.split(separator)]
        if any(cells) and not all(re.fullmatch(r"\\?[_=]?", cell) for cell in cells):
            rows.append(cells)
    if not rows:
        return []
    has_header = len(rows) > 1 and re.search(r"[bB]|f\(?B|^\s*c", body[0]) is not None
    return [write_table(rows if has_header else [[""] * max(map(len, rows)), *rows])]


def _join_text_blocks(lines: list[str]) -> list[str]:
    """Lines with each text block (`T{` … `T}`) in one."""
    joined: list[str] = []
    is_open = False
    for line in lines:
        if is_open:
            is_text = not line.startswith("T}")
            words = re.sub(r"^[.'](?:[A-Z]{1,2}|br|sp|nf|fi)\b[ \t]*", "", line) if is_text else line[2:]
            joined[-1] += (" " if is_text else "") + words
        else:
            joined.append(line)
        is_open = joined[-1].endswith("T{")
        if is_open:
            joined[-1] = joined[-1][:-2]
        elif joined and line is not joined[-1] and not line.startswith("T}"):
            is_open = True
    return joined
