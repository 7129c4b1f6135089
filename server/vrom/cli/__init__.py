"""The `vrom` command. Each module holds a command or two; nothing heavy is imported before a command needs it."""

import sys
from typing import Annotated

import typer

from vrom import __version__
from vrom.cli import (
    build,
    bundle,
    check,
    demo,
    doctor,
    install,
    key,
    library,
    lock,
    model,
    publish,
    pull,
    remove,
    search,
    serve,
    token,
)
from vrom.cli.console import console
from vrom.cli.eval import evaluate
from vrom.errors import VromError

app = typer.Typer(
    name="vrom",
    help="Offline documentation search for coding agents.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("search")(search.search)
app.command("context")(search.context)
app.command("list")(library.list_mounted)
app.command("info")(library.info)
app.command("build")(build.build)
app.command("check")(check.check)
app.command("doctor")(doctor.doctor)
app.command("eval")(evaluate)
app.command("install")(install.install)
app.command("uninstall")(install.uninstall)
app.command("pull")(pull.pull)
app.command("update")(pull.update)
app.command("remove")(remove.remove)
app.command("du")(remove.du)
app.command("publish")(publish.publish)
app.command("lock")(lock.lock)
app.command("sync")(lock.sync)
app.add_typer(bundle.app, name="bundle")
app.add_typer(key.app, name="key")
app.add_typer(model.app, name="model")
app.add_typer(token.app, name="token")


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"vrom {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line. Expected failures end with one message and exit code 1, wrong usage with 2."""
    try:
        app()
    except VromError as error:
        console().print(f"[bold red]Error:[/] {_escaped(str(error))}", soft_wrap=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe has gone: nothing to say, and nobody to say it to
        sys.exit(1)


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
