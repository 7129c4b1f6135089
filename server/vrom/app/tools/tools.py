"""The tools: their schemas as agents see them, and the calls behind them.

All but short work is done in a worker; expected failures become a `ToolError` with their remedy.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated, Any, Literal, TypeVar

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from vrom.answers.models import (
    MAX_NEIGHBOURS,
    MAX_TOKENS,
    MAX_TOP_K,
    MAX_WINDOW,
    MIN_TOKENS,
    Answer,
    Form,
)
from vrom.app.connection import Connection, connection_of
from vrom.app.errors.client_errors import client_message
from vrom.app.jobs.fast_path import is_short
from vrom.app.jobs.workers import current_job
from vrom.app.resources.links import links
from vrom.errors import VromError

A = TypeVar("A", bound=Answer)

Format = Annotated[Form, Field(description="json: structured content")]
Budget = Annotated[int, Field(ge=MIN_TOKENS, le=MAX_TOKENS, description="The answer never exceeds it")]
Cursor = Annotated[str | None, Field(description="From the last answer, to read on")]
Neighbours = Annotated[int, Field(ge=0, le=MAX_NEIGHBOURS)]
Call = Context[Connection, Any]

READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


def add_tools(server: MCPServer[Any]) -> None:
    """Register the tools."""
    # Passages are plain content: a structured wrapper would show models the text escaped.
    options: dict[str, Any] = {
        "annotations": READ_ONLY, "structured_output": False, "meta": {"anthropic/maxResultSizeChars": MAX_TOKENS * 4},
    }  # fmt: skip
    server.add_tool(search_docs, title="Search documentation", **options)
    server.add_tool(get_chunk_context, title="Read around a passage", **options)
    server.add_tool(read_document, title="Read a document", **options)
    server.add_tool(compare_versions, title="Compare two versions", **options)
    server.add_tool(list_cartridges, title="List cartridges", **options)


async def search_docs(
    context: Call,
    query: Annotated[
        str | list[str], Field(description="A question, or exact names, flags, error messages; or a list of them")
    ],
    cartridges: Annotated[list[str] | None, Field(description="Ids to search; default all")] = None,
    top_k: Annotated[int, Field(ge=1, le=MAX_TOP_K, description="Passages; default 10")] = 10,
    max_tokens: Budget = 2000,
    context_window: Annotated[int, Field(ge=0, le=MAX_WINDOW, description="Chunks around each hit")] = 0,
    mode: Literal["hybrid", "semantic", "lexical"] = "hybrid",
    cursor: Cursor = None,
    response_format: Format = "markdown",
) -> CallToolResult:
    """Find the passages of the mounted documentation that answer a question. Use it before writing code against a
    library listed in the instructions, and for errors it raises. Each passage comes with its source and chunk id.
    Stop when one answers. get_chunk_context reads on at `continues: #id`, and shows what is only listed.
    """
    from vrom.answers.passages.several import as_text
    from vrom.answers.passages.size import size
    from vrom.answers.search import search_selected

    library, workers = connection_of(context).library, connection_of(context).workers
    with _tool_errors():
        choose = partial(library.select, cartridges or None, as_text(query), mode)
        selection = await workers.run(choose) if library.chooses(cartridges) else choose()
    found, result = await _answer(
        context,
        lambda: search_selected(
            library,
            selection,
            query,
            top_k=top_k,
            max_tokens=max_tokens,
            context_window=context_window,
            mode=mode,
            cursor=cursor,
            form=response_format,
            report=current_job().report,
        ),
        response_format,
        at_once=is_short(library, selection, as_text(query)),
    )
    used = sum(size(block.text) for block in result.content if isinstance(block, TextContent))
    result.content += links(
        [one for one in found.results if not one.listed], context.protocol_version, max_tokens * 4, used
    )
    return result


async def get_chunk_context(
    context: Call,
    cartridge: str,
    chunk_id: Annotated[int, Field(description="The number after # in a search result")],
    before: Neighbours = 1,
    after: Neighbours = 1,
    max_tokens: Budget = 2000,
    response_format: Format = "markdown",
) -> CallToolResult:
    """Read the text before and after a passage that search_docs found, as one continuous text."""
    from vrom.answers import context as around

    library, form = connection_of(context).library, response_format
    limits = {"before": before, "after": after, "max_tokens": max_tokens}
    _, result = await _answer(
        context, lambda: around.get_chunk_context(library, cartridge, chunk_id, form=form, **limits), form
    )
    return result


async def read_document(
    context: Call,
    cartridge: str,
    source_file: Annotated[str | None, Field(description="Leave out for the table of contents")] = None,
    section: Annotated[str | None, Field(description="A heading or #anchor of it")] = None,
    max_tokens: Budget = 4000,
    cursor: Cursor = None,
    response_format: Format = "markdown",
) -> CallToolResult:
    """Read a documentation page, or one section of it, in order. Without source_file: its table of contents."""
    from vrom.answers import read_document as reading

    library = connection_of(context).library
    limits: dict[str, Any] = {"max_tokens": max_tokens, "cursor": cursor, "form": response_format}

    def read() -> Answer:
        if source_file is None:
            return reading.table_of_contents(library, cartridge, **limits)
        return reading.read_document(library, cartridge, source_file, section, **limits)

    _, result = await _answer(context, read, response_format)
    return result


async def compare_versions(
    context: Call,
    old: Annotated[str, Field(description="A cartridge at the older version: ID@VERSION")],
    new: Annotated[str, Field(description="The same at the newer version")],
    source_file: Annotated[str | None, Field(description="A page; leave out for the list of changed pages")] = None,
    max_tokens: Budget = 4000,
    response_format: Format = "markdown",
) -> CallToolResult:
    """Show what changed in the documentation between two mounted versions: the changed pages, or one page's changes."""
    from vrom.answers.cartridges import compare

    library, form = connection_of(context).library, response_format
    _, result = await _answer(
        context,
        lambda: compare.compare_versions(library, old, new, source_file, max_tokens=max_tokens, form=form),
        form,
    )
    return result


async def list_cartridges(
    context: Call,
    query: Annotated[str | None, Field(description="Words to filter by")] = None,
    response_format: Format = "markdown",
) -> CallToolResult:
    """List the mounted documentation: id, versions, what it covers, size, state."""
    from vrom.answers.cartridges import listing

    library = connection_of(context).library
    _, result = await _answer(context, lambda: listing.list_cartridges(library, query), response_format)
    return result


async def _answer(
    context: Call, make: Callable[[], A], form: Form, *, at_once: bool = False
) -> tuple[A, CallToolResult]:
    """Make an answer, in a worker unless `at_once`, and the tool's result from it. Raises `ToolError`."""

    def work() -> tuple[A, CallToolResult]:
        from vrom.answers.render import render

        answer = make()
        structured = answer.model_dump() if form == "json" else None
        return answer, CallToolResult(content=[TextContent(text=render(answer, form))], structured_content=structured)

    with _tool_errors():
        return work() if at_once else await connection_of(context).workers.run(work)


@contextmanager
def _tool_errors() -> Iterator[None]:
    """Convert expected errors to a `ToolError`, whose message reaches the client."""
    try:
        yield
    except VromError as error:
        raise ToolError(client_message(error)) from error
