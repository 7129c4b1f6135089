"""Schemas of interface descriptions (JSON Schema) as types, tables of properties, and examples."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from vrom.builder.sources.code.interfaces.load import References, reference_name
from vrom.builder.sources.formats.markdown_writer import write_fence, write_table

_DEEPEST, _MOST_ROWS, _MOST_VISITS, _LONGEST_EXAMPLE = 4, 400, 10_000, 6_000
_LIMITS = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems",
    "maxItems", "uniqueItems", "minProperties", "maxProperties", "pattern",
)  # fmt: skip

_MARKS = (("readOnly", "Read-only"), ("writeOnly", "Write-only"), ("deprecated", "Deprecated"))


class Property(NamedTuple):
    """A property with its path (`owner.name`, `items[].id`)."""

    path: str
    schema: dict[str, Any]
    type: str
    required: bool


class Schemas:
    """Writes the schemas of a document."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._left = 0  # how many more schemas are looked at for this table

    def type_name(self, schema: Any, depth: int = 0) -> str:
        """A type in words: `array of Pet`, `string (date-time)`, `Cat or Dog`."""
        if name := reference_name(schema):
            return name
        if not isinstance(schema, dict) or depth > _DEEPEST:
            return ""
        for key, word in (("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")):
            if options := as_list(schema.get(key)):
                names = [self.type_name(option, depth + 1) for option in options[:20]]
                if text := word.join(dict.fromkeys(filter(None, names))):
                    return text
        kinds = [str(kind) for kind in as_list(schema.get("type"))]
        written = [self._one_type(kind, schema, depth) for kind in kinds]
        if not written and "properties" in schema:
            written = ["object"]
        if not written and "items" in schema:
            written = [self._one_type("array", schema, depth)]
        if schema.get("nullable") is True and "null" not in written:
            written.append("null")
        return " or ".join(written)

    def _one_type(self, kind: str, schema: dict[str, Any], depth: int) -> str:
        if kind == "array":
            return f"array of {self.type_name(schema.get('items'), depth + 1) or 'any'}"
        if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
            values = self.type_name(schema["additionalProperties"], depth + 1)
            return f"map of {values}" if values and "properties" not in schema else kind
        return f"{kind} ({schema['format']})" if isinstance(schema.get("format"), str) else kind

    def write(self, schema: Any, name: str = "") -> list[str]:
        """Table of a schema's properties, or a line with its type and values.

        The properties of a schema that it refers to are in it, too, unless it has a `name` and so a section of its own
        among others.
        """
        rows = []
        self._left = _MOST_VISITS
        deepest = 0 if name else 1
        for number, found in enumerate(self._properties(schema, "", (name,), 0, deepest)):
            if number >= _MOST_ROWS:
                rows.append(["…", "", "", "more properties"])
                break
            rows.append([f"`{found.path}`", found.type, "yes" if found.required else "", self.describe(found.schema)])
        if rows:
            return [write_table([["Property", "Type", "Required", "Description"], *rows])]
        resolved = self._references.resolve(schema)
        text = self.describe({key: value for key, value in resolved.items() if key != "description"})
        line = ". ".join(filter(None, [self.type_name(schema), text]))
        return [f"Type: {line}"] if line else []

    def _properties(
        self, schema: Any, path: str, above: tuple[str | int, ...], depth: int, deepest: int
    ) -> Iterator[Property]:
        """Properties at all depths; those of schemas with a name only down to the depth `deepest`."""
        resolved = self._references.resolve(schema)
        marker = reference_name(schema) or id(schema)
        if (
            marker in above
            or depth > (deepest if reference_name(schema) else _DEEPEST)
            or not resolved
            or not self._left
        ):
            return
        self._left -= 1
        above = (*above, marker)
        if "items" in resolved and "properties" not in resolved:
            yield from self._properties(resolved["items"], f"{path}[]", above, depth, deepest)
        for part in ("allOf", "oneOf", "anyOf"):
            for option in as_list(resolved.get(part))[:50]:
                yield from self._properties(option, path, above, depth, deepest)
        required = [str(name) for name in as_list(resolved.get("required"))]
        properties = resolved.get("properties")
        for name, value in properties.items() if isinstance(properties, dict) else ():
            inner = self._references.resolve(value)
            own_path = f"{path}.{name}" if path else str(name)
            yield Property(own_path, inner, self.type_name(value), str(name) in required)
            yield from self._properties(value, own_path, above, depth + 1, deepest)

    def describe(self, schema: dict[str, Any]) -> str:
        """A schema's description, default, values and limits, on one line."""
        parts = [flat(schema.get("description") or schema.get("title"))]
        items = self._references.resolve(schema.get("items"))
        values = as_list(schema.get("enum")) or as_list(items.get("enum"))
        if values:
            parts.append("One of: " + ", ".join(f"`{plain(value)}`" for value in values[:200]))
        if "const" in schema:
            parts.append(f"Always `{plain(schema['const'])}`")
        if "default" in schema:
            parts.append(f"Default: `{plain(schema['default'])}`")
        parts += [f"{name}: `{plain(schema[name])}`" for name in _LIMITS if name in schema]
        parts += [
            word for key, word in (("readOnly", "Read-only"), ("writeOnly", "Write-only")) if schema.get(key) is True
        ]
        if schema.get("deprecated") is True:
            parts.append("Deprecated")
        if "example" in schema and not isinstance(schema["example"], dict | list):
            parts.append(f"Example: `{plain(schema['example'])}`")
        return ". ".join(part.rstrip(".") for part in parts if part)


def write_examples(holder: dict[str, Any], references: References) -> list[str]:
    """Code blocks of the examples that an object gives."""
    found = [("", holder["example"])] if holder.get("example") is not None else []
    examples = holder.get("examples")
    if isinstance(examples, dict):
        for name, value in list(examples.items())[:20]:
            example = references.resolve(value) or {"value": value}
            shown = example.get("value", example.get("payload", example if "$ref" not in example else None))
            found.append((flat(example.get("summary")) or str(name), shown))
    elif isinstance(examples, list):
        for value in examples[:20]:
            label = flat(value.get("summary") or value.get("name")) if isinstance(value, dict) else ""
            found.append((label, value["payload"] if isinstance(value, dict) and "payload" in value else value))
    blocks = []
    for label, value in found:
        if value is not None:
            blocks += [f"Example{': ' + label if label else ''}", write_value(value)]
    return blocks


def write_value(value: Any) -> str:
    """A value as a block of JSON; text as it is."""
    if isinstance(value, str):
        return write_fence(value[:_LONGEST_EXAMPLE], "json" if value.lstrip().startswith(("{", "[")) else "text")
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    if len(text) > _LONGEST_EXAMPLE:
        text = text[:_LONGEST_EXAMPLE].rpartition("\n")[0] + "\n…"
    return write_fence(text, "json")


def as_list(value: Any) -> list[Any]:
    """A value as a list: itself, or of one, or of none."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def flat(value: Any) -> str:
    """Text on one line; empty if it is none."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def plain(value: Any) -> str:
    """A value as JSON writes it, text without quotes."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)[:500]
