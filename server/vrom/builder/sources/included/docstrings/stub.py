"""A reference to docstrings, in the syntaxes of the tools that fill them in.

Sources: https://huggingface.co/docs/hub/doc-builder, https://mkdocstrings.github.io/usage/,
https://www.sphinx-doc.org/en/master/usage/extensions/autodoc.html, .../autosummary.html.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_NAME = r"[A-Za-z_][\w]{0,100}(?:\.[A-Za-z_]\w{0,100}){0,20}"
_AUTODOC = re.compile(rf"[ \t]*\[\[autodoc\]\][ \t]*(?P<name>{_NAME})[ \t]*")
_MKDOCSTRINGS = re.compile(rf"(?P<heading>#{{1,6}}[ \t]+)?:::[ \t]+(?P<name>{_NAME})[ \t]*")
_LISTED = re.compile(r"[ \t]+[-*][ \t]+(?P<name>[\w.]{1,200})[ \t]*")
_SPHINX = re.compile(
    r"(?:py:)?auto(?:module|class|function|method|attribute|data|exception|property|decorator|protocol|enum|dataclass|"
    r"pydantic_model|pydantic_settings|doc2-object)$"
)
_OPTIONS = re.compile(r"[ \t]+(?:options|selection|rendering|handler|members)[ \t]*:")
_MOST_LINES = 200


@dataclass(frozen=True)
class Stub:
    """A reference to the docstrings of an object, or to the summaries of several."""

    names: tuple[str, ...]
    """Dotted names; those of one object if it isn't a summary, the likeliest first."""
    members: tuple[str, ...] | None = ()
    """Members to show; None for all public ones."""
    excluded: tuple[str, ...] = ()
    is_summary: bool = False
    is_relative: bool = False
    """True if the name may lack its package."""

    @property
    def package(self) -> str:
        """The name of the package that it refers to, as far as it tells."""
        return self.names[0].partition(".")[0]

    def request(self) -> dict[str, Any]:
        """It as JSON."""
        return {"names": self.names, "members": self.members, "excluded": self.excluded, "summary": self.is_summary}


def split_stubs(line: str) -> list[str]:
    """The lines that a line of several `[[autodoc]]` stands for."""
    if line.count("[[autodoc]]") < 2 or not line.lstrip().startswith("[[autodoc]]"):
        return [line]
    return [f"[[autodoc]]{part}" for part in line.split("[[autodoc]]")[1:]]


def read_markdown_stub(lines: Sequence[str], start: int) -> tuple[Stub, int] | None:
    """The reference at a line of Markdown, and the number of the line after it; None if there is none."""
    line = lines[start]
    if len(line) > 1_000 or ("[[autodoc]]" not in line and ":::" not in line):
        return None
    if found := _AUTODOC.fullmatch(line):
        end, listed = start + 1, []
        while end < len(lines) and (one := _LISTED.fullmatch(lines[end][:400])) and end - start < _MOST_LINES:
            listed.append(one["name"])
            end += 1
        special = tuple(name for name in listed if name != "all")
        members = special if listed and "all" not in listed else None
        return Stub((found["name"],), members, is_relative=True), end
    if found := _MKDOCSTRINGS.fullmatch(line):
        end = start + 1
        while end < len(lines) and end - start < _MOST_LINES and lines[end].startswith("  ") and lines[end].strip():
            end += 1
        body = lines[start + 1 : end]
        if "." in found["name"] or found["heading"] or (body and _OPTIONS.match(body[0])):
            return Stub((found["name"],), _mkdocstrings_members(body)), end
    return None


def _mkdocstrings_members(body: Sequence[str]) -> tuple[str, ...] | None:
    import yaml

    try:
        found = yaml.safe_load("\n".join(body)) if body and "*" not in "".join(body) else None
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    options = found.get("options") or found.get("selection") if isinstance(found, dict) else None
    members = options.get("members") if isinstance(options, dict) else None
    if members is False or members == []:
        return ()
    return tuple(map(str, members)) if isinstance(members, list) else None


def is_stub_directive(name: str) -> bool:
    """True for directives of autodoc and its relatives."""
    return bool(_SPHINX.match(name.lower()))


def read_sphinx_stub(argument: str, options: Mapping[str, str], module: str, by_default: bool) -> Stub | None:
    """The reference of `autoclass` and others; `by_default` is true if they show members without being asked."""
    name = argument.partition("(")[0].replace("::", ".").strip()
    if not re.fullmatch(_NAME, name):
        return None
    names = (f"{module}.{name}", name) if module and not name.startswith(f"{module}.") else (name,)
    members = _split(options.get("members"))
    shows = "members" in options or (by_default and "no-members" not in options)
    return Stub(names, (members or None) if shows else (), tuple(_split(options.get("exclude-members"))))


def read_summary_stub(body: Iterable[str], module: str) -> Stub | None:
    """The reference of `autosummary`, from the names in its content."""
    names = [line.strip().removeprefix("~").partition(" ")[0] for line in body]
    listed = tuple(f"{module}.{name}" if module else name for name in names if re.fullmatch(_NAME, name))
    return Stub(listed[:500], is_summary=True) if listed else None


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(re.findall(r"[\w.]+", text or ""))
