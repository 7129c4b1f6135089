"""Completion of cartridges, paths, headings and chunk ids in resource templates and prompts."""

from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from vrom.search.cartridge import Cartridge

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
        return [mount.name for mount in library.mounts(every_version=True) if mount.state != "broken"]
    chosen = given.get("cartridge") or given.get("new") or given.get("old")
    try:
        cartridges, _ = library.select([chosen] if chosen else None)
        if name in {"path", "page"}:
            return list(dict.fromkeys(path for cartridge in cartridges for path in cartridge.documents))
        if name == "heading":
            return [heading for cartridge in cartridges for heading in _headings(cartridge, given.get("path"))]
    except VromError:
        return []
    if name == "chunk_id" and chosen and cartridges:
        return [str(chunk.chunk_id) for chunk in cartridges[0].chunks]
    return []


def _headings(cartridge: "Cartridge", path: str | None) -> list[str]:
    """Those of a document, or of all as long as none is chosen."""
    from vrom.answers.documents import document_of

    if path:
        headings = [section.heading for section in document_of(cartridge, path).sections()]
    else:
        headings = [chunk.section_heading for chunk in cartridge.chunks if chunk.section_heading]
    return list(dict.fromkeys(headings))


def _matching(values: list[str], typed: str) -> list[str]:
    """Those that begin with what was typed, then those that hold it, in any case."""
    folded = typed.casefold()
    holding = [value for value in values if folded in value.casefold()]
    return sorted(holding, key=lambda value: not value.casefold().startswith(folded))
