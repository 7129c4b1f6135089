"""reStructuredText: underlined headings, directives of code and literal blocks, and text without markup, by lines."""

import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.reading.originals.original import Original
from benchmarks.reading.trees import Tree

_UNDERLINE = re.compile(r"^([=\-`:'\"~^_*+#<>.])\1{2,}\s*$")
_DIRECTIVE = re.compile(r"^(\s*)\.\.\s+(?:\|[^|]+\|\s+)?([\w:.+-]+)::(?:\s+(.*))?$")
_CODE = {"code-block", "code", "sourcecode", "console", "ipython", "prompt", "testcode", "doctest", "parsed-literal"}
_NO_CONTENT = {
    "toctree", "index", "image", "figure", "include", "literalinclude", "plot", "math", "raw", "contents", "module",
    "currentmodule", "highlight", "autosummary", "graphviz", "testsetup", "testcleanup", "testoutput", "default-domain",
    "meta", "sectionauthor", "moduleauthor", "role", "unicode", "replace", "csv-table", "program", "cssclass",
    "mermaid",
    "rst-class", "tabularcolumns", "html_theme", "htmlonly", "latexonly", "py:currentmodule", "py:module", "changelog",
    "change", "tags", "only", "ifconfig", "regendoc", "inheritance-diagram", "image-sg", "embed", "jupyterlite",
    "try_examples", "ipython", "automodapi",
}  # fmt: skip
_COMMENT = re.compile(r"^(\s*)\.\.(?:\s+(?![\w:.+-]+::|\[|_|\|)|\s*$)")
_TARGET = re.compile(r"^\s*\.\.\s+(?:_[^:]*:|\|[^|]+\|).*$|^__\s+\S+$")
_MARKUP = (
    (re.compile(r":[\w:.+-]+:`[^`<]*?([^`<>]*?)\s*<[^`>]*>`"), r" \1 "),
    (re.compile(r":(?:ref|numref|doc|term|rfc|pep|download|abbr|ticket|issue|math|eq|pull|gh)(?:-\w+)?:`[^`]*`"), " "),
    (re.compile(r":[\w:.+-]+:`~(?:[^`]*\.)?([^`.]*)`"), r" \1 "),
    (re.compile(r":[\w:.+-]+:`!?([^`]*)`"), r" \1 "),
    (re.compile(r"^:(?:orphan|nosearch|tocdepth|nocomments):.*$", re.MULTILINE), ""),
    (re.compile(r"`([^`<]*?)\s*<[^`>]*>`__?"), r" \1 "),
    (re.compile(r"`([^`]+)`__?"), r" \1 "),
    (re.compile(r"(?<=\w)__?(?=[\s.,;:!?)\]'\"]|$)"), " "),
    (re.compile(r"\|[^|\s][^|\n]*\|_{0,2}"), " "),
    (re.compile(r"\[(?:#\w*|\d+|\*|[\w.-]+)\]_"), " "),
    (re.compile(r"^\s*\.\.\s+\[[^\]]+\]", re.MULTILINE), " "),
)


def read_rst(source: bytes, _tree: Tree, page: Path) -> Original:
    """The content of a page in reStructuredText."""
    original = Original()
    lines = source.decode("utf-8", "replace").expandtabs(8).replace("\r\n", "\n").split("\n")
    prose = list(_text_lines(lines, original, page))
    text = "\n".join(_headings_out(prose, original))
    original.prose.append(_clean(text))
    return original


def _text_lines(lines: list[str], original: Original, page: Path) -> Iterator[str]:
    """The lines that are neither code nor markup; code is put into `original`."""
    at = 0
    while at < len(lines):
        line = lines[at]
        if found := _DIRECTIVE.match(line):
            end = _end_of_block(lines, at + 1, len(found[1]))
            name = found[2]
            body = _without_options(lines[at + 1 : end])
            if name == "literalinclude":
                _add_code(_whole_file(found[3] or "", lines[at + 1 : end], page), original)
            elif name.split(":")[-1] in _CODE and name != "ipython":
                _add_code(body, original)
            elif name.startswith("auto") or name in _NO_CONTENT:
                pass
            else:
                if found[3]:
                    yield found[1] + found[3]
                yield from _text_lines(["", *body], original, page)
            at = end
        elif _TARGET.match(line):
            at += 1
        elif found := _COMMENT.match(line):
            at = _end_of_block(lines, at + 1, len(found[1]))
        elif line.rstrip().endswith("::"):
            shown = line.rstrip()[:-1] if line.strip() != "::" else ""
            yield shown
            start = at + 1
            indent = len(line) - len(line.lstrip())
            while (
                start < len(lines)
                and lines[start].strip()
                and _indent(lines[start]) >= indent
                and not _UNDERLINE.match(lines[start])
            ):
                yield lines[start]  # the rest of a paragraph whose line ends so by accident
                start += 1
            if start > at + 1:
                at = start
                continue
            end = _end_of_block(lines, start, indent)
            _add_code(lines[start:end], original)
            at = end
        elif line.lstrip().startswith(">>> "):
            end = at
            while end < len(lines) and lines[end].strip():
                end += 1
            _add_code(lines[at:end], original)
            at = end
        else:
            yield line
            at += 1


def _whole_file(name: str, options: list[str], page: Path) -> list[str]:
    """The lines of a file of which all are included; none if only some are, or it isn't there."""
    if any(re.match(r"\s*:(?:lines|start-|end-|pyobject|diff|prepend|append)", option) for option in options):
        return []
    above = [folder / name.lstrip("/") for folder in page.parents] if name.startswith("/") else [page.parent / name]
    file = next((file for file in above if file.is_file()), None)
    return file.read_text("utf-8", "replace").splitlines() if file else []


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _end_of_block(lines: list[str], at: int, indent: int) -> int:
    """The end of the lines that are blank or deeper than `indent`."""
    while at < len(lines) and (not lines[at].strip() or _indent(lines[at]) > indent):
        at += 1
    return at


def _without_options(body: list[str]) -> list[str]:
    at = 0
    while at < len(body) and re.match(r"\s+:[\w-]+:(?:\s|$)", body[at]):
        at += 1
    return body[at:]


def _add_code(lines: list[str], original: Original) -> None:
    if any(line.strip() for line in lines):
        original.codes.append("\n".join(lines))


def _headings_out(lines: list[str], original: Original) -> Iterator[str]:
    for number, line in enumerate(lines):
        if _UNDERLINE.match(line):
            continue
        below = lines[number + 1] if number + 1 < len(lines) else ""
        alone = not number or not lines[number - 1].strip() or bool(_UNDERLINE.match(lines[number - 1]))
        if _UNDERLINE.match(below) and line.strip() and alone and len(below.rstrip()) >= len(line.rstrip()) - 2:
            original.headings.append(re.sub(r"[*`\\]", "", _clean(line)).strip())
        else:
            yield line


def _clean(text: str) -> str:
    for pattern, by in _MARKUP:
        text = pattern.sub(by, text)
    return re.sub(
        r"^\s*:[\w-]+(?:\s+[^:\n]*)?:(?=\s|$)", lambda found: found[0].replace(":", " "), text, flags=re.MULTILINE
    )
