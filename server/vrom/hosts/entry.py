"""The entry that makes a host start vrom."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def server_command() -> list[str]:
    """The command that starts this very installation's server over stdio, wherever the host runs it from."""
    name = "vrom.exe" if sys.platform == "win32" else "vrom"
    script = Path(sys.executable).with_name(name)
    return [str(script), "serve"] if script.exists() else [sys.executable, "-m", "vrom", "serve"]


def new_entry(command: Sequence[str], environment: Mapping[str, str], *, typed: bool) -> dict[str, Any]:
    """An entry for a command and the variables it needs; `typed` for hosts that want the transport named."""
    entry: dict[str, Any] = {"type": "stdio"} if typed else {}
    entry |= {"command": command[0], "args": list(command[1:])}
    return entry | ({"env": dict(environment)} if environment else {})


def brought_up_to_date(existing: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    """What an entry that is there already should be: command and arguments as wanted, all else as the user has it.

    Options that the user has added behind `serve` stay, and so do variables. An entry that starts no command (it
    names an address, say) gives way.
    """
    if not isinstance(existing, dict) or "command" not in existing:
        return wanted
    entry = existing | {"command": wanted["command"], "args": [*wanted["args"], *_options(existing.get("args"))]}
    if "env" in wanted:
        variables = existing.get("env")
        entry["env"] = (variables if isinstance(variables, dict) else {}) | wanted["env"]
    return entry


def _options(arguments: Any) -> list[Any]:
    """What follows `serve` in the arguments of an entry."""
    if not isinstance(arguments, list) or "serve" not in arguments:
        return []
    return arguments[arguments.index("serve") + 1 :]
