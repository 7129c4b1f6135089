"""Read AsyncAPI 2 and 3: a section an operation on a channel, with the payload of its messages.

https://www.asyncapi.com/docs/reference/specification/latest
"""

from collections.abc import Iterator
from typing import Any

from vrom.builder.sources.code.interfaces.load import References, reference_name
from vrom.builder.sources.code.interfaces.openapi import (
    mapping,
    write_description,
    write_information,
    write_schemas,
    write_security,
)
from vrom.builder.sources.code.interfaces.schemas import Schemas, as_list, flat, write_examples
from vrom.builder.sources.formats.markdown_writer import write_table


class AsyncApiWriter:
    """Writes the blocks of one document."""

    def __init__(self, document: dict[str, Any], references: References) -> None:
        self._document, self._references = document, references
        self._schemas = Schemas(references)

    def blocks(self) -> Iterator[str]:
        """The title, servers, channels with their operations, and schemas."""
        components = mapping(self._document.get("components"))
        yield from write_information(self._document)
        yield from self._servers()
        yield from write_security(components.get("securitySchemes"))
        for name, value in mapping(self._document.get("channels")).items():
            yield from self._channel(str(name), self._references.resolve(value))
        for name, value in mapping(self._document.get("operations")).items():
            yield from self._operation(str(name), self._references.resolve(value))
        yield from write_schemas(mapping(components.get("schemas")), self._schemas, self._references)

    def _servers(self) -> Iterator[str]:
        lines = []
        for name, value in mapping(self._document.get("servers")).items():
            server = self._references.resolve(value)
            address = server.get("url") or f"{flat(server.get('host'))}{flat(server.get('pathname'))}"
            about = ", ".join(filter(None, [flat(server.get("protocol")), flat(server.get("description"))]))
            lines.append(f"- **{name}**: {address}" + (f" ({about})" if about else ""))
        if lines:
            yield "Servers:\n\n" + "\n".join(lines)

    def _channel(self, name: str, channel: dict[str, Any]) -> Iterator[str]:
        if isinstance(channel.get("publish"), dict) or isinstance(channel.get("subscribe"), dict):  # version 2
            for action in ("publish", "subscribe"):
                if isinstance(channel.get(action), dict):
                    yield from self._action(action, name, channel[action], channel)
            return
        yield f"## Channel {channel.get('address') or name}"
        yield from write_description(channel.get("summary"))
        yield from write_description(channel.get("description"))
        yield from self._parameters(channel)
        for message, value in mapping(channel.get("messages")).items():
            yield from self._message(value, str(message))

    def _action(self, action: str, name: str, operation: dict[str, Any], channel: dict[str, Any]) -> Iterator[str]:
        summary = flat(operation.get("summary"))
        yield f"## {action.upper()} {name}" + (f": {summary}" if summary else "")
        yield from write_description(channel.get("description"))
        yield from write_description(operation.get("description"))
        if operation.get("operationId"):
            yield f"Operation: `{operation['operationId']}`"
        yield from self._parameters(channel)
        message = self._references.resolve(operation.get("message"))
        for one in as_list(message.get("oneOf")) or as_list(operation.get("message")):
            yield from self._message(one, "")

    def _operation(self, name: str, operation: dict[str, Any]) -> Iterator[str]:
        channel = self._references.resolve(operation.get("channel"))
        where = channel.get("address") or reference_name(operation.get("channel"))
        summary = flat(operation.get("summary") or operation.get("title"))
        yield f"## {flat(operation.get('action')).upper()} {where}" + (f": {summary}" if summary else "")
        yield f"Operation: `{name}`"
        yield from write_description(operation.get("description"))
        for message in as_list(operation.get("messages")) or list(mapping(channel.get("messages")).values()):
            label = reference_name(message)
            yield f"Message: {flat(self._references.resolve(message).get('name')) or label}"
        reply = self._references.resolve(operation.get("reply"))
        if reply:
            yield f"Reply on: {reference_name(reply.get('channel')) or 'the address in the message'}"

    def _parameters(self, channel: dict[str, Any]) -> Iterator[str]:
        rows = []
        for name, value in mapping(channel.get("parameters")).items():
            parameter = self._references.resolve(value)
            schema = self._references.resolve(parameter.get("schema"))
            kind = self._schemas.type_name(parameter.get("schema")) or "string"
            rows.append([f"`{name}`", kind, self._schemas.describe({**schema, **parameter})])
        if rows:
            yield "### Parameters"
            yield write_table([["Name", "Type", "Description"], *rows])

    def _message(self, value: Any, name: str) -> Iterator[str]:
        message = self._references.resolve(value)
        if not message:
            return
        label = flat(message.get("name") or message.get("title")) or reference_name(value) or name
        yield f"### Message {label}".rstrip()
        for key in ("summary", "description"):
            yield from write_description(message.get(key))
        if message.get("contentType"):
            yield f"Content type: `{flat(message['contentType'])}`"
        for key in ("headers", "payload"):
            schema = message.get(key)
            if schema is not None:
                inner = self._references.resolve(schema)
                yield f"{key.capitalize()}:" + (f" {reference_name(schema)}" if reference_name(schema) else "")
                yield from self._schemas.write(inner.get("schema", schema) if "schemaFormat" in inner else schema)
        yield from write_examples(message, self._references)
