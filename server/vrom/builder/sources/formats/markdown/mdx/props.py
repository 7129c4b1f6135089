"""Data in the props of a component, as lists: `content={[{name: "model", type: "string", description: "…"}]}`."""

import re
from collections.abc import Iterator
from typing import Any

_SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r"""(["'`])((?:(?!\1)[^\\]|\\.)*)\1""", re.DOTALL)
_KEY = re.compile(r"[\w$-]+")
_OTHER = re.compile(r"[^,\[\]{}()\"'`]+")
_TAG = re.compile(r"<[^<>]*>|[{}]")
_DEEPEST = 12
_MOST_ITEMS = 2_000
_NAMES = ("name", "title", "label", "question", "heading", "term", "key", "prop", "parameter", "value", "type")
_TEXTS = ("description", "desc", "answer", "content", "text", "body", "summary", "subtitle", "details", "message")
_LISTS = ("parameters", "properties", "children", "items", "fields", "attributes", "args", "options", "props", "links")


def write_items(expression: str) -> str:
    """The objects in an expression as a list; empty if it isn't an array of objects with text."""
    value = _Reader(expression[1:-1]).read()
    if not isinstance(value, list) or not any(isinstance(item, dict) for item in value):
        return ""
    return "\n".join(_write(value, 0))


def _write(items: list[Any], depth: int) -> Iterator[str]:
    margin = "  " * depth
    for item in items[:_MOST_ITEMS]:
        if not isinstance(item, dict):
            continue
        name_key = next((key for key in _NAMES if _text(item.get(key))), "")
        name = _text(item.get(name_key))
        texts = [text for key in _TEXTS if (text := _text(item.get(key))) and key != name_key]
        nested = [item[key] for key in _LISTS if isinstance(item.get(key), list)]
        if not (texts or (name and nested) or (name and name_key == "name" and "type" in item) or _target(item)):
            continue
        yield f"{margin}- {_write_name(item, name_key, name)}{': ' if name and texts else ''}{' '.join(texts)}"
        if depth < _DEEPEST:
            for group in nested:
                yield from _write(group, depth + 1)


def _write_name(item: dict[str, Any], key: str, name: str) -> str:
    details = [quote_type(_text(item.get("type")))] if key != "type" else []
    flags = ("required", "optional", "deprecated")
    details += [flag for flag in flags if True in (item.get(flag), item.get(f"is{flag.capitalize()}"))]
    if default := _text(item.get("default") or item.get("defaultValue")):
        details.append(f"default {default}")
    shown = ", ".join(filter(None, details))
    if shown or (key in ("name", "prop", "parameter", "type") and " " not in name):
        name = f"`{name}`" if name and "`" not in name else name
    elif name:
        name = f"**[{name}]({_target(item)})**" if _target(item) and "[" not in name else f"**{name}**"
    return f"{name} ({shown})" if shown else name


def quote_type(name: str) -> str:
    """The name of a type, as code if it would be read as a tag: `List<Item>`."""
    return f"`{name}`" if "<" in name and "`" not in name else name


def _target(item: dict[str, Any]) -> str:
    target = next((text for key in ("href", "url", "to", "link") if (text := _text(item.get(key)))), "")
    return target if target and not re.search(r"[\s()]", target) else ""


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


class _Reader:
    """Reads a literal of JavaScript as far as it is one: strings, arrays, objects, true and false; the rest is None."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def read(self) -> Any:
        """The value of the whole text."""
        return self._value(0)

    def _skip(self) -> None:
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at

    def _value(self, depth: int) -> Any:
        self._skip()
        sign = self.text[self.at : self.at + 1]
        if sign in ("[", "{") and sign and depth < 2 * _DEEPEST:
            return self._list(depth) if sign == "[" else self._object(depth)
        if string := _STRING.match(self.text, self.at):
            self.at = string.end()
            value: Any = re.sub(
                r"\\(.)", lambda match: {"n": "\n", "t": " "}.get(match[1], match[1]), string[2], flags=re.DOTALL
            )
            self._skip()
            while self.text.startswith("+", self.at):  # "a" + "b"
                self.at += 1
                self._skip()
                more = _STRING.match(self.text, self.at)
                if not more:
                    break
                value += more[2]
                self.at = more.end()
                self._skip()
            self._pass_over()
            return value
        start = self.at
        self._pass_over()
        word = self.text[start : self.at].strip()
        if word.startswith("<"):
            return _TAG.sub("", word)
        return {"true": True, "false": False}.get(word)

    def _pass_over(self) -> None:
        """Move to the end of a value that isn't a literal: the next comma or bracket at its own level."""
        depth = 0
        while self.at < len(self.text):
            sign = self.text[self.at]
            if depth == 0 and sign in ",]}":
                return
            if sign in "\"'`" and (string := _STRING.match(self.text, self.at)):
                self.at = string.end()
            elif other := _OTHER.match(self.text, self.at):
                self.at = other.end()
            else:
                depth += 1 if sign in "[{(" else -1 if sign in "]})" else 0
                self.at += 1

    def _list(self, depth: int) -> list[Any]:
        found: list[Any] = []
        self.at += 1
        while self.at < len(self.text):
            self._skip()
            if self.text.startswith("]", self.at):
                self.at += 1
                break
            before = self.at
            found.append(self._value(depth + 1))
            self._skip()
            if self.text.startswith(",", self.at) or self.at == before:
                self.at += 1
        return found

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.at += 1
        while self.at < len(self.text):
            self._skip()
            if self.text.startswith("}", self.at):
                self.at += 1
                break
            before = self.at
            key = _STRING.match(self.text, self.at) or _KEY.match(self.text, self.at)
            name = (key[2] if key.lastindex else key[0]) if key else ""
            self.at = key.end() if key else self.at
            self._skip()
            if self.text.startswith(":", self.at):
                self.at += 1
                found[name] = self._value(depth + 1)
            else:
                self._pass_over()
            self._skip()
            if self.text.startswith(",", self.at) or self.at == before:
                self.at += 1
        return found
