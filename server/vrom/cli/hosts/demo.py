"""`vrom demo`: run the server and search like a host."""

import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from vrom.cli.console import console, format_count, print_line
from vrom.errors import ConfigurationError
from vrom.hosts.entry import entry_command, server_command
from vrom.hosts.snippets import snippets
from vrom.settings import bundled_cartridges, read_settings

if TYPE_CHECKING:
    from mcp.client import Client

QUESTIONS = (
    "How do I make a cartridge from my own documentation?",
    "What does the agent get when an answer would exceed max_tokens?",
    "VROM_CARTRIDGES",
)


def demo() -> None:
    """Start a server, search it, and show how to add it to your agent."""
    from vrom.answers.cartridges.listing import list_cartridges
    from vrom.cli.model import ensure_model
    from vrom.cli.options import open_library

    settings = read_settings([bundled_cartridges()])
    for mount in open_library(list(settings.roots)).mounts():
        if mount.described:
            ensure_model(mount.described.embedding_spec)
    for entry in list_cartridges(open_library(list(settings.roots))).cartridges:
        print_line(f"[green]✓[/] cartridge [bold]{entry.id}[/] {entry.version}: {format_count(entry.chunks, 'chunk')}")
    asyncio.run(_ask_questions(list(settings.roots)))
    _print_snippets()


async def _ask_questions(roots: list[Path]) -> None:
    from mcp.client import Client
    from mcp.client.stdio import StdioServerParameters, stdio_client

    command, *arguments = server_command()
    for root in roots:
        arguments += ["--cartridges", str(root)]
    environment = {"VROM_HOME": str(read_settings().home)}  # clients pass on only a few variables
    begun = time.perf_counter()
    parameters = StdioServerParameters(command=command, args=arguments, env=environment)
    async with Client(stdio_client(parameters)) as client:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        seconds = time.perf_counter() - begun
        console().print(f"[green]✓[/] MCP server over stdio in {seconds:.1f} s: {', '.join(tools)}\n")
        for question, remark in zip(QUESTIONS, [", including loading the model", "", ""], strict=True):
            await _print_answer(client, question, remark)


async def _print_answer(client: "Client", question: str, remark: str) -> None:
    from mcp.types import TextContent
    from rich.markdown import Markdown
    from rich.panel import Panel

    begun = time.perf_counter()
    result = await client.call_tool("search_docs", {"query": question, "top_k": 1, "max_tokens": 400})
    milliseconds = (time.perf_counter() - begun) * 1000
    text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
    answer, _, _ = text.partition("\n\n---\nFrom")
    panel = Panel(
        Markdown(answer),
        title=f"[bold]{question}[/]",
        title_align="left",
        subtitle=f"[dim]{milliseconds:.0f} ms{remark}[/]",
        subtitle_align="right",
        border_style="red" if result.is_error else "cyan",
        padding=(1, 2),
    )
    console().print(panel)


def _print_snippets() -> None:
    console().print("\n[bold]Add it to your agent[/]\n")
    try:
        command = entry_command("user")
    except ConfigurationError as error:
        console().print(str(error), markup=False, soft_wrap=True)
        return
    for host, where, snippet in snippets(command):
        console().print(f"[cyan]{host}[/]  [dim]{where}[/]")
        sys.stderr.flush()
        console().print(snippet + "\n", markup=False, soft_wrap=True)
