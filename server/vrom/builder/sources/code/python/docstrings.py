"""Convert docstrings of the usual styles to Markdown."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.fenced_text import replace_headings
from vrom.builder.sources.formats.markdown_writer import write_fence, write_item, write_quote

Style = Literal["google", "numpy", "sphinx", "plain"]

_SECTIONS = "Parameters|Returns|Yields|Raises|Attributes|Examples"
_NUMPY = re.compile(rf"^[ \t]*(?:{_SECTIONS}|Notes|See Also)[ \t]*\n[ \t]*-{{3,}}", re.MULTILINE)
_SPHINX = re.compile(r"^\s*:(?:param|type|returns?|rtype|raises?|ivar|cvar)\b[^:\n]*:", re.MULTILINE)
_GOOGLE = re.compile(rf"^[ \t]*(?:{_SECTIONS}|Args|Arguments|Example|Note|Warning):\s*$", re.MULTILINE)
_RESTRUCTURED = re.compile(r"``[^`\n]+``|:\w+(?::\w+)*:`|^\s*\.\. [\w-]+::|::\s*$|`[^`\n]+ <[^>\n]+>`_", re.MULTILINE)
_MARKDOWN = re.compile(r"^\s*```|\]\(", re.MULTILINE)


def detect_style(text: str) -> Style:
    """The style of a docstring, by its section markers."""
    if _NUMPY.search(text):
        return "numpy"
    if _SPHINX.search(text):
        return "sphinx"
    return "google" if _GOOGLE.search(text) else "plain"


def convert_docstring(docstring: Any) -> str:
    """The Markdown of a griffe docstring. Headings become bold lines, so that it stays one section."""
    text = docstring.value.strip()
    style = detect_style(text)
    if style in ("google", "numpy"):
        sections = docstring.parse(style, warnings=False)
        return "\n\n".join(block for section in sections for block in _write_section(section))
    return _convert_prose(text)


def write_parameters(documented: Mapping[str, str]) -> str:
    """A list of parameters with their texts; empty without any."""
    if not documented:
        return ""
    items = []
    for name, text in documented.items():
        first, *rest = _convert_prose(text).split("\n\n")
        items.append(write_item("-", [f"`{name}` — {first}", *rest]))
    return "**Parameters**\n\n" + "\n".join(items)


def _convert_prose(text: str) -> str:
    if (_RESTRUCTURED.search(text) and not _MARKDOWN.search(text)) or detect_style(text) == "sphinx":
        from vrom.builder.sources.formats.restructured_text.read import to_markdown

        try:
            text = to_markdown(text).strip()
        except UnreadableError:
            text = write_fence(text, "text")
    return replace_headings(text)


_TITLES = {
    "parameters": "Parameters",
    "other parameters": "Other parameters",
    "type parameters": "Type parameters",
    "returns": "Returns",
    "yields": "Yields",
    "receives": "Receives",
    "raises": "Raises",
    "warns": "Warns",
    "attributes": "Attributes",
    "functions": "Functions",
    "classes": "Classes",
    "modules": "Modules",
    "examples": "Examples",
}


def _write_section(section: Any) -> Iterator[str]:
    kind = section.kind.value
    if kind == "text":
        yield _convert_prose(section.value)
        return
    if kind == "admonition":
        yield write_quote(
            f"**{section.title or section.value.kind.capitalize()}**\n\n{_convert_prose(section.value.contents)}"
        )
        return
    if kind == "deprecated":
        yield write_quote(
            f"**Deprecated since {section.value.version}**\n\n{_convert_prose(section.value.description)}"
        )
        return
    yield f"**{section.title or _TITLES.get(kind, kind.capitalize())}**"
    if kind == "examples":
        for part, text in section.value:
            yield write_fence(text, "python") if part.value == "examples" else _convert_prose(text)
        return
    yield "\n".join(_write_entry(entry) for entry in section.value)


def _write_entry(entry: Any) -> str:
    """A list item for a parameter, returned value or raised error."""
    name = getattr(entry, "name", "") or ""
    kind = str(entry.annotation) if getattr(entry, "annotation", None) is not None else ""
    head = f"`{name}`" + (f" (`{kind}`)" if kind else "") if name else f"`{kind}`" if kind else ""
    description = _convert_prose(entry.description.strip()) if entry.description else ""
    first, *rest = description.split("\n\n") if description else [""]
    return write_item("-", [" — ".join(filter(None, [head, first])), *rest])
