"""The configuration entry with which a host starts vrom."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def server_command() -> list[str]:
    """The command that starts this installation's server over stdio, with an absolute path."""
    name = "vrom.exe" if sys.platform == "win32" else "vrom"
    script = Path(sys.executable).with_name(name)
    return [str(script), "serve"] if script.exists() else [sys.executable, "-m", "vrom", "serve"]


def new_entry(command: Sequence[str], environment: Mapping[str, str], *, typed: bool) -> dict[str, Any]:
    """An entry for a command and its variables; `typed` adds the transport."""
    entry: dict[str, Any] = {"type": "stdio"} if typed else {}
    entry |= {"command": command[0], "args": list(command[1:])}
    return entry | ({"env": dict(environment)} if environment else {})


def update_entry(existing: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    """An existing entry with its command and arguments replaced by the wanted ones; everything else is kept.

    Options that the user added after `serve` are kept, and so are variables. An entry without a command (with a URL,
    for example) is replaced.
    """
    if not isinstance(existing, dict) or "command" not in existing:
        return wanted
    entry = existing | {"command": wanted["command"], "args": [*wanted["args"], *_options(existing.get("args"))]}
    if "env" in wanted:
        variables = existing.get("env")
        entry["env"] = (variables if isinstance(variables, dict) else {}) | wanted["env"]
    return entry


def _options(arguments: Any) -> list[Any]:
    """The arguments after `serve` in an entry."""
    if not isinstance(arguments, list) or "serve" not in arguments:
        return []
    return arguments[arguments.index("serve") + 1 :]
