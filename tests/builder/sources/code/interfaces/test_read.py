"""OpenAPI and AsyncAPI as Markdown."""

import json

import pytest

from vrom.builder.sources.code.interfaces.kind import find_interface_kind
from vrom.builder.sources.code.interfaces.read import read_interface
from vrom.builder.sources.formats.encodings.decode import UnreadableError

PETS = """
openapi: 3.1.0
info: {title: Shelves, version: "2", description: "# Intro\\n\\nAll shelves."}
servers: [{url: "https://x.org/v2", description: live}]
paths:
  /shelves/{id}:
    parameters: [{$ref: "#/components/parameters/Id"}]
    get:
      operationId: getShelf
      tags: [shelves]
      summary: One shelf
      security: [{key: []}]
      responses:
        "200":
          description: found
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Shelf"}
              example: {id: 7}
    put:
      deprecated: true
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name]
              properties:
                name: {type: string, default: top, maxLength: 9}
                kind: {type: string, enum: [oak, pine], description: Of which wood}
      responses: {"204": {description: stored}}
components:
  parameters: {Id: {name: id, in: path, required: true, schema: {type: integer, format: int64}, description: Which}}
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    Shelf:
      description: A shelf
      properties: {id: {type: integer}, above: {$ref: "#/components/schemas/Shelf"}}
    Tall: {allOf: [{$ref: "#/components/schemas/Shelf"}, {properties: {steps: {type: array, items: {type: string}}}}]}
"""


def read(text):
    (document,) = read_interface(text, "api.yaml")
    return document


def section(text, heading):
    return next(part for part in read(text).text.split("\n## ") if part.startswith(heading))


def test_an_operation_is_a_section_with_its_parameters_as_a_table():
    part = section(PETS, "GET /shelves/{id}: One shelf")
    assert "Operation: `getShelf`. Tags: shelves. Security: key" in part
    assert "| Name | In | Type | Required | Description |" in part
    assert "| `id` | path | integer (int64) | yes | Which |" in part


def test_responses_have_their_schema_and_example():
    part = section(PETS, "GET")
    assert "**200**: found" in part
    assert "| `above` | Shelf |" in part
    assert '```json\n{\n  "id": 7\n}\n```' in part


def test_a_body_is_a_table_of_properties_with_defaults_values_and_limits():
    part = section(PETS, "PUT")
    assert "**Deprecated.**" in part
    assert "| `name` | string | yes | Default: `top`. maxLength: `9` |" in part
    assert "| `kind` | string |  | Of which wood. One of: `oak`, `pine` |" in part


def test_title_servers_security_and_schemas_are_there():
    document = read(PETS)
    assert document.title == "Shelves"
    assert "- https://x.org/v2: live" in document.text
    assert "**Intro**" in document.text  # a heading of a description starts no section
    assert "**key**: apiKey, header `X-Key`" in document.text
    assert "| `steps` | array of string |" in section(PETS, "Schema Tall")


def test_json_is_read_as_yaml_is():
    import yaml

    assert read(json.dumps(yaml.safe_load(PETS))).text == read(PETS).text


def test_swagger_2_has_its_body_and_definitions():
    text = """
swagger: "2.0"
info: {title: Old, version: 1}
host: x.org
basePath: /v1
paths:
  /a:
    post:
      parameters:
        - {name: q, in: query, type: string, enum: [x, y]}
        - {name: body, in: body, schema: {$ref: "#/definitions/A"}}
      responses: {200: {description: ok, schema: {type: array, items: {$ref: "#/definitions/A"}}}}
definitions: {A: {type: object, properties: {b: {type: boolean}}}}
"""
    part = section(text, "POST /a")
    assert "| `q` | query | string | no | One of: `x`, `y` |" in part
    assert "### Request body\n\nA\n\n| Property" in part
    assert "array of A" in part
    assert "| `[].b` | boolean |" in part
    assert "- https://x.org/v1" in read(text).text


def test_asyncapi_of_both_versions_has_a_section_an_operation():
    second = """
asyncapi: 2.6.0
info: {title: Events, version: 1.0.0}
channels:
  lamp/{id}:
    parameters: {id: {schema: {type: string}, description: which}}
    subscribe: {summary: Measured, message: {name: Light, payload: {properties: {lumens: {type: integer}}}}}
"""
    part = section(second, "SUBSCRIBE lamp/{id}: Measured")
    assert "| `id` | string | which |" in part
    assert "### Message Light" in part
    assert "| `lumens` | integer |" in part
    third = """
asyncapi: 3.0.0
info: {title: Events, version: 1.0.0}
channels: {c: {address: user/new, messages: {New: {payload: {properties: {name: {type: string}}}}}}}
operations: {send: {action: send, channel: {$ref: "#/channels/c"}, messages: [{$ref: "#/channels/c/messages/New"}]}}
"""
    assert "Message: New" in section(third, "SEND user/new")
    assert "| `name` | string |" in section(third, "Channel user/new")


def test_a_reference_to_another_file_is_named():
    document = read("openapi: 3.0.0\npaths: {/a: {get: {responses: {200: {$ref: 'other.yaml#/x'}}}}}")
    assert [remark.example for remark in document.remarks] == ["$ref: other.yaml#/x"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("openapi: 3.0.0\n", "openapi"),
        ("# comment\n---\nswagger: '2.0'\n", "swagger"),
        ('{"info": {}, "openapi": "3.1.0"}', "openapi"),
        ("asyncapi: 2.0.0", "asyncapi"),
        ("name: openapi\n", ""),
        ("services: {openapi: 3}\n", ""),
        ('{"dependencies": {"openapi": "^1"}}', ""),
    ],
)
def test_kinds_are_recognised_by_the_content(text, kind):
    assert find_interface_kind(text) == kind


def test_circles_of_references_end():
    schemas = {f"S{n}": {"allOf": [{"$ref": f"#/components/schemas/S{(n + 1) % 9}"}] * 9} for n in range(9)}
    read(json.dumps({"openapi": "3.0.0", "components": {"schemas": schemas}}))
    read('{"openapi": "3.0.0", "paths": {"/a": {"$ref": "#/paths/~1a"}}}')


@pytest.mark.parametrize(
    "bomb",
    [
        "openapi: 3.0.0\na: &a [x, x, x, x, x, x, x, x, x]\n"
        + "\n".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
        "openapi: 3.0.0\na: &a [*a]",
        "openapi: 3.0.0\nx: " + "[" * 5_000,
        '{"openapi": "3.0.0", "x": ' + "[" * 100_000,
        "openapi: 3.0.0\nx: !!python/object/apply:os.system [echo]",
        "openapi: [",
        "- openapi: 3",
        "name: x",
    ],
)
def test_hostile_and_other_yaml_is_unreadable(bomb):
    with pytest.raises(UnreadableError):
        read(bomb)
