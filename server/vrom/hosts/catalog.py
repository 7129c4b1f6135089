"""Known hosts: the location and format of their configuration, and their own command for adding a server.

Sources, in the hosts' documentation: Claude Code "Connect to tools via MCP", Claude Desktop "Connect to local MCP
servers", Cursor "Model Context Protocol", VS Code "MCP configuration reference", Codex "MCP", Gemini CLI "MCP servers".
"""

import json
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from vrom.settings import HostFolders

Scope = Literal["user", "project"]
Environment = Mapping[str, str]

NAME = "vrom"
"""Name of the entry in every host's configuration."""

_WORKSPACE = {"CLAUDE_PROJECT_DIR": "${workspaceFolder}"}
"""Variable that tells the server the project folder; the host expands the placeholder."""


@dataclass(frozen=True)
class Place:
    """Location of an entry: a file, and the path of keys in it."""

    file: Path
    path: tuple[str, ...]

    @property
    def is_toml(self) -> bool:
        """True for a TOML file; any other file is JSON, possibly with comments."""
        return self.file.suffix == ".toml"


@dataclass(frozen=True)
class Host:
    """A program that starts MCP servers."""

    name: str
    """Name for `vrom install NAME`."""
    title: str
    places: Mapping[Scope, Place]
    then: str
    """Instruction to the user for making the host load a change."""
    typed: bool = False
    """True if an entry must name its transport."""
    command: Callable[[Scope, list[str], Environment], list[str] | None] = lambda *_: None
    """The host's own command for adding the server; None if it has none for the scope."""
    in_project: Environment = field(default_factory=dict)
    """Variables of an entry in a project's file, for hosts that start servers outside the project folder."""
    seen: tuple[Place, ...] = ()
    """Other places in which the host itself may have added an entry."""


def known_hosts(folders: HostFolders) -> dict[str, Host]:
    """All known hosts by name, with their configuration files on this machine."""
    servers, applications, project = ("mcpServers", NAME), folders.applications, folders.project
    claude = folders.claude / ".claude.json"
    hosts = [
        Host(
            name="claude-code",
            title="Claude Code",
            places={"user": Place(claude, servers), "project": Place(project / ".mcp.json", servers)},
            then="Start a new session; /mcp shows the server.",
            typed=True,
            command=_claude,
            seen=(Place(claude, ("projects", str(project), *servers)),),
        ),
        Host(
            name="claude-desktop",
            title="Claude Desktop",
            places={"user": Place(applications / "Claude" / "claude_desktop_config.json", servers)},
            then="Quit Claude Desktop and start it again; closing its window is not enough.",
        ),
        Host(
            name="cursor",
            title="Cursor",
            places={
                "user": Place(folders.home / ".cursor" / "mcp.json", servers),
                "project": Place(project / ".cursor" / "mcp.json", servers),
            },
            then="Check Settings → MCP, and enable the server there if needed.",
            typed=True,
            in_project=_WORKSPACE,
        ),
        Host(
            name="vscode",
            title="VS Code",
            places={
                "user": Place(applications / "Code" / "User" / "mcp.json", ("servers", NAME)),
                "project": Place(project / ".vscode" / "mcp.json", ("servers", NAME)),
            },
            then="Run “MCP: List Servers” and start the server; agent mode then has its tools.",
            typed=True,
            command=_vscode,
            in_project=_WORKSPACE,
        ),
        Host(
            name="codex",
            title="Codex",
            places={
                "user": Place(folders.codex / "config.toml", ("mcp_servers", NAME)),
                "project": Place(project / ".codex" / "config.toml", ("mcp_servers", NAME)),
            },
            then="Start a new session; /mcp shows the server. Project files need a trusted project.",
            command=_codex,
        ),
        Host(
            name="gemini",
            title="Gemini CLI",
            places={
                "user": Place(folders.gemini / "settings.json", servers),
                "project": Place(project / ".gemini" / "settings.json", servers),
            },
            then="Start a new session in a trusted folder; /mcp shows the server.",
            command=_gemini,
        ),
    ]
    return {host.name: host for host in hosts}


def quote_command(command: Sequence[str]) -> str:
    """A command, quoted for the shell."""
    return subprocess.list2cmdline(command) if sys.platform == "win32" else shlex.join(command)


def _claude(scope: Scope, command: list[str], environment: Environment) -> list[str]:
    return ["claude", "mcp", "add", *_variables("--env", environment), "--scope", scope, NAME, "--", *command]


def _codex(scope: Scope, command: list[str], environment: Environment) -> list[str] | None:
    if scope == "project":
        return None
    return ["codex", "mcp", "add", *_variables("--env", environment), NAME, "--", *command]


def _gemini(scope: Scope, command: list[str], environment: Environment) -> list[str]:
    dashed = ["--"] if any(argument.startswith("-") for argument in command) else []
    start = ["gemini", "mcp", "add", "--scope", scope, NAME, *_variables("--env", environment)]
    return [*start, command[0], *dashed, *command[1:]]


def _vscode(scope: Scope, command: list[str], environment: Environment) -> list[str] | None:
    if scope == "project":
        return None
    server: dict[str, Any] = {"name": NAME, "command": command[0], "args": command[1:]}
    return ["code", "--add-mcp", json.dumps(server | ({"env": dict(environment)} if environment else {}))]


def _variables(option: str, environment: Environment) -> list[str]:
    return [part for name, value in environment.items() for part in (option, f"{name}={value}")]
