"""The four tools: their schemas as agents see them, and the calls behind them."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, TypeVar

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, ContentBlock, TextContent, ToolAnnotations
from pydantic import Field

from vrom.answers.models import (
    MAX_NEIGHBOURS,
    MAX_TOKENS,
    MAX_TOP_K,
    MAX_WINDOW,
    MIN_TOKENS,
    Answer,
    Form,
    SearchAnswer,
)
from vrom.app.client_errors import told
from vrom.app.jobs.fast_path import is_short
from vrom.app.jobs.opening import open_each
from vrom.app.jobs.workers import Workers
from vrom.app.resources.links import links
from vrom.errors import VromError
from vrom.library.library import Library

A = TypeVar("A", bound=Answer)

Format = Annotated[Form, Field(description="json: structured content")]
Budget = Annotated[int, Field(ge=MIN_TOKENS, le=MAX_TOKENS, description="The answer never exceeds it")]
Cursor = Annotated[str | None, Field(description="From the last answer, to read on")]
Neighbours = Annotated[int, Field(ge=0, le=MAX_NEIGHBOURS)]

READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


def add_tools(server: MCPServer[Any], library: Library, workers: Workers) -> None:
    """Register the four tools. All but short work is done in `workers`; expected failures come with their remedy."""

    async def answer(
        make: Callable[[], A],
        form: Form,
        beside: Callable[[A, str], Sequence[ContentBlock]] = lambda *_: (),
        *,
        at_once: bool = False,
    ) -> CallToolResult:
        def work() -> tuple[A, str, dict[str, Any] | None]:
            from vrom.answers.render import render

            made = make()
            return made, render(made, form), made.model_dump() if form == "json" else None

        try:
            made, text, structured = work() if at_once else await workers.run(work)
        except VromError as error:
            raise ToolError(told(error)) from error
        return CallToolResult(content=[TextContent(text=text), *beside(made, text)], structured_content=structured)

    def tool(title: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        # Passages are plain content: a structured wrapper would show models the text escaped.
        meta = {"anthropic/maxResultSizeChars": MAX_TOKENS * 4}
        return server.tool(title=title, annotations=READ_ONLY, structured_output=False, meta=meta)

    @tool("Search documentation")
    async def search_docs(
        context: Context[Any, Any],
        query: Annotated[str, Field(description="A question, or exact names, flags, error messages")],
        cartridges: Annotated[list[str] | str | None, Field(description="Ids to search; default all")] = None,
        top_k: Annotated[int, Field(ge=1, le=MAX_TOP_K)] = 5,
        max_tokens: Budget = 2000,
        context_window: Annotated[int, Field(ge=0, le=MAX_WINDOW, description="Chunks around each hit")] = 0,
        mode: Literal["hybrid", "semantic", "lexical"] = "hybrid",
        cursor: Cursor = None,
        response_format: Format = "markdown",
    ) -> CallToolResult:
        """Find the passages of the mounted documentation that answer a question. Use it before writing code against a
        library listed in the instructions, and for errors it raises. Each passage comes with its source and chunk id.
        Stop when one answers; where it breaks off, read on with get_chunk_context or read_document.
        """
        from vrom.answers import search

        ids = _ids(cartridges)

        def find() -> SearchAnswer:
            open_each(library, ids, query)
            return search.search_docs(
                library,
                query,
                ids,
                top_k=top_k,
                max_tokens=max_tokens,
                context_window=context_window,
                mode=mode,
                cursor=cursor,
                form=response_format,
            )

        return await answer(
            find,
            response_format,
            lambda found, text: links(found.results, context.protocol_version, max_tokens * 4, len(text)),
            at_once=is_short(library, ids, query),
        )

    @tool("Read around a passage")
    async def get_chunk_context(
        cartridge: str,
        chunk_id: Annotated[int, Field(description="The number after # in a search result")],
        before: Neighbours = 1,
        after: Neighbours = 1,
        max_tokens: Budget = 2000,
        response_format: Format = "markdown",
    ) -> CallToolResult:
        """Read what stands before and after a passage that search_docs found, as one continuous text."""
        from vrom.answers import context

        return await answer(
            lambda: context.get_chunk_context(
                library, cartridge, chunk_id, before=before, after=after, max_tokens=max_tokens, form=response_format
            ),
            response_format,
        )

    @tool("Read a document")
    async def read_document(
        cartridge: str,
        source_file: Annotated[str | None, Field(description="Leave out for the table of contents")] = None,
        section: Annotated[str | None, Field(description="A heading or #anchor of it")] = None,
        max_tokens: Budget = 4000,
        cursor: Cursor = None,
        response_format: Format = "markdown",
    ) -> CallToolResult:
        """Read a documentation page, or one section of it, in order. Without source_file: what the cartridge holds."""
        from vrom.answers import read_document as reading

        if source_file is None:
            return await answer(
                lambda: reading.table_of_contents(
                    library, cartridge, max_tokens=max_tokens, cursor=cursor, form=response_format
                ),
                response_format,
            )
        return await answer(
            lambda: reading.read_document(
                library, cartridge, source_file, section, max_tokens=max_tokens, cursor=cursor, form=response_format
            ),
            response_format,
        )

    @tool("List cartridges")
    async def list_cartridges(
        query: Annotated[str | None, Field(description="Words to filter by")] = None,
        response_format: Format = "markdown",
    ) -> CallToolResult:
        """List the mounted documentation: id, version, what it covers, size, age, state."""
        from vrom.answers import listing

        return await answer(lambda: listing.list_cartridges(library, query), response_format)


def _ids(cartridges: list[str] | str | None) -> list[str] | None:
    """The ids asked for; None means all. A string may hold several, with commas."""
    if isinstance(cartridges, str):
        cartridges = cartridges.replace(",", " ").split()
    return cartridges or None
