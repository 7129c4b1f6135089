"""Load YAML and JSON of interface descriptions: plain values only, aliases and sizes bounded, local `$ref` resolved."""

import json
from typing import Any

import yaml

from vrom.builder.sources.formats.encodings.decode import UnreadableError

_MOST_ALIASES = 2_000
_DEEPEST = 100
_MOST_NODES = 2_000_000
_LONGEST_CHAIN = 20


def load(text: str) -> dict[str, Any]:
    """The mapping in a text of YAML or JSON. Raises `UnreadableError` if it is none, or too deep or too large."""
    try:
        value = json.loads(text) if text.lstrip().startswith("{") else _load_yaml(text)
    except (ValueError, TypeError, yaml.YAMLError, RecursionError) as error:
        value = _load_flow(text, error)
    if not isinstance(value, dict):
        raise UnreadableError("not a mapping, so not an interface description")
    _check_size(value)
    return value


def _load_flow(text: str, error: Exception) -> Any:
    """YAML that begins like JSON."""
    if text.lstrip().startswith("{") and not isinstance(error, RecursionError):
        try:
            return _load_yaml(text)
        except (ValueError, TypeError, yaml.YAMLError, RecursionError) as again:
            error = again
    raise UnreadableError(f"neither YAML nor JSON: {type(error).__name__}") from error


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader that keeps dates as text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _load_yaml(text: str) -> Any:
    aliases = depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            aliases += 1
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise UnreadableError(f"more than {_DEEPEST} levels of nested values")
        if aliases > _MOST_ALIASES:
            raise UnreadableError(f"more than {_MOST_ALIASES:,} aliases")
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader


def _check_size(value: Any) -> None:
    """Raise `UnreadableError` if a value is too large with all its aliases written out, or too deep."""
    count = 0
    waiting = [(value, 0)]
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if count > _MOST_NODES or depth > _DEEPEST:
            raise UnreadableError("its values are too many or too deeply nested, as in an alias bomb")
        if isinstance(node, dict):
            waiting += [(child, depth + 1) for child in node.values()]
        elif isinstance(node, list):
            waiting += [(child, depth + 1) for child in node]


class References:
    """Looks up `$ref` within a document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self.elsewhere: dict[str, None] = {}
        """What refers to other files, in order."""

    def resolve(self, value: Any) -> dict[str, Any]:
        """A mapping with its `$ref` followed; empty if there is none. Keys beside a `$ref` take precedence."""
        beside: dict[str, Any] = {}
        for _ in range(_LONGEST_CHAIN):
            if not isinstance(value, dict):
                return beside
            if not isinstance(value.get("$ref"), str):
                return {**value, **beside}
            beside = {**{key: part for key, part in value.items() if key != "$ref"}, **beside}
            value = self._find(value["$ref"])
        return beside

    def _find(self, reference: str) -> Any:
        if not reference.startswith("#"):
            self.elsewhere[reference] = None
            return None
        node: Any = self._document
        for part in filter(None, reference[1:].split("/")):
            key = part.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
            if isinstance(node, list) and key.isdecimal() and int(key[:9]) < len(node):
                node = node[int(key)]
            elif isinstance(node, dict):
                node = node.get(key, node.get(int(key) if key.isdecimal() and len(key) < 10 else key))
            else:
                return None
        return node


def reference_name(value: Any) -> str:
    """The name of what a `$ref` refers to; empty if the value is none."""
    reference = value.get("$ref") if isinstance(value, dict) else None
    return reference.rstrip("/").rpartition("/")[2].rpartition("#")[2] if isinstance(reference, str) else ""
