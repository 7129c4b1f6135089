"""Read OpenAPI 2 (Swagger), 3.0 and 3.1: a section an operation, with tables of its parameters and properties.

https://spec.openapis.org/oas/
"""

from collections.abc import Iterator
from typing import Any

from vrom.builder.sources.code.interfaces.load import References, reference_name
from vrom.builder.sources.code.interfaces.schemas import Schemas, as_list, flat, plain, write_examples
from vrom.builder.sources.formats.fenced_text import replace_headings
from vrom.builder.sources.formats.markdown_writer import write_fence, write_table

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_OWN = ("description", "example", "deprecated")


class OpenApiWriter:
    """Writes the blocks of one document."""

    def __init__(self, document: dict[str, Any], references: References) -> None:
        self._document, self._references = document, references
        self._schemas = Schemas(references)

    def blocks(self) -> Iterator[str]:
        """The title, servers, operations grouped as they are written, and schemas."""
        yield from write_information(self._document)
        yield from self._servers()
        yield from write_security(
            mapping(self._components().get("securitySchemes")) or self._document.get("securityDefinitions")
        )
        for path, item in {**mapping(self._document.get("paths")), **mapping(self._document.get("webhooks"))}.items():
            yield from self._path(str(path), self._references.resolve(item))
        schemas = mapping(self._components().get("schemas")) or mapping(self._document.get("definitions"))
        yield from write_schemas(schemas, self._schemas, self._references)

    def _components(self) -> dict[str, Any]:
        return mapping(self._document.get("components"))

    def _servers(self) -> Iterator[str]:
        lines = []
        for server in as_list(self._document.get("servers")):
            if isinstance(server, dict) and server.get("url"):
                lines.append(
                    f"- {server['url']}" + (f": {flat(server['description'])}" if server.get("description") else "")
                )
                for name, variable in mapping(server.get("variables")).items():
                    lines.append(f"  - `{name}`: {self._schemas.describe(mapping(variable))}")
        if host := self._document.get("host") or self._document.get("basePath"):
            schemes = as_list(self._document.get("schemes")) or ["https"]
            base = self._document.get("basePath") or ""
            lines += [f"- {scheme}://{host}{base}" if host != base else f"- {base}" for scheme in schemes]
        if lines:
            yield "Servers:\n\n" + "\n".join(lines)

    def _path(self, path: str, item: dict[str, Any]) -> Iterator[str]:
        shared = as_list(item.get("parameters"))
        for method in _METHODS:
            if isinstance(item.get(method), dict):
                yield from self._operation(f"{method.upper()} {path}", item[method], shared, item)

    def _operation(
        self, name: str, operation: dict[str, Any], shared: list[Any], item: dict[str, Any]
    ) -> Iterator[str]:
        summary = flat(operation.get("summary") or item.get("summary"))
        yield f"## {name}" + (f": {summary}" if summary else "")
        if operation.get("deprecated") is True:
            yield "**Deprecated.**"
        yield from write_description(operation.get("description") or item.get("description"))
        facts = [f"Operation: `{plain(operation['operationId'])}`"] if operation.get("operationId") else []
        if tags := [str(tag) for tag in as_list(operation.get("tags"))]:
            facts.append(f"Tags: {', '.join(tags)}")
        if needed := self._security(operation):
            facts.append(f"Security: {needed}")
        if facts:
            yield ". ".join(facts)
        parameters = self._merge([*shared, *as_list(operation.get("parameters"))])
        body = next((one for one in parameters if one.get("in") == "body"), None)
        yield from self._parameters([one for one in parameters if one is not body])
        yield from self._body(self._references.resolve(operation.get("requestBody")))
        if body:
            yield "### Request body"
            yield from write_description(body.get("description"))
            yield from self._content("", {"schema": body.get("schema")})
        yield from self._responses(mapping(operation.get("responses")))
        yield from self._samples(operation)

    def _merge(self, parameters: list[Any]) -> list[dict[str, Any]]:
        """Parameters of the path and the operation; one of the operation replaces one of the path."""
        found = {}
        for parameter in map(self._references.resolve, parameters):
            if parameter:
                found[str(parameter.get("name")), str(parameter.get("in"))] = parameter
        return list(found.values())

    def _parameters(self, parameters: list[dict[str, Any]]) -> Iterator[str]:
        rows = []
        for parameter in parameters:
            content: Any = next(iter(mapping(parameter.get("content")).values()), {})
            schema = parameter.get("schema") or mapping(content).get("schema") or parameter
            resolved = self._references.resolve(schema)
            own: dict[str, Any] = {
                key: parameter[key] for key in ("description", "example", "deprecated") if key in parameter
            }
            rows.append(
                [
                    f"`{plain(parameter.get('name', ''))}`",
                    flat(parameter.get("in")),
                    self._schemas.type_name(schema),
                    "yes" if parameter.get("required") is True else "no",
                    self._schemas.describe({**resolved, **own}),
                ]
            )
        if rows:
            yield "### Parameters"
            yield write_table([["Name", "In", "Type", "Required", "Description"], *rows])
        for parameter in parameters:
            if isinstance(parameter.get("examples"), dict):
                yield from write_examples({"examples": parameter["examples"]}, self._references)

    def _body(self, body: dict[str, Any]) -> Iterator[str]:
        if not body:
            return
        yield "### Request body"
        if body.get("required") is True:
            yield "Required."
        yield from write_description(body.get("description"))
        for media, content in mapping(body.get("content")).items():
            yield from self._content(str(media), self._references.resolve(content))

    def _content(self, media: str, content: dict[str, Any]) -> Iterator[str]:
        schema = content.get("schema")
        name = reference_name(schema) or (self._schemas.type_name(schema) if schema else "")
        line = " ".join(filter(None, [f"`{media}`" if media else "", name]))
        if line:
            yield line
        table = self._schemas.write(schema) if schema else []
        yield from (block for block in table if block != f"Type: {name}")
        yield from write_examples(content or {}, self._references)
        resolved = self._references.resolve(schema)
        if "example" not in content and "examples" not in content and isinstance(resolved.get("example"), dict | list):
            yield from write_examples({"example": resolved["example"]}, self._references)

    def _responses(self, responses: dict[str, Any]) -> Iterator[str]:
        if responses:
            yield "### Responses"
        for status, value in responses.items():
            response = self._references.resolve(value)
            yield f"**{status}**" + (f": {flat(response.get('description'))}" if response.get("description") else "")
            yield from self._headers(mapping(response.get("headers")))
            for media, content in mapping(response.get("content")).items():
                yield from self._content(str(media), self._references.resolve(content))
            if "schema" in response:  # OpenAPI 2
                yield from self._content("", {"schema": response["schema"], "examples": response.get("examples")})

    def _headers(self, headers: dict[str, Any]) -> Iterator[str]:
        rows = []
        for name, value in headers.items():
            header = self._references.resolve(value)
            kind = self._schemas.type_name(header.get("schema") or header)
            rows.append([f"`{name}`", kind, self._schemas.describe(header)])
        if rows:
            yield write_table([["Header", "Type", "Description"], *rows])

    def _security(self, operation: dict[str, Any]) -> str:
        needed = operation.get("security", self._document.get("security"))
        options = []
        for option in as_list(needed):
            parts = [
                f"{name}" + (f" ({', '.join(map(str, as_list(scopes)))})" if scopes else "")
                for name, scopes in mapping(option).items()
            ]
            options.append(" and ".join(parts) or "none")
        return " or ".join(options)

    def _samples(self, operation: dict[str, Any]) -> Iterator[str]:
        """Code samples, which documentation tools take from `x-codeSamples`."""
        for sample in as_list(operation.get("x-codeSamples") or operation.get("x-code-samples")):
            source = mapping(sample).get("source")
            if isinstance(source, str) and source.strip():
                yield write_fence(source, flat(sample.get("lang")).lower().replace(" ", "-"))


def write_information(document: dict[str, Any]) -> Iterator[str]:
    """Title, version, description and tags."""
    information = mapping(document.get("info"))
    yield f"# {flat(information.get('title')) or 'API'}"
    if information.get("version") is not None:
        yield f"Version {plain(information['version'])}"
    yield from write_description(information.get("summary"))
    yield from write_description(information.get("description"))
    tags = [tag for tag in as_list(document.get("tags")) if isinstance(tag, dict) and tag.get("description")]
    if tags:
        yield "\n".join(f"- **{flat(tag.get('name'))}**: {flat(tag['description'])}" for tag in tags)


def write_description(text: Any) -> Iterator[str]:
    """A description, which is Markdown, with its headings as bold lines."""
    if isinstance(text, str) and text.strip():
        yield replace_headings(text.strip())


def write_security(schemes: Any) -> Iterator[str]:
    """Section on how clients authenticate."""
    if not mapping(schemes):
        return
    yield "## Security"
    for name, scheme in mapping(schemes).items():
        about = mapping(scheme)
        facts = [flat(about.get(key)) for key in ("type", "scheme", "bearerFormat") if about.get(key)]
        if about.get("name"):
            facts.append(f"{flat(about.get('in'))} `{plain(about['name'])}`")
        yield f"**{name}**: {', '.join(facts)}"
        yield from write_description(about.get("description"))


def write_schemas(schemas: dict[str, Any], writer: Schemas, references: References) -> Iterator[str]:
    """Section a schema."""
    for name, schema in schemas.items():
        resolved = references.resolve(schema)
        yield f"## Schema {name}"
        yield from write_description(resolved.get("description"))
        yield from writer.write(schema, str(name))
        yield from write_examples(
            resolved if isinstance(resolved.get("example"), dict | list) or "examples" in resolved else {}, references
        )


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}
