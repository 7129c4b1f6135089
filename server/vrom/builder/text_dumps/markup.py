"""Recover Markdown from a text that lost its markup, such as a web page copied as plain text.

Such a text has almost no blank lines; headings are short lines, code has neither fences nor indentation, and adjacent
parts are joined (`trainer.train()Expected dataset type`). Headings, code, parameter lists and tables are recognised
where possible; other lines are kept as text.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from vrom.builder.text_dumps.code_lines import find_code_end, guess_language, indent_code, is_sentence, is_statement
from vrom.builder.text_dumps.evidence import FURNITURE, find_button_labels
from vrom.builder.text_dumps.glue import split_glued_lines
from vrom.builder.text_dumps.repeats import remove_repeats
from vrom.builder.text_dumps.tables import begins_table, read_table
from vrom.markdown.fences import fence_mark, has_no_info
from vrom.markdown.headings import begins_with_marks

Lines = list[str]


def recover_markup(text: str) -> tuple[str, Counter[str]]:
    """Convert the text to light Markdown; also return the number of left out lines by kind."""
    lines = [line for line in split_glued_lines(text) if line.strip()]
    labels = find_button_labels(lines) | FURNITURE
    written = [line for line in lines if line.strip() not in labels]
    kept, dropped = remove_repeats(written)
    dropped["button label"] = len(lines) - len(written)
    return "\n".join(_restore(kept, is_document=True)) + "\n", +dropped


def _restore(lines: Sequence[str], is_document: bool = False) -> Lines:
    """Lines as Markdown; `is_document` if a heading at their start is the title of the document."""
    markdown: Lines = []
    for block in _split_blocks(_Text(lines, is_document, has_fences=any(map(fence_mark, lines)))):
        markdown += ["", *block] if markdown else block
    return markdown


@dataclass(frozen=True)
class _Text:
    lines: Sequence[str]
    is_document: bool
    has_fences: bool


def _split_blocks(text: _Text) -> Iterator[Lines]:
    """Split the lines into blocks of Markdown."""
    number = 0
    while number < len(text.lines):
        for read in _READERS:
            end, block = read(text, number)
            if end > number:
                break
        number = end
        if block:
            yield block


Reader = Callable[[_Text, int], tuple[int, Lines]]
"""Function that reads a block at a line and returns its end (exclusive) and its Markdown; the line itself and an empty
list if there is no such block."""


def _read_fence(text: _Text, start: int) -> tuple[int, Lines]:
    """A fence preserved in the text. One of its two marks may be lost; the next mark shows which."""
    lines = text.lines
    if not fence_mark(lines[start]):
        return start, []
    mark = next((number for number in range(start + 1, len(lines)) if fence_mark(lines[number])), len(lines))
    if mark < len(lines) and _is_bare_mark(lines[mark]):
        return mark + 1, [lines[start], *indent_code(lines[start + 1 : mark]), lines[mark]]
    if _is_bare_mark(lines[start]):
        return start + 1, []  # a closing mark without its opening
    end = start + 1
    while end < mark and not is_sentence(lines[end]) and not lines[end].startswith("## "):
        end += 1
    return end, [lines[start], *indent_code(lines[start + 1 : end]), fence_mark(lines[start])]


def _is_bare_mark(line: str) -> bool:
    """True if a line is a fence's mark without a language, which is usually the closing one."""
    return fence_mark(line) != "" and has_no_info(line)


def _read_code(text: _Text, start: int) -> tuple[int, Lines]:
    lines = text.lines
    end = find_code_end(lines, start)
    if start < end < len(lines) and _is_bare_mark(lines[end]):
        return end + 1, _fence_code(lines[start:end])  # the closing fence is preserved
    return end, _fence_code(lines[start:end]) if end > start else []


def _fence_code(code: Sequence[str]) -> Lines:
    language = guess_language(code)
    return [f"```{language}", *(code if language == "text" else indent_code(code)), "```"]


def _read_quote(text: _Text, start: int) -> tuple[int, Lines]:
    lines = text.lines
    end = start
    while end < len(lines) and lines[end].startswith(">") and not lines[end].startswith(">>>"):
        end += 1
    return end, list(lines[start:end])


def _read_table(text: _Text, start: int) -> tuple[int, Lines]:
    lines = text.lines
    return read_table(lines, start, _restore)


_ITEM = re.compile(r"\s*(?:[-•]\s*(?=[\w`\"'\[*(<])|\*\s+(?=\S)|\d{1,2}[.)]\s*(?=[A-Z*`\[]))")
_PARAMETER = re.compile(r"\s*[-*•]\s*(?P<name>\*{0,2}\w+)\s*\(\s*(?P<type>.+?)\)\s*[—:–]\s*(?P<text>.*)")


def _read_list(text: _Text, start: int) -> tuple[int, Lines]:
    lines = text.lines
    if not _ITEM.match(lines[start]) or re.match(r"\s*[-*]{3,}\s*$", lines[start]):
        return start, []
    items: list[str] = []
    number = start
    while number < len(lines):
        line = lines[number]
        if _ITEM.match(line):
            items.append(_ITEM.sub(lambda mark: mark[0].rstrip() + " ", line, count=1))
        elif _starts_block(line, items[-1]) or begins_table(lines, number):
            break
        else:
            items[-1] = _join_line(items[-1], line)
        number += 1
    return number, [_format_parameter(item) for item in items]


_UNFINISHED = re.compile(r"(?:[—–(,]|\b(?:[Ii]f|or|is|by|the|to|an?|of|and|in|on|for|when|be|as|with))$")


def _starts_block(line: str, before: str) -> bool:
    """True if a line starts a new block instead of continuing the text before it."""
    ended = re.search(r"[.:!?)\]`\"]$", before.rstrip()) is not None
    unfinished = _UNFINISHED.search(before.rstrip())
    return (
        fence_mark(line) != ""
        or begins_with_marks(line)
        or re.match(r"\||>|<\w|@@? ", line) is not None
        or (ended and is_statement(line))
        or (line[:1].isupper() and (ended or (not unfinished and is_sentence(line))))
    )


def _join_line(before: str, line: str) -> str:
    return before.rstrip() + ("" if before.rstrip().endswith("(") else " ") + line.strip()


def _format_parameter(item: str) -> str:
    """`- beta (float, optional) — Text` with its name as code; any other item unchanged."""
    found = _PARAMETER.match(item)
    if not found:
        return item
    name, kind, text = found["name"].strip("*"), found["type"].strip(), found["text"].strip()
    return f"- `{name}` ({kind}) — {text}"


_LABELS = {"Parameters", "Returns", "Raises", "Example", "Examples", "Attributes", "Args", "Yields", "Note"}
_SIGNATURE = re.compile(r"<\s*source\s*>\s*(\(.*)")


def _read_signature(text: _Text, start: int) -> tuple[int, Lines]:
    """`class trl.DPOTrainer` or `train`, and on the next line its source link and parameters."""
    lines = text.lines
    if start + 1 >= len(lines) or not (found := _SIGNATURE.match(lines[start + 1])):
        return start, []
    name = lines[start].strip()
    parameters, _, result = found[1].removeprefix("(").rpartition(")")
    parameters = re.sub(r"\s(?=\w+: )", ",\n    ", parameters.strip())
    closing = ")" + result.replace("→", "->").rstrip()
    signature = f"{name}(\n    {parameters},\n{closing}" if "\n" in parameters else f"{name}({parameters}{closing}"
    return start + 2, [f"### {name}", "", "```python", *signature.split("\n"), "```"]


def _read_heading(text: _Text, start: int) -> tuple[int, Lines]:
    lines = text.lines
    line = lines[start].strip()
    if line.rstrip(":") in _LABELS:
        return start + 1, [f"**{line.rstrip(':')}**"]
    if begins_with_marks(line):
        return (start, []) if _comments_code(text, start) else (start + 1, [line])
    if not _may_be_heading(line) or (start and not _ends_block(lines[start - 1])):
        return start, []
    run = start
    while run < len(lines) and _may_be_heading(lines[run].strip()):
        run += 1
    if run - start > _LONGEST_RUN_OF_HEADINGS:  # a menu
        return run, [f"- {entry.strip()}" for entry in lines[start:run]]
    if run == len(lines):
        return start, []
    distinct = [heading for heading, _ in groupby(lines[number].strip() for number in range(start, run))]
    is_title = start == 0 and text.is_document
    if is_title and len(distinct) < run - start:  # below the site's name, a page shows its own title twice
        distinct = distinct[distinct.index(_find_first_repeated(lines[:run])) :]
    marks = ["#" if is_title and not number else "##" for number in range(len(distinct))]
    return run, "\n\n".join(map(" ".join, zip(marks, distinct, strict=True))).split("\n")


def _find_first_repeated(lines: Sequence[str]) -> str:
    return next(line.strip() for line, following in pairwise(lines) if line.strip() == following.strip())


def _comments_code(text: _Text, number: int) -> bool:
    """True if a line with `#` is a comment: it starts code, and a fence ends that code or the text has no fences."""
    end = find_code_end(text.lines, number)
    ends_in_fence = end < len(text.lines) and _is_bare_mark(text.lines[end])
    return end > number and (ends_in_fence or not text.has_fences)


_LONGEST_RUN_OF_HEADINGS = 4
_HEADING = re.compile(r"[^\W\d_a-z]|\d+(?:\.\d+)*\.? [A-Z]|[^\w\s\"'(\[{<>|*`$@#=+~^&.,:;!?/\\-]\W*[A-Z]")


def _may_be_heading(line: str) -> bool:
    return (
        _HEADING.match(line) is not None
        and len(line) <= 80
        and len(line.split()) <= 10
        and line[-1] not in ".,:;!({[=…"
        and not (line.endswith("?") and len(line.split()) > 8)
        and " | " not in line
        and "://" not in line
        and ": " not in line
        and not is_statement(line)
    )


def _ends_block(line: str) -> bool:
    return (
        re.search(r"[.:;!?)\]}|>`\"…]$", line.rstrip()) is not None
        or _may_be_heading(line.strip())
        or begins_with_marks(line)
    )


def _read_text(text: _Text, start: int) -> tuple[int, Lines]:
    """A line of prose with its continuation lines; short lines that aren't prose stay together."""
    lines = text.lines
    texts = [lines[start]]
    number = start + 1
    while number < len(lines) and not _ITEM.match(lines[number]) and not begins_table(lines, number):
        line = lines[number]
        if is_sentence(texts[-1]) or is_sentence(line) or _starts_block(line, texts[-1]):
            if not line[:1].islower() or re.search(r"[.:!?]$", texts[-1].rstrip()):
                break
            texts[-1] = _join_line(texts[-1], line)
        elif is_statement(line) or _may_be_heading(line.strip()):
            break
        else:
            texts.append(line)
        number += 1
    return number, texts


_READERS: Sequence[Reader] = (
    _read_fence,
    _read_signature,
    _read_quote,
    _read_table,
    _read_heading,
    _read_list,
    _read_code,
    _read_text,
)
