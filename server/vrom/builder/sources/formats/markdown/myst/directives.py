"""MyST's directives as Markdown: notes, tabs, tables, figures, code."""

import csv
import re
from collections.abc import Callable, Sequence

from vrom.builder.sources.formats.markdown.boxes.labels import is_admonition, write_admonition, write_label
from vrom.builder.sources.formats.markdown_writer import write_fence, write_table

Inside = Callable[[list[str]], list[str]]

_CODE = {"code-block", "code", "sourcecode", "code-cell", "parsed-literal", "doctest", "prompt", "testcode", "ipython"}
_CODE |= {"testoutput", "testsetup", "jupyter-execute", "mermaid", "graphviz", "plantuml", "uml", "command-output"}
_CODE |= {"productionlist", "console", "plot", "altair-plot", "repl", "runblock", "highlight-block", "terminal"}
_LANGUAGES = {"doctest": "pycon", "prompt": "bash", "testcode": "python", "ipython": "python", "plot": "python"}
_LANGUAGES |= {"mermaid": "mermaid", "graphviz": "dot", "plantuml": "plantuml", "ipython3": "python"}
_LANGUAGES |= {"jupyter-execute": "python", "altair-plot": "python", "ipython2": "python", "ipythonconsole": "pycon"}
_GONE = {"toctree", "contents", "tableofcontents", "index", "meta", "highlight", "currentmodule", "module", "raw"}
_GONE |= {"bibliography", "comment", "py:currentmodule", "py:module", "tags", "attributes", "anywidget", "iframe"}
_ELSEWHERE = {"include", "literalinclude", "embed", "import"}
_LABELLED = {
    "admonition",
    "dropdown",
    "details",
    "tab",
    "tab-item",
    "topic",
    "sidebar",
    "card",
    "grid-item-card",
    "rubric",
}
_LABELLED |= {"margin", "container-title", "group-tab", "code-tab", "step", "exercise", "solution", "aside"}
_TITLED_OPTIONS = ("caption", "title", "alt", "header")
_OPTION = re.compile(r"\s*:([\w-]+):(?:\s+(.*))?$")
_OBJECT = re.compile(
    r"(?:[a-z]+:)?(?:function|class|method|attribute|data|exception|property|module|option|envvar|confval|describe|object"
    r"|staticmethod|classmethod|decorator|type|macro|struct|enum|enumerator|member|var|program|setting|directive|role)$"
)


def write_directive(
    name: str, argument: str, body: list[str], inside: Inside, write_rst: Callable[[str], str]
) -> list[str] | None:
    """The Markdown of a directive; None for one that stays as it is: what is included is read elsewhere."""
    options, content = _split_options(body)
    if name in _ELSEWHERE or name.startswith("auto"):
        return None
    if name in _GONE:
        return []
    if name == "eval-rst":
        return write_rst("\n".join(body)).split("\n")
    if name in _CODE:
        return _write_code(name, argument, options, content)
    if name in ("list-table", "csv-table"):
        return _write_table(name, argument, options, content)
    if name in ("figure", "image", "figure-md", "subfigure"):
        picture = f"![{options.get('alt', '')}]({argument})" if argument and " " not in argument else ""
        return [*([picture, ""] if picture else []), *inside(content)]
    if name == "math":
        return ["$$", *([argument] if argument else []), *content, "$$"]
    if name == "glossary":
        return _write_glossary(inside(content))
    if _OBJECT.match(name):
        return [f"**`{argument}`**:" if argument else "", "", *inside(content)]
    return _write_box(name, argument, options, inside(content))


def _write_box(name: str, argument: str, options: dict[str, str], content: list[str]) -> list[str]:
    short = name.rpartition(":")[2]
    if short in ("versionadded", "versionchanged", "deprecated", "versionremoved"):
        version, _, text = argument.partition(" ")
        return [write_admonition(short, version), *([text] if text else []), *content]
    if is_admonition(short) and short not in _LABELLED:
        text, title = (argument, "") if name in _TEXT_FIRST else ("", argument)
        return _join(write_admonition(short, title), [*([text] if text else []), *content])
    title = argument or next((options[key] for key in _TITLED_OPTIONS if options.get(key)), "")
    if name in ("tab-set", "grid", "tabs", "container", "div", "grid-item", "only", "ifconfig", "hlist", "table"):
        title = options.get("caption", "") or (argument if name == "table" else "")
    if name == "code-tab":
        return write_fence("\n".join(content), argument.split(" ")[0]).split("\n")
    return _join(write_label(title), content)


_TEXT_FIRST = (
    "note",
    "tip",
    "warning",
    "attention",
    "caution",
    "danger",
    "error",
    "hint",
    "important",
    "seealso",
    "todo",
)
"""Directives without a title, whose first line is text, as in Docutils."""


def _join(label: str, content: list[str]) -> list[str]:
    """A label and what it is for, in one paragraph where that begins with text."""
    while content and not content[0].strip():
        content = content[1:]
    apart = (content and not re.match(r"\s{0,3}[\w\"'(*_`\[{]", content[0])) or (
        content and re.match(r"\s*(?:\d+[.)]|\*|```)", content[0])
    )
    return [*([label] if label else []), *([""] if apart and label else []), *content]


def _split_options(body: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """A directive's options, as `:name: value` or YAML between `---`, and its content."""
    options: dict[str, str] = {}
    at = 0
    if body and body[0].strip() == "---":
        end = next((number for number, line in enumerate(body[1:], 1) if line.strip() == "---"), 0)
        for line in body[1:end]:
            key, _, value = line.partition(":")
            options[key.strip()] = value.strip().strip("\"'")
        at = end + 1 if end else 0
    else:
        while at < len(body) and (option := _OPTION.match(body[at])):
            options[option[1]] = (option[2] or "").strip()
            at += 1
            while at < len(body) and body[at].startswith("   ") and body[at].strip() and not _OPTION.match(body[at]):
                options[option[1]] += f" {body[at].strip()}"
                at += 1
    while at < len(body) and not body[at].strip():
        at += 1
    return options, list(body[at:])


def _write_code(name: str, argument: str, options: dict[str, str], content: list[str]) -> list[str]:
    language = argument.split()[0] if argument else _LANGUAGES.get(name, "python" if name == "code-cell" else "")
    language = _LANGUAGES.get(language, language)
    if name in ("prompt", "command-output", "mermaid", "graphviz"):
        language = (
            language if name == "prompt" and re.fullmatch(r"[\w+-]+", language) else _LANGUAGES.get(name, "console")
        )
    if name in ("command-output", "productionlist") and argument:
        content = [argument, *content]
    if not any(map(str.strip, content)):
        return []
    caption = options.get("caption", "")
    fence = write_fence("\n".join(content), language).split("\n")
    return [*([write_label(caption), ""] if caption else []), *fence]


def _write_table(name: str, argument: str, options: dict[str, str], content: list[str]) -> list[str]:
    text = "\n".join(content)
    rows = _read_list_table(content) if name == "list-table" else _read_csv(text, options.get("delim", ","))
    if options.get("header"):
        rows = [*_read_csv(options["header"], options.get("delim", ",")), *rows]
    if not rows:
        return content
    if (name == "list-table" and options.get("header-rows", "0") in ("", "0")) or (
        name == "csv-table" and "header" not in options and options.get("header-rows", "0") in ("", "0")
    ):
        rows = [[""] * max(map(len, rows)), *rows]
    caption = [write_label(argument), ""] if argument else []
    return [*caption, *write_table(rows).split("\n")]


def _read_csv(text: str, delimiter: str) -> list[list[str]]:
    mark = {"tab": "\t", "space": " "}.get(delimiter, delimiter[:1] or ",")
    try:
        rows = csv.reader(text.splitlines(), delimiter=mark, skipinitialspace=True)
        return [[" ".join(cell.split()) for cell in row] for row in rows if row]
    except csv.Error:
        return []


def _read_list_table(content: Sequence[str]) -> list[list[str]]:
    rows: list[list[str]] = []
    for line in content:
        row = re.match(r"\s*[*+-]\s+[*+-](?:\s+(.*))?$", line)
        cell = re.match(r"\s+[*+-](?:\s+(.*))?$", line)
        if row:
            rows.append([row[1] or ""])
        elif cell and rows:
            rows[-1].append(cell[1] or "")
        elif line.strip() and rows:
            rows[-1][-1] = f"{rows[-1][-1]} {line.strip()}".strip()
    return rows


def _write_glossary(content: list[str]) -> list[str]:
    """Terms and their indented definitions as labels and paragraphs."""
    written: list[str] = []
    for line in content:
        if line.strip() and not line.startswith((" ", "\t", ":")):
            written += ["", write_label(line)]
        else:
            written.append(line.strip().removeprefix(": "))
    return written
