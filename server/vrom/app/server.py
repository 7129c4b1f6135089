"""The MCP server object: cheap to make, so that the handshake never waits for a model or an index."""

import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import (
    ResourceNotFoundError,
    ToolError,
    UnexpectedResourceError,
    UnexpectedToolError,
)
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    CallToolResult,
    GetPromptResult,
    InputRequiredResult,
    RequestParams,
    SubscribeRequestParams,
    SubscriptionsListenRequestParams,
    Tool,
    UnsubscribeRequestParams,
)
from pydantic import AnyUrl, ValidationError

from vrom import __version__
from vrom.app.connection import ProjectWork
from vrom.app.errors.client_errors import UNEXPECTED, answer_the_unexpected
from vrom.app.instructions import instructions, mounted
from vrom.app.jobs.garbage_collector import pause_garbage_collection
from vrom.app.jobs.own_documentation import OwnDocumentation
from vrom.app.jobs.progress import report_progress
from vrom.app.jobs.workers import Workers
from vrom.app.resources.completion import add_completion
from vrom.app.resources.prompts import add_prompts
from vrom.app.resources.resources import add_resources, list_resources
from vrom.app.stdio.client_roots import ClientRoots
from vrom.app.stdio.streams import host_streams
from vrom.app.stdio.watchdog import guard_stdin
from vrom.app.subscriptions.notify import Changes
from vrom.app.tools.add_docs import Adding, hide_unless_asked
from vrom.app.tools.arguments import checked, find_too_long, readable, sound
from vrom.app.tools.schemas import plain_schema
from vrom.app.tools.tools import add_tools
from vrom.errors import VromError, nearest
from vrom.library.library import Library

LONGEST_URI = 20_000
"""Characters of a resource's address, percent-encoded."""


class DocumentationServer(MCPServer[Any]):
    """An `MCPServer` with lean schemas, descriptions that name what is mounted, and argument errors in one line."""

    def __init__(self, library: Library, own: OwnDocumentation | None = None, **options: Any) -> None:
        super().__init__("vrom", **options)
        self._library = library
        self._own = own

    def on_request(self, method: str, parameters: type[RequestParams], handler: Callable[..., Awaitable[Any]]) -> None:
        """Answer requests for which the SDK's high-level server has no handler, or a poorer one."""
        self._lowlevel_server.add_request_handler(method, parameters, handler)

    async def list_tools(self) -> list[Tool]:
        """The tools, with schemas that every host takes, and no longer than needed: a host pays for every token."""
        tools = await super().list_tools()
        for tool in tools:
            tool.input_schema = plain_schema(tool.input_schema)
            tool.description = " ".join((tool.description or "").split())
            if tool.name == "search_docs":
                tool.description += f" Mounted: {mounted(self._library)}."
        return tools

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool. Raises `ToolError` with a remedy for a tool or an argument that isn't there."""
        tools = {tool.name: tool for tool in self._tool_manager.list_tools()}
        if name not in tools:
            raise ToolError(f"No tool {name[:100]!r}. {nearest(name, tools)}")
        arguments = checked(name, arguments, tools[name].parameters["properties"])
        if self._own:
            await self._own.follow()
        try:
            return await super().call_tool(name, arguments, context)
        except UnexpectedToolError as error:
            raise UnexpectedToolError(f"{name}: {UNEXPECTED}") from error
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                raise ToolError(readable(error.__cause__)) from error.__cause__
            if isinstance(error.__cause__, ToolError):
                raise error.__cause__ from None  # without the SDK's words around it, which say nothing
            raise

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[Any, Any] | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        """Read a resource. Raises `ResourceError`; for the unexpected in words that lead on."""
        if len(str(uri)) > LONGEST_URI:
            raise ResourceNotFoundError(f"{len(str(uri)):,} characters, at most {LONGEST_URI:,} are accepted.")
        try:
            return await super().read_resource(uri, context)
        except UnexpectedResourceError as error:
            raise UnexpectedResourceError(f"resources/read: {UNEXPECTED}") from error

    async def run_stdio_async(self) -> None:
        """Serve the host that started the process, over streams that cost less than the SDK's."""
        self._guard = guard_stdin(self._library)
        async with host_streams() as (read, write):
            server = self._lowlevel_server
            await server.run(read, write, server.create_initialization_options())

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: Context[Any, Any] | None = None
    ) -> GetPromptResult | InputRequiredResult:
        """Make a prompt. Raises `MCPError` (invalid params) for a name that isn't there or a missing argument."""
        prompts = {prompt.name: prompt for prompt in self._prompt_manager.list_prompts()}
        if name not in prompts:
            raise MCPError(code=INVALID_PARAMS, message=f"No prompt {name[:100]!r}. {nearest(name, prompts)}")
        needed = [argument.name for argument in prompts[name].arguments or () if argument.required]
        missing = [argument for argument in needed if argument not in (arguments or {})]
        if missing:
            raise MCPError(code=INVALID_PARAMS, message=f"{name} needs the argument {missing[0]!r}.")
        given = {argument: sound(value) for argument, value in (arguments or {}).items()}
        if problem := find_too_long(given):
            raise MCPError(code=INVALID_PARAMS, message=problem)
        return await super().get_prompt(name, given, context)


def create_server(library: Library, *, warm: bool = True, work: ProjectWork | None = None) -> MCPServer[Any]:
    """A server over `library`, for any transport and both protocol eras.

    `warm`: read the indexes and load the models once a client has connected, before it asks. `work`: the project that
    the server works for, if any.
    """
    workers = Workers()
    text = instructions(library)
    changes = Changes(library, workers)
    server = DocumentationServer(
        library,
        OwnDocumentation(library, workers, work) if work else None,
        title="vrom documentation search",
        description="Offline documentation search over vROM cartridges",
        version=__version__,
        instructions=text,
        log_level="WARNING",
        lifespan=changes.lifespan,
        subscriptions=False,
        middleware=[
            answer_the_unexpected(),
            _current_instructions(library),
            changes.middleware(),
            report_progress(),
            list_resources(library, workers),
            *([hide_unless_asked()] if work and work.adding == "asked" else []),
            *([ClientRoots(library, workers, work.scope).middleware()] if work and work.follows_roots else []),
            *([_warm_after_handshake(library, workers)] if warm else []),
        ],
    )
    server.on_request("resources/subscribe", SubscribeRequestParams, changes.subscribe)
    server.on_request("resources/unsubscribe", UnsubscribeRequestParams, changes.unsubscribe)
    server.on_request("subscriptions/listen", SubscriptionsListenRequestParams, changes.listen)
    add_tools(server)
    if work and work.adding != "never":
        Adding(library, workers, work).add_tool(server)
    add_resources(server, library, workers)
    add_prompts(server, library, workers)
    add_completion(server, library, workers)
    return server


def _current_instructions(library: Library) -> ServerMiddleware[Any]:
    """Cartridges come and go: a client that connects later hears of those that are there then."""

    async def middleware(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        result = await call_next(ctx)
        if ctx.method in {"initialize", "server/discover"} and isinstance(result, dict):
            result["instructions"] = instructions(library)
        return result

    return middleware


def _warm_after_handshake(library: Library, workers: Workers) -> ServerMiddleware[Any]:
    """Once a client has said hello, read the indexes and load the models, so that its first question waits less."""
    begun = threading.Event()

    async def middleware(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        result = await call_next(ctx)
        if not begun.is_set() and ctx.method in {"notifications/initialized", "server/discover", "tools/list"}:
            begun.set()
            workers.submit(lambda: _load_models(library))
            workers.submit(lambda: _warm(library))
            library.on_change(lambda: workers.submit(library.learn_contents))
        return result

    return middleware


def _warm(library: Library) -> None:
    """Do what the first question would have to wait for. What goes wrong here, that question will meet and report."""
    with pause_garbage_collection():
        from vrom.answers.search import search_docs

        with contextlib.suppress(VromError):
            search_docs(library, "warm up", top_k=1)
    library.learn_contents()


def _load_models(library: Library) -> None:
    """Load the models while another thread reads the indexes."""
    for mount in library.mounts():
        if mount.manifest:
            with contextlib.suppress(VromError):
                library.embedders.get(mount.manifest.embedding_spec)
