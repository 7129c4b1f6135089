"""Schemas of tools in the subset of JSON Schema that every host takes.

Gemini and Vertex refuse a whole request for one parameter with `anyOf`, a null type or a `default`; OpenAI's strict
mode takes no defaults. Parameters that aren't required may be left out: that is what their null types would say.
"""

from typing import Any

_NOT_TAKEN = ("title", "default", "anyOf")


def plain_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a tool's arguments with plain types. Of several types of a parameter, the first stays."""
    properties = {name: _plain(one) for name, one in schema.get("properties", {}).items()}
    return {**{key: value for key, value in schema.items() if key not in _NOT_TAKEN}, "properties": properties}


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    types: list[dict[str, Any]] = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return {key: value for key, value in {**(types[0] if types else {}), **schema}.items() if key not in _NOT_TAKEN}
