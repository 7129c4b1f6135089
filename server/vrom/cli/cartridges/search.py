"""`vrom search` and `vrom context`: the answers of the MCP tools, on the command line."""

import sys
import time
from typing import Annotated, Literal

import typer

from vrom.cli.console import console, format_count, print_json
from vrom.cli.options import Cartridges, Json, open_library


def search(
    words: Annotated[
        list[str],
        typer.Argument(metavar="[ID ...] QUERY", help="The query, after the ids of the cartridges to search, if any."),
    ],
    top_k: Annotated[int, typer.Option("--top-k", "-k", min=1, max=50, help="Maximum number of passages.")] = 10,
    max_tokens: Annotated[int, typer.Option(min=200, max=20_000, help="Token budget of the answer.")] = 2000,
    context_window: Annotated[int, typer.Option(min=0, max=5, help="Chunks around each hit.")] = 0,
    mode: Annotated[
        Literal["hybrid", "semantic", "lexical"], typer.Option(metavar="MODE", help="hybrid, semantic or lexical.")
    ] = "hybrid",
    cartridges: Cartridges = None,
    json: Json = False,
) -> None:
    """Search the mounted cartridges, like the search_docs tool. Quote a query of several words."""
    from vrom.answers import markdown
    from vrom.answers.search import search_docs

    *ids, query = words
    library = open_library(cartridges)
    begun = time.perf_counter()
    answer = search_docs(
        library,
        query,
        ids or None,
        top_k=top_k,
        max_tokens=max_tokens,
        context_window=context_window,
        mode=mode,
    )
    seconds = time.perf_counter() - begun
    if json:
        print_json(answer.model_dump())
        return
    print_markdown(markdown.search(answer.model_copy(update={"next_cursor": None})))
    found = f"{format_count(len(answer.results), 'passage')}, {format_count(answer.total_tokens, 'token')}"
    console().print(f"[dim]{found}, {seconds * 1000:.0f} ms including loading[/]")


def context(
    cartridge: Annotated[str, typer.Argument(metavar="ID", help="Id of the cartridge, or 'ID#CHUNK'.")],
    chunk: Annotated[
        int | None,
        typer.Argument(metavar="CHUNK", min=0, help="Number of the chunk: the part after # in a search result."),
    ] = None,
    before: Annotated[int, typer.Option(min=0, max=20, help="Number of chunks before it.")] = 1,
    after: Annotated[int, typer.Option(min=0, max=20, help="Number of chunks after it.")] = 1,
    max_tokens: Annotated[int, typer.Option(min=200, max=20_000, help="Token budget of the answer.")] = 2000,
    cartridges: Cartridges = None,
    json: Json = False,
) -> None:
    """Show a chunk with its neighbours, like the get_chunk_context tool."""
    from vrom.answers import markdown
    from vrom.answers.context import get_chunk_context

    if chunk is None:
        cartridge, _, number = cartridge.rpartition("#")
        if not (cartridge and number.isascii() and number.isdigit()):
            raise typer.BadParameter("missing. Give its number, as in: vrom context kettle 12.", param_hint="CHUNK")
        chunk = int(number)
    library = open_library(cartridges)
    answer = get_chunk_context(library, cartridge, chunk, before=before, after=after, max_tokens=max_tokens)
    if json:
        print_json(answer.model_dump())
    else:
        print_markdown(markdown.context(answer))


def print_markdown(text: str) -> None:
    """Print Markdown on stdout: rendered on a terminal, unchanged otherwise."""
    if not sys.stdout.isatty():
        sys.stdout.write(text + "\n")
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))
