"""Snippets to paste into a host's configuration by hand."""

import json
from collections.abc import Iterator

from vrom.hosts.entry import TYPED, new_entry
from vrom.installation import quote_command


def snippets(command: list[str]) -> Iterator[tuple[str, str, str]]:
    """`(names, destination, snippet)` for the most common hosts."""
    entry = new_entry(command, {})
    yield "Claude Code", "run this", f"claude mcp add vrom -- {quote_command(command)}"
    shared = json.dumps({"mcpServers": {"vrom": entry}}, indent=2)
    yield "Claude Desktop, Cursor", "claude_desktop_config.json, .cursor/mcp.json", shared
    typed = new_entry(command, {}, TYPED)
    yield "VS Code", ".vscode/mcp.json", json.dumps({"servers": {"vrom": typed}}, indent=2)
