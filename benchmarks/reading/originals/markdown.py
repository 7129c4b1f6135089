"""Markdown and its dialects: fences, headings, and text without markup, by lines."""

import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.reading.originals.original import Original
from benchmarks.reading.trees import Tree

_FENCE = re.compile(
    r"^(?P<indent>[ \t>]*(?:[-*+]\s+|\d+[.)]\s+)?)(?P<mark>`{3,}|~{3,}|:{3,}(?=\{code))(?P<info>[^`]*)$"
)
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-{2,})\s*$")
_FRONT_MATTER = re.compile(r"\A\ufeff?---\s*\n(.*?)\n(?:---|\.\.\.)\s*(?:\n|\Z)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->|\{/\*.*?\*/\}", re.DOTALL)
_DIRECTIVE_OF_CODE = re.compile(
    r"\{(?:code-block|code|code-cell|sourcecode|ipython3?|r|python|julia|bash|sql|ojs)\b.*\}", re.IGNORECASE
)
_NESTED_DIRECTIVE = re.compile(r"\{[\w:.-]+\}")
_NO_CONTENT = re.compile(
    r"\{(?:toctree|eval-rst|auto\w+|image|figure|include|literalinclude|math|mermaid|raw|contents|bibliography|"
    r"tableofcontents|rst:\w+|list-table|csv-table)\}"
)
_INCLUDED = re.compile(r"^[ \t>]*\{!>?\s*([^!\s]+)\s*!\}\s*$|^[ \t>]*\{\*\s*(\S+).*\*\}\s*$")
_CALLOUT = re.compile(r"^\s*:{3,}\s*\{[^}]*callout")
_COMPONENT = re.compile(r"<[A-Z][\w.]*(?=[\s/>])")
_VALUE = re.compile(
    r"\b(?:name|title|type|description|label|default|query|path|header|body)\s*[:=]\s*\{?\s*([\"'`])(.*?)(?<!\\)\1",
    re.DOTALL,
)
_INLINE_CODE = re.compile(r"(?<!`)(`{1,2})(?!`)[^`\n]+\1(?!`)")
_TITLE_TAG = re.compile(r"</?(?:a|code|span|b|i|em|strong|img|br|sub|sup|small|kbd|font)\b[^<>]*>|<[A-Z]\w*\s*/?>")
_MARKUP = (
    (
        re.compile(
            r"^\s*(?:import\s.+\sfrom\s.+|import\s+['\"].+|export\s+(?:const|default|let|function)\s.*)$", re.MULTILINE
        ),
        "",
    ),
    (
        re.compile(
            r"</?[A-Za-z][\w.:-]*(?:\s+[\w:@.-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}))?)*\s*/?>"
        ),
        " ",
    ),
    (re.compile(r"\{\{[%<]?.*?[%>]?\}\}|\{%.*?%\}"), " "),
    (re.compile(r"(?<=[\])`\w\"])\{\s*(?:[:.#]|[\w-]+=)[^{}\n]*\}|^\s*\{[:.#][^{}\n]*\}\s*$", re.MULTILINE), " "),
    (re.compile(r"^\s*\[[^\]\n]+\]:\s*\S+.*$", re.MULTILINE), ""),
    (re.compile(r"\]\[[^\]\n]*\]"), "]"),
    (re.compile(r"!\[([^\]]*)\]\([^()\s]*(?:\([^()]*\))?[^()]*\)"), r" \1 "),
    (re.compile(r"\]\(\s*<?[^()\s]*(?:\([^()\s]*\)[^()\s]*)*>?(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"), "] "),
    (re.compile(r"<https?://[^\s>]+>"), " "),
    (re.compile(r"^::: [\w.]+[ \t]*\n(?:(?:[ \t]+.*)?\n)*", re.MULTILINE), ""),
    (re.compile(r"^\s*:{3,}[ \t]*(?:\{[^{}\n]*\}|[\w-]+)?", re.MULTILINE), " "),
    (re.compile(r"^\s*(?:!!!|\?\?\?\+?|===)\s+[\w -]+|^\s*///[ \t]*(?:[\w-]+[ \t]*\|?)?", re.MULTILINE), " "),
    (re.compile(r"^\s*:[\w-]+:(?:[ \t].*)?$", re.MULTILINE), ""),
    (re.compile(r"^\s*\(\S+\)=\s*$|^\s*%.*$", re.MULTILINE), ""),
    (re.compile(r"\{[\w:.+-]+\}(?=`)"), ""),
    (re.compile(r"\[!(?:NOTE|TIP|WARNING|IMPORTANT|CAUTION)\]"), " "),
    (re.compile(r"<(?:[^<>`]*?)>(?=`)"), ""),
)


def read_markdown(source: bytes, _tree: Tree, page: Path) -> Original:
    """The content of a page in Markdown."""
    text = source.decode("utf-8", "replace").replace("\r\n", "\n")
    original = Original()
    if found := _FRONT_MATTER.match(text):
        text = text[found.end() :]
        if title := re.search(r"^title:\s*(.+)$", found[1], re.MULTILINE):
            original.headings.append(title[1].strip().strip("'\""))
    _read(text, original, page)
    return original


def _read(text: str, original: Original, page: Path) -> None:
    prose: list[str] = []
    for kind, info, lines in _parts(text.split("\n")):
        if kind == "text":
            prose += lines
        elif _DIRECTIVE_OF_CODE.match(info):
            _add_code([line for line in lines if not re.match(r"\s*(?:#\||:[\w-]+:)", line)], original, page)
        elif _NESTED_DIRECTIVE.match(info):
            if not _NO_CONTENT.match(info):
                inside = [line for line in lines if not re.match(r"\s*:[\w-]+:(?:\s|$)", line)]
                _read("\n".join([_NESTED_DIRECTIVE.sub("", info), "", *inside]), original, page)
        else:
            _add_code(lines, original, page)
    _read_prose(_COMMENT.sub(" ", "\n".join(prose)), original)


def _parts(lines: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    held: list[str] = []
    at = 0
    while at < len(lines):
        if not (found := _FENCE.match(lines[at])):
            held.append(lines[at])
            at += 1
            continue
        mark, indent = found["mark"], len(found["indent"].expandtabs(4))
        closing = re.compile(rf"^[ \t>]*{mark[0]}{{{len(mark)},}}\s*$")
        end = at + 1
        while end < len(lines) and not closing.match(lines[end]):
            end += 1
        yield "text", "", held
        held = []
        quoted = ">" in found["indent"]
        yield "code", found["info"].strip(), [_outdented(line, indent, quoted=quoted) for line in lines[at + 1 : end]]
        at = end + 1
    yield "text", "", held


def _outdented(line: str, indent: int, *, quoted: bool) -> str:
    if quoted:
        return re.sub(r"^(?:\s*>)+ ?", "", line)
    line = line.expandtabs(4)
    return line[min(indent, len(line) - len(line.lstrip())) :]


def _add_code(lines: list[str], original: Original, page: Path) -> None:
    """A code block, with the files that it includes in the place of their markers."""
    whole: list[str] = []
    for line in lines:
        included = _INCLUDED.match(line)
        file = _find(page, included[1] or included[2]) if included else None
        whole += file.read_text("utf-8").splitlines() if file else [line]
    if any(line.strip() for line in whole):
        original.codes.append("\n".join(whole))


def _find(page: Path, name: str) -> Path | None:
    """An included file, relative to the page's folder or one above it."""
    for folder in list(page.parents)[:6]:
        if (folder / name).is_file():
            return folder / name
    return None


def _read_prose(text: str, original: Original) -> None:
    text = "\n".join(_headings_out(text.split("\n"), original))
    original.prose.append(_clean(_with_values_of_props(text)))


def _headings_out(lines: list[str], original: Original) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number and _CALLOUT.match(lines[number - 1]):
            yield line.lstrip("# ")  # its title
        elif found := _HEADING.match(line):
            original.headings.append(_title(found[2]))
        elif (
            number + 1 < len(lines)
            and line.strip()
            and _UNDERLINE.match(lines[number + 1])
            and _stands_alone(lines, number)
        ):
            original.headings.append(_title(line))
        elif not (number and lines[number - 1].strip() and _UNDERLINE.match(line)):
            yield line


def _with_values_of_props(text: str) -> str:
    """The text with components replaced by what their properties say to a reader."""
    parts, at = [], 0
    for found in _COMPONENT.finditer(text):
        if found.start() >= at:
            end = _end_of_tag(text, found.end())
            values = [value[2] for value in _VALUE.finditer(text, found.end(), end)]
            parts += [text[at : found.start()], " ", "\n".join(values), " "]
            at = end
    return "".join([*parts, text[at:]])


def _end_of_tag(text: str, at: int) -> int:
    """The position after the `>` of a tag, which may have braces within braces."""
    depth = 0
    for position in range(at, min(len(text), at + 100_000)):
        depth += (text[position] in "{[") - (text[position] in "}]")
        if not depth and text[position] == ">":
            return position + 1
    return at


def _stands_alone(lines: list[str], number: int) -> bool:
    line = lines[number].strip()
    return not line.startswith(("|", "-", "*", ">", "#", "<", "+")) and (not number or not lines[number - 1].strip())


def _title(text: str) -> str:
    text = re.sub(r"\s*\{\s*[:.#][^{}]*\}\s*$|\s*\[#[^\]]*\]\s*$|\s*\{/\*.*\*/\}", "", text)
    text = _INLINE_CODE.sub(lambda found: re.sub(r"[<>{}]", " ", found[0]), text)
    for pattern, by in _MARKUP[2:] if "<" in text and not _TITLE_TAG.search(text) else _MARKUP:
        text = pattern.sub(by, text)
    return re.sub(r"[*`\\\[\]]", "", text).strip()


def _clean(text: str) -> str:
    text = _INLINE_CODE.sub(lambda found: re.sub(r"[<>{}]", " ", found[0]), text)
    for pattern, by in _MARKUP:
        text = pattern.sub(by, text)
    return text
