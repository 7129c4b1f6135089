"""Completion of cartridges, paths, headings and chunk ids in resource templates and prompts."""

from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
)

from vrom.app.workers import Workers
from vrom.errors import VromError
from vrom.library import Library

LIMIT = 100
"""Values in one answer, by the protocol."""


def add_completion(server: MCPServer[Any], library: Library, workers: Workers) -> None:
    """Register the completion handler."""

    async def complete(
        _: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion:
        given = (context.arguments if context else None) or {}
        values = await workers.run(_values, library, argument.name, given)
        matching = _matching(values, argument.value)
        return Completion(values=matching[:LIMIT], total=len(matching), has_more=len(matching) > LIMIT)

    server.completion()(complete)  # type: ignore[no-untyped-call]


def _values(library: Library, name: str, given: dict[str, str]) -> list[str]:
    """Everything that the argument could be, given the arguments already there."""
    if name in {"cartridge", "old", "new"}:
        return [mount.id for mount in library.mounts() if mount.state != "broken"]
    chosen = given.get("cartridge") or given.get("new") or given.get("old")
    try:
        cartridges, _ = library.select([chosen] if chosen else None)
    except VromError:
        return []
    if name in {"path", "page", "source_file"}:
        return list(dict.fromkeys(name for cartridge in cartridges for name in cartridge.documents))
    if name in {"heading", "section"}:
        return list(dict.fromkeys(chunk.section_heading for cartridge in cartridges for chunk in cartridge.chunks))
    if name == "chunk_id" and chosen:
        return [str(chunk.chunk_id) for chunk in cartridges[0].chunks]
    return []


def _matching(values: list[str], typed: str) -> list[str]:
    """Those that begin with what was typed, then those that hold it, in any case."""
    folded = typed.casefold()
    holding = [value for value in values if folded in value.casefold()]
    return sorted(holding, key=lambda value: not value.casefold().startswith(folded))
