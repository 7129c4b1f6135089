"""Cartridges, documents and chunks as MCP resources, for people and hosts that attach them to a conversation.

vrom://CARTRIDGE                    what it covers, and its table of contents
vrom://CARTRIDGE/SOURCE_FILE        a document as Markdown
vrom://CARTRIDGE/SOURCE_FILE#HEADING  one section of it
vrom://CARTRIDGE/chunks/CHUNK_ID    one chunk
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.server.mcpserver.resources import ResourceSecurity
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS

from vrom.app.errors.client_errors import client_message
from vrom.app.jobs.workers import Workers
from vrom.app.resources.listing import resource_page
from vrom.errors import InvalidArgumentError, NotFoundError, VromError
from vrom.format.versions import describe_version
from vrom.library.library import Library

CARTRIDGE = "vrom://{cartridge}"
CHUNK = "vrom://{cartridge}/chunks/{chunk_id}"
DOCUMENT = "vrom://{cartridge}/{+path}"
SECTION = "vrom://{cartridge}/{+path}#{heading}"

WHOLE = 10**9
"""A budget in tokens that nothing reaches: a resource is read whole."""

T = TypeVar("T")


def add_resources(server: MCPServer[Any], library: Library, workers: Workers) -> None:
    """Register the templates."""

    async def read(make: Callable[[], T]) -> T:
        try:
            return await workers.run(make)
        except NotFoundError as error:
            raise ResourceNotFoundError(client_message(error)) from error
        except VromError as error:
            raise ResourceError(client_message(error)) from error

    @server.resource(CARTRIDGE, name="cartridge", title="A cartridge: what it covers", mime_type="text/markdown")
    async def cartridge_resource(cartridge: str) -> str:
        """A cartridge's description, version and table of contents."""
        return await read(lambda: _overview(library, cartridge))

    @server.resource(CHUNK, name="chunk", title="One passage", mime_type="text/markdown")
    async def chunk_resource(cartridge: str, chunk_id: str) -> str:
        """One chunk, made whole."""
        from vrom.answers import context, markdown

        if not re.fullmatch(r"[0-9]{1,9}", chunk_id):
            return await document_resource(cartridge, f"chunks/{chunk_id}")  # a folder that is called that
        return await read(
            lambda: markdown.context(
                context.get_chunk_context(library, cartridge, int(chunk_id), before=0, after=0, max_tokens=WHOLE)
            )
        )

    @server.resource(DOCUMENT, name="document", title="A document", mime_type="text/markdown")
    async def document_resource(cartridge: str, path: str) -> str:
        """A document as Markdown, whole."""
        from vrom.answers import read_document as reading

        return await read(lambda: reading.read_document(library, cartridge, path, max_tokens=WHOLE).text)

    headings_are_no_paths = ResourceSecurity(exempt_params={"heading"})

    @server.resource(
        SECTION, name="section", title="A section", mime_type="text/markdown", security=headings_are_no_paths
    )
    async def section_resource(cartridge: str, path: str, heading: str) -> str:
        """One section of a document as Markdown, by its heading or the anchor of it."""
        from vrom.answers import read_document as reading

        return await read(lambda: reading.read_document(library, cartridge, path, heading, max_tokens=WHOLE).text)


def list_resources(library: Library, workers: Workers) -> ServerMiddleware[Any]:
    """Answer `resources/list` from what is mounted now, a page at a time."""

    async def middleware(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        if ctx.method != "resources/list":
            return await call_next(ctx)
        cursor = (ctx.params or {}).get("cursor")
        try:
            return await workers.run(resource_page, library, cursor)
        except InvalidArgumentError as error:
            raise MCPError(code=INVALID_PARAMS, message=str(error)) from error

    return middleware


def _overview(library: Library, cartridge_id: str) -> str:
    from vrom.answers import markdown
    from vrom.answers import read_document as reading

    manifest = library.open(cartridge_id).manifest
    facts = f"{manifest.total_chunks} chunks, {manifest.total_tokens} tokens, made {manifest.created_at}"
    contents = markdown.contents(reading.table_of_contents(library, cartridge_id, max_tokens=WHOLE))
    version = describe_version(manifest.version)
    return f"# {manifest.vrom_id} {version}\n\n{manifest.description}\n\n{facts}\n\n{contents}"
