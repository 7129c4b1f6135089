"""Headings within a text that stands below a heading itself."""

import re

from vrom.markdown.fences import fence_mark, has_no_info
from vrom.markdown.headings import begins_with_marks


def replace_headings(text: str) -> str:
    """Markdown with its headings replaced by bold lines."""
    lines: list[str] = []
    mark = ""
    for line in text.split("\n"):
        opening = fence_mark(line)
        if opening and (not mark or (opening.startswith(mark) and has_no_info(line))):
            mark = "" if mark else opening
        if not mark and not opening and lines and re.match(r"(?:=+|-{2,})\s*$", line) and lines[-1].strip():
            lines[-1] = f"**{lines[-1].strip()}**"
            continue
        is_heading = not mark and not opening and begins_with_marks(line)
        lines.append(f"**{line.lstrip('#').strip(' ').rstrip(' #')}**" if is_heading else line)
    return "\n".join(lines)
