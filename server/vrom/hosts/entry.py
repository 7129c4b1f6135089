"""The configuration entry with which a host starts vrom."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vrom.errors import ConfigurationError
from vrom.installation import Installation, this_installation

_ON_PATH = ["vrom", "serve"]


@dataclass(frozen=True)
class EntryForm:
    """Form of a host's entries."""

    constant: Mapping[str, Any] = field(default_factory=dict)
    """Keys that every entry has, such as the transport; they come first."""
    variables: str = "env"
    """Key of the environment variables."""
    is_one_list: bool = False
    """True if `command` holds the command with its arguments; else the arguments are in `args`."""


PLAIN = EntryForm()
TYPED = EntryForm({"type": "stdio"})


def server_command() -> list[str]:
    """The command that starts this installation's server over stdio, with an absolute path."""
    name = "vrom.exe" if sys.platform == "win32" else "vrom"
    script = Path(sys.executable).with_name(name)
    return [str(script), "serve"] if script.exists() else [sys.executable, "-m", "vrom", "serve"]


def entry_command(scope: str, installation: Installation | None = None) -> list[str]:
    """The command to write into a host's configuration.

    It outlives a clean-up of caches, and in a project's file it is the same on every machine. Raises
    `ConfigurationError` for a temporary installation (`uvx`, `pipx run`) of unknown origin.
    """
    found = installation or this_installation()
    runner = _runner(found) if found.is_temporary else []
    if scope == "project":
        return [*runner, *_ON_PATH] if runner and "://" in found.origin else _ON_PATH
    if not found.is_temporary:
        return server_command()
    if not runner:
        raise ConfigurationError(
            f"vrom runs from a cache, {found.prefix}, which a clean-up removes. Install it permanently, with "
            "`uv tool install` and the folder or URL that it came from, and run the command again."
        )
    program, *options = runner
    return [shutil.which(program) or program, *options, *_ON_PATH]


def needs_path(command: Sequence[str]) -> bool:
    """True if a command starts vrom only for people who have it on their `PATH`."""
    return [*command[:2]] == _ON_PATH


def _runner(installation: Installation) -> list[str]:
    """The command that runs a program from the origin of a temporary installation; empty if there is no origin."""
    origin = installation.origin
    if not origin or ("://" not in origin and not Path(origin).exists()):
        return []
    return ["uvx", "--from", origin] if installation.kind == "uvx" else ["pipx", "run", "--spec", origin]


def new_entry(command: Sequence[str], environment: Mapping[str, str], form: EntryForm = PLAIN) -> dict[str, Any]:
    """An entry for a command and its variables."""
    program, *arguments = command
    started = {"command": [*command]} if form.is_one_list else {"command": program, "args": arguments}
    return {**form.constant, **started, **({form.variables: dict(environment)} if environment else {})}


def update_entry(existing: Any, wanted: dict[str, Any], form: EntryForm = PLAIN) -> dict[str, Any]:
    """An existing entry with its command and arguments replaced by the wanted ones; everything else is kept.

    Options that the user added after `serve` are kept, and so are variables. An entry without a command (with a URL,
    for example) is replaced.
    """
    if not isinstance(existing, dict) or "command" not in existing:
        return wanted
    arguments = "command" if form.is_one_list else "args"
    entry = existing | {"command": wanted["command"]}
    entry[arguments] = [*wanted[arguments], *_options(existing.get(arguments))]
    if form.variables in wanted:
        variables = existing.get(form.variables)
        entry[form.variables] = (variables if isinstance(variables, dict) else {}) | wanted[form.variables]
    return entry


def read_command(entry: Any) -> list[str]:
    """The command of an entry of any form, with its arguments; empty if it has none."""
    command = entry.get("command") if isinstance(entry, dict) else None
    if isinstance(command, list):
        return [str(part) for part in command]
    arguments = entry.get("args") if isinstance(command, str) else None
    return [command, *map(str, arguments if isinstance(arguments, list) else [])] if isinstance(command, str) else []


def _options(arguments: Any) -> list[Any]:
    """The arguments after `serve` in an entry."""
    if not isinstance(arguments, list) or "serve" not in arguments:
        return []
    return arguments[arguments.index("serve") + 1 :]
