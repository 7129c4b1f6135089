"""Fences that aren't only code: MyST's directives, cells of Quarto, R Markdown and notebooks.

A cell becomes a fence with its language, a directive with Markdown in it a label and that Markdown.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from vrom.builder.sources.formats.markdown.myst.directives import write_directive
from vrom.builder.sources.formats.markdown_writer import write_fence

_OPENING = re.compile(
    r"(?P<indent>[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?)(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*|(?<=~)[^\n]*)$"
)
_COLONS = re.compile(r"(?P<indent>[ \t>]*)(?P<mark>:{3,})[ \t]*(?P<info>\{[a-zA-Z][\w:.+-]*\}[^\n]*)$")
_DIRECTIVE = re.compile(r"\{(?P<name>[a-zA-Z][\w:.+-]*)\}[ \t]*(?P<argument>.*)$")
_CELL = re.compile(r"\{+\s*(?P<engine>[a-zA-Z][\w+-]*)(?P<options>(?:\s*,|\s+)[^}]*)?\}+\s*$")
_CLASSES = re.compile(r"\{\s*\.(?P<language>[\w+#-]+)(?P<rest>[^}]*)\}\s*$")
_ENGINES = {"r", "python", "python3", "py", "julia", "bash", "sh", "zsh", "shell", "powershell", "sql", "ojs", "js"}
_ENGINES |= {"javascript", "node", "typescript", "ts", "stan", "rcpp", "cpp", "c", "fortran", "css", "scss", "sass"}
_ENGINES |= {"html", "mermaid", "dot", "graphviz", "haskell", "perl", "ruby", "go", "rust", "octave", "matlab"}
_ENGINES |= {"scala", "lua", "webr", "webr-r", "pyodide", "pyodide-python", "shinylive-r", "shinylive-python"}
_ENGINES |= {"duckdb", "sas", "stata", "awk", "sed", "verbatim", "embed", "cat", "exercise-r", "tikz", "asis"}
_LANGUAGES = {
    "ojs": "js",
    "node": "js",
    "rcpp": "cpp",
    "webr": "r",
    "webr-r": "r",
    "pyodide": "python",
    "python3": "python",
}
_LANGUAGES |= {"pyodide-python": "python", "shinylive-r": "r", "shinylive-python": "python", "py": "python"}
_CAPTIONS = re.compile(
    r"""(?:fig|tbl|lst)[-.](?:cap|alt)\s*[:=]\s*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s|>][^\n]*))|\bfilename:\s*"?([^"\n]+)"?"""
)
_TITLE = re.compile(r"""(?:title|filename)\s*=\s*"([^"]*)\"""")
_DEEPEST = 12
_TAB = 4


@dataclass(frozen=True)
class _Fence:
    indent: str
    mark: str
    info: str
    end: int
    """Number of the closing line, or of lines if there is none."""


def has_fence_dialect(text: str) -> bool:
    """True if a fence's info string may be a directive or a cell."""
    return re.search(r"(?:`{3}|~{3}|:{3})[ \t]*\{", text) is not None


def rewrite_fences(text: str, write_rst: Callable[[str], str]) -> str:
    """The text with cells as code and directives as Markdown. `write_rst` makes Markdown of reStructuredText."""
    return "\n".join(_rewrite(text.split("\n"), write_rst, 0))


def _rewrite(lines: list[str], write_rst: Callable[[str], str], depth: int) -> list[str]:
    written: list[str] = []
    at = 0
    while at < len(lines):
        fence = _read_fence(lines, at)
        if fence is None:
            written.append(lines[at])
            at += 1
            continue
        body = lines[at + 1 : fence.end]
        rewritten = _write(fence, [_unindent(line, len(fence.indent)) for line in body], write_rst, depth)
        if rewritten is None:
            written += lines[at : fence.end + 1]
        else:
            margin = re.sub(r"[^\s>]", " ", fence.indent)
            first, *others = rewritten or [""]
            written.append(fence.indent + first if first or fence.indent.strip() else first)
            written += [margin + line if line.strip() else line for line in others]
        at = fence.end + 1
    return written


def _read_fence(lines: list[str], at: int) -> _Fence | None:
    opening = _OPENING.match(lines[at]) or _COLONS.match(lines[at])
    if not opening:
        return None
    mark, indent = opening["mark"], opening["indent"]
    column = len(indent.expandtabs(_TAB))
    depth, number = 1, at + 1
    while number < len(lines):
        line = lines[number].strip(" \t>")
        if line.startswith(mark) and not line.strip(mark[0]):
            width = len(lines[number].expandtabs(_TAB)) - len(lines[number].expandtabs(_TAB).lstrip(" >"))
            if width - column < _TAB:
                depth -= 1
        elif (
            mark[0] == ":"
            and _COLONS.match(lines[number])
            and line.startswith(mark)
            and not line.startswith(mark + ":")
        ):
            depth += 1
        if depth == 0:
            break
        number += 1
    return _Fence(indent, mark, opening["info"].strip(), number)


def _write(fence: _Fence, body: list[str], write_rst: Callable[[str], str], depth: int) -> list[str] | None:
    """The Markdown of a fence; None for one that is code as it is."""
    if fence.info.startswith("{=") and fence.mark[0] != ":":  # for one kind of output
        return [fence.mark + fence.info.strip("{}= "), *body, fence.mark]
    if classes := _CLASSES.match(fence.info):
        if fence.mark[0] == ":":
            return None
        title = _TITLE.search(classes["rest"])
        info = f'{classes["language"]} title="{title[1]}"' if title else classes["language"]
        return [fence.mark + info, *body, fence.mark]
    cell = _CELL.match(fence.info) if fence.mark[0] != ":" else None
    if cell and cell["engine"].lower() in _ENGINES:
        return _write_cell(cell, body)
    directive = _DIRECTIVE.match(fence.info)
    if not directive or depth >= _DEEPEST:
        return None
    inside = lambda content: _rewrite(content, write_rst, depth + 1)  # noqa: E731
    return write_directive(directive["name"].lower(), directive["argument"].strip(), body, inside, write_rst)


def _write_cell(cell: "re.Match[str]", body: list[str]) -> list[str]:
    """A cell as a fence, without its options; captions of its figures and tables below."""
    engine = cell["engine"].lower()
    options = [line for line in body if re.match(r"\s*(?:#|//|--|%%|\*)\|", line)]
    code = [line for line in body if line not in options]
    said = "\n".join([cell["options"] or "", *(line.split("|", 1)[1] for line in options)])
    captions = [
        next(part for part in found.groups() if part).strip()
        for found in _CAPTIONS.finditer(said)
        if any(found.groups())
    ]
    language = _LANGUAGES.get(engine, "" if engine in ("verbatim", "embed", "cat", "asis") else engine)
    fence = write_fence("\n".join(code), language).split("\n") if any(map(str.strip, code)) else []
    return [*fence, *(line for caption in captions for line in ("", caption))]


def _unindent(line: str, width: int) -> str:
    at = 0
    while at < min(width, len(line)) and line[at] in " \t>":
        at += 1
    return line[at:]
