"""Snippets to paste into a host's configuration by hand."""

import json
from collections.abc import Iterator

from vrom.hosts.catalog import quote_command
from vrom.hosts.entry import new_entry


def snippets(command: list[str]) -> Iterator[tuple[str, str, str]]:
    """`(names, destination, snippet)` for the most common hosts."""
    entry = new_entry(command, {}, typed=False)
    yield "Claude Code", "run this", f"claude mcp add vrom -- {quote_command(command)}"
    shared = json.dumps({"mcpServers": {"vrom": entry}}, indent=2)
    yield "Claude Desktop, Cursor", "claude_desktop_config.json, .cursor/mcp.json", shared
    typed = new_entry(command, {}, typed=True)
    yield "VS Code", ".vscode/mcp.json", json.dumps({"servers": {"vrom": typed}}, indent=2)
