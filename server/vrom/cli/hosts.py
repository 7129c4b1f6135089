"""What to paste into each host's configuration."""

import json
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path


def server_command() -> list[str]:
    """The command that starts this very installation's server over stdio, wherever the host runs it from."""
    script = Path(sys.executable).with_name("vrom")
    return [str(script), "serve"] if script.exists() else [sys.executable, "-m", "vrom", "serve"]


def snippets(command: list[str]) -> Iterator[tuple[str, str, str]]:
    """For each host: its name, where the snippet goes, and the snippet."""
    entry = {"command": command[0], "args": command[1:]}
    yield "Claude Code", "run this", f"claude mcp add vrom -- {shlex.join(command)}"
    shared = json.dumps({"mcpServers": {"vrom": entry}}, indent=2)
    yield "Claude Desktop, Cursor", "claude_desktop_config.json, .cursor/mcp.json", shared
    yield "VS Code", ".vscode/mcp.json", json.dumps({"servers": {"vrom": {"type": "stdio", **entry}}}, indent=2)
