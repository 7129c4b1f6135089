"""The `vrom` command. Only the called sub-command is imported, so that `vrom serve` starts quickly."""

import importlib
import io
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any, NoReturn

import typer

from vrom import __version__
from vrom.cli.command import Command, CommandGroup
from vrom.cli.console import escape_text, print_line
from vrom.errors import VromError

COMMANDS = {
    "Start here": {
        "demo": "hosts.demo:demo",
        "add": "project.add:add",
        "setup": "project.setup:setup",
        "install": "hosts.install:install",
        "uninstall": "hosts.install:uninstall",
        "doctor": "doctor.doctor:doctor",
    },
    "Serve and search": {
        "serve": "server.serve:serve",
        "search": "cartridges.search:search",
        "context": "cartridges.search:context",
        "list": "cartridges.library:list_mounted",
        "info": "cartridges.library:info",
        "explore": "explore.explore:explore",
    },
    "Make cartridges": {
        "build": "build.build:build",
        "check": "cartridges.check:check",
        "pack": "cartridges.pack:pack",
        "eval": "cartridges.eval:evaluate",
    },
    "Fetch and share cartridges": {
        "pull": "registry.pull:pull",
        "update": "registry.pull:update",
        "remove": "cartridges.remove:remove",
        "du": "cartridges.remove:du",
        "publish": "registry.publish:publish",
        "lock": "registry.lock:lock",
        "sync": "registry.lock:sync",
        "key": "registry.key:app",
        "load": "cartridges.load:load",
        "unload": "cartridges.load:unload",
    },
    "Models, tokens and bundles": {
        "model": "model:app",
        "token": "server.token:app",
        "bundle": "hosts.bundle:app",
    },
}
"""By heading of the help text: each command's name, with its module and its function or Typer app."""


def make_app(only: str = "") -> typer.Typer:
    """The command-line application, with all commands, or with `only` the called one."""
    app = typer.Typer(
        name="vrom",
        cls=CommandGroup,
        help="Offline documentation search for coding agents.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for heading, commands in COMMANDS.items():
        for name, place in commands.items():
            if only in {"", name}:
                _register(app, name, _load(place), heading)
    return app


def main() -> None:
    """Run the command line. Expected failures end with one message and exit code 1, wrong usage with 2."""
    _prepare_streams()
    called = sys.argv[1] if len(sys.argv) > 1 else ""
    known = any(called in commands for commands in COMMANDS.values())
    try:
        make_app(called if known else "")()
    except VromError as error:
        _fail(str(error))
    except BrokenPipeError:
        sys.stderr.close()  # the reader of the pipe is gone, so print nothing
        sys.exit(1)
    except OSError as error:  # unexpected; expected failures are `VromError` with more detail
        where = f"Cannot read or write {error.filename}" if error.filename else "Input or output failed"
        _fail(f"{where}: {error.strerror or error}. Check the path, its permissions and the free disk space.")


def _prepare_streams() -> None:
    """Make stdout and stderr writable: they may be closed, or have an encoding that lacks characters."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _fail(message: str) -> NoReturn:
    """Print an error message and exit with code 1. The message is escaped, since parts of it may be untrusted."""
    print_line(f"[bold red]Error:[/] {chr(10).join(map(escape_text, message.splitlines()))}")
    sys.exit(1)


def _load(place: str) -> Callable[..., Any] | typer.Typer:
    module, _, name = place.partition(":")
    loaded: Callable[..., Any] | typer.Typer = getattr(importlib.import_module(f"vrom.cli.{module}"), name)
    return loaded


def _register(app: typer.Typer, name: str, command: Callable[..., Any] | typer.Typer, heading: str) -> None:
    if isinstance(command, typer.Typer):
        for one in command.registered_commands:
            one.cls = Command
        app.add_typer(command, name=name, cls=CommandGroup, rich_help_panel=heading)
    else:
        app.command(name, cls=Command, rich_help_panel=heading)(command)


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"vrom {__version__}\n")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass
