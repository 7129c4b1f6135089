"""Front matter: the title and what else of it readers of the page see.

YAML between `---`, TOML between `+++`, or JSON in braces, on the first lines of a page.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

_BLOCK = re.compile(
    r"\A\ufeff?\s*^(?P<mark>---|\+\+\+)[ \t]*\n(?P<content>.*?)^(?P=mark)[ \t]*(?:\n|\Z)", re.MULTILINE | re.DOTALL
)
_JSON = re.compile(r"\A\ufeff?\{\s*\n")
_KEY = re.compile(r"^[\w.-]+\s*[:=]", re.MULTILINE)
_LINE = re.compile(r"^(title|description|summary|subtitle|excerpt|api|openapi)\s*[:=]\s*(\S.*?)\s*$", re.MULTILINE)
_OPERATION = re.compile(r"(?:^|\s)(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|TRACE|WEBHOOK|WSS?)\s+(\S+)", re.IGNORECASE)
_PROSE = ("description", "summary", "subtitle", "excerpt", "lead", "intro", "tagline", "abstract")
_TITLES = ("title", "sidebarTitle", "sidebar_label", "nav_title", "pagetitle")
_LONGEST = 100_000


@dataclass(frozen=True)
class FrontMatter:
    """The front matter of a page, and where the page's own text begins."""

    end: int = 0
    """Offset after the front matter; 0 if there is none."""
    fields: dict[str, Any] = field(default_factory=dict)

    is_json: bool = False

    @property
    def title(self) -> str:
        """The page's title as the front matter has it; empty if it has none."""
        titles = (self.fields.get(name) for name in _TITLES)
        return next((" ".join(str(title).split()) for title in titles if isinstance(title, (str, int, float))), "")

    def paragraphs(self) -> Iterator[str]:
        """What the page shows of it, besides the title: what the page is about, and the operation that it documents."""
        for name in _PROSE:
            if isinstance(text := self.fields.get(name), str) and text.strip():
                yield " ".join(text.split())
        for name in ("api", "openapi"):
            if isinstance(text := self.fields.get(name), str) and (operation := _OPERATION.search(text)):
                yield f"`{operation[1].upper()} {operation[2]}`"


def read_front_matter(text: str) -> FrontMatter:
    """The front matter of a page. Never raises: of what isn't valid, single lines are read."""
    if _JSON.match(text):
        return _read_json(text)
    block = _BLOCK.match(text)
    if not block or (block["content"].strip() and not _KEY.search(block["content"])):
        return FrontMatter()
    return FrontMatter(block.end(), _parse(block["content"], block["mark"]))


def _parse(content: str, mark: str) -> dict[str, Any]:
    try:
        if len(content) <= _LONGEST:
            found = _read_yaml(content) if mark == "---" else tomllib.loads(content)
            if isinstance(found, dict):
                return {str(name): value for name, value in found.items()}
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError):
        pass
    return {line[1]: line[2].strip("\"'") for line in _LINE.finditer(content)}


def _read_yaml(content: str) -> Any:
    return yaml.load(content, _NoAliases)  # noqa: S506 (a safe loader with less)


def _read_json(text: str) -> FrontMatter:
    try:
        found, end = json.JSONDecoder().raw_decode(text[: _LONGEST + 1].lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return FrontMatter()
    begins = len(text) - len(text.lstrip("\ufeff"))
    is_page = isinstance(found, dict) and "title" in found and text[begins + end :].startswith(("\n", "\r"))
    return FrontMatter(begins + end, found, is_json=True) if is_page else FrontMatter()


class _NoAliases(yaml.SafeLoader):
    """YAML without aliases, of which a small text can make a large value."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Compose a node. Raises `YAMLError` for an alias."""
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)
