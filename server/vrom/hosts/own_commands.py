"""Hosts' own commands for adding a server."""

import json
from typing import Any

from vrom.hosts.host import NAME, Environment, Scope


def claude(scope: Scope, command: list[str], environment: Environment) -> list[str]:
    """Claude Code's command."""
    return ["claude", "mcp", "add", *_variables("--env", environment), "--scope", scope, NAME, "--", *command]


def codex(scope: Scope, command: list[str], environment: Environment) -> list[str] | None:
    """Codex' command, which has no project scope."""
    if scope == "project":
        return None
    return ["codex", "mcp", "add", *_variables("--env", environment), NAME, "--", *command]


def copilot(scope: Scope, command: list[str], environment: Environment) -> list[str] | None:
    """Copilot CLI's command, which has no project scope."""
    if scope == "project":
        return None
    return ["copilot", "mcp", "add", *_variables("--env", environment), NAME, "--", *command]


def gemini(scope: Scope, command: list[str], environment: Environment) -> list[str]:
    """Gemini CLI's command."""
    dashed = ["--"] if any(argument.startswith("-") for argument in command) else []
    start = ["gemini", "mcp", "add", "--scope", scope, NAME, *_variables("--env", environment)]
    return [*start, command[0], *dashed, *command[1:]]


def vscode(scope: Scope, command: list[str], environment: Environment) -> list[str] | None:
    """VS Code's command, which has no project scope."""
    if scope == "project":
        return None
    server: dict[str, Any] = {"name": NAME, "command": command[0], "args": command[1:]}
    return ["code", "--add-mcp", json.dumps(server | ({"env": dict(environment)} if environment else {}))]


def _variables(option: str, environment: Environment) -> list[str]:
    return [part for name, value in environment.items() for part in (option, f"{name}={value}")]
