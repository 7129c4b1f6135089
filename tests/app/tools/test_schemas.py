"""Schemas of the tools, checked against the subsets of JSON Schema that hosts' models take.

Sources: https://ai.google.dev/api/caching#Schema (Gemini), https://platform.openai.com/docs/guides/structured-outputs
(strict mode), https://docs.claude.com/en/docs/agents-and-tools/tool-use (Claude: JSON Schema).
"""

import asyncio
import json

import pytest

from vrom.app.server import create_server
from vrom.app.tools.schemas import plain_schema

GEMINI = {"type", "description", "enum", "items", "properties", "required", "minimum", "maximum"}
STRICT = GEMINI | {"additionalProperties", "pattern", "anyOf"}


@pytest.fixture
def tools(library_of, tmp_path):
    server = create_server(library_of(tmp_path), warm=False)
    return asyncio.run(server.list_tools())


def keywords(schema):
    """The keywords of a schema and of those within it; names of properties are none."""
    found = set(schema)
    for inner in (*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])):
        found |= keywords(inner)
    return found


@pytest.mark.parametrize("taken", [GEMINI, STRICT])
def test_every_host_takes_them(tools, taken):
    for tool in tools:
        assert keywords(tool.input_schema) <= taken, tool.name
        for name, schema in tool.input_schema["properties"].items():
            assert isinstance(schema["type"], str), name
            assert schema["type"] != "null"


def test_they_cost_little(tools):
    shown = {"name", "description", "input_schema"}  # to a model; hosts keep titles and annotations for themselves
    text = json.dumps([tool.model_dump(by_alias=True, exclude_none=True, include=shown) for tool in tools])
    assert len(text) / 4 < 1_100


def test_of_several_types_the_first_stays():
    several = {"anyOf": [{"type": "null"}, {"type": "array", "items": {"type": "string"}}, {"type": "string"}]}
    schema = {"type": "object", "title": "T", "properties": {"a": several | {"default": None, "description": "D"}}}
    assert plain_schema(schema)["properties"]["a"] == {
        "type": "array", "items": {"type": "string"}, "description": "D",
    }  # fmt: skip
