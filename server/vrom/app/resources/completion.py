"""Completion of cartridges, paths, headings and chunk ids in resource templates and prompts."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from mcp.server.mcpserver import MCPServer
from mcp.types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
)

from vrom.app.jobs.workers import Workers
from vrom.errors import VromError
from vrom.format.hidden_text import visible
from vrom.library.library import Library

if TYPE_CHECKING:
    from vrom.search.shelf import Shelf

LIMIT = 100
"""Values in one answer, by the protocol."""
MOST_NAMES = 100_000
"""Names of a cartridge that are looked through."""


def add_completion(server: MCPServer[Any], library: Library, workers: Workers) -> None:
    """Register the completion handler."""

    async def complete(
        _: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion:
        given = (context.arguments if context else None) or {}
        values = await workers.run(_values, library, argument, given)
        matching = _matching(values, argument.value)
        return Completion(values=matching[:LIMIT], total=len(matching), has_more=len(matching) > LIMIT)

    server.completion()(complete)  # type: ignore[no-untyped-call]


def _values(library: Library, argument: CompletionArgument, given: dict[str, str]) -> list[str]:
    """Everything that the argument could be, given the arguments already there.

    As long as no cartridge is chosen and very many are mounted, those are looked into that a search for what was typed
    so far would go to.
    """
    name = argument.name
    if name in {"cartridge", "old", "new"}:
        return [mount.name for mount in library.mounts(every_version=True) if mount.state != "broken"]
    chosen = given.get("cartridge") or given.get("new") or given.get("old")
    try:
        opened, _ = library.open_all(library.select([chosen] if chosen else None, argument.value))
        if name in {"path", "page"}:
            return _values_of_all(library, opened, lambda cartridge: cartridge.documents)
        if name == "question" and argument.value.strip():
            return _values_of_all(library, opened, lambda cartridge: islice(cartridge.lexical.names, MOST_NAMES))
        if name == "heading":
            return _values_of_all(library, opened, lambda cartridge: _headings(cartridge, given.get("path")))
    except VromError:
        return []
    if name == "chunk_id" and chosen and opened:
        return [str(chunk_id) for chunk_id in range(opened[0].size)]
    return []


def _headings(cartridge: "Shelf", path: str | None) -> Iterable[str]:
    """Those of a document, or of all as long as none is chosen."""
    from vrom.answers.document import document_of

    if path:
        return (section.heading for section in document_of(cartridge, path).sections())
    return (visible(heading) for titles in cartridge.section_paths() for heading in titles)


def _values_of_all(
    library: Library, cartridges: Iterable["Shelf"], values_of: Callable[["Shelf"], Iterable[str]]
) -> list[str]:
    """Distinct values of all cartridges but those that prove to be damaged."""
    found: dict[str, None] = {}
    library.leave_out_damaged(cartridges, lambda cartridge: found.update(dict.fromkeys(values_of(cartridge))))
    return list(found)


def _matching(values: list[str], typed: str) -> list[str]:
    """Those that begin with what was typed, then those that hold it, in any case."""
    folded = typed.casefold()
    holding = [value for value in values if folded in value.casefold()]
    return sorted(holding, key=lambda value: not value.casefold().startswith(folded))
