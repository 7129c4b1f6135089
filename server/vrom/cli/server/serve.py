"""`vrom serve`: the MCP server."""

import logging
import secrets
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vrom.cli.options import Cartridges, Store, library_of, machine_of, project_scope, store_address
from vrom.errors import InvalidArgumentError
from vrom.settings import Settings, read_settings

if TYPE_CHECKING:
    from vrom.app.connection import ProjectWork

_HTTP = "HTTP"
_ACCESS = "HTTP: access"
_LOGS = "Logs"
_log = logging.getLogger(__name__)


def serve(
    transport: Annotated[
        Literal["stdio", "sse", "streamable-http"],
        typer.Option(help="stdio if the host starts the server; otherwise HTTP."),
    ] = "stdio",
    cartridges: Cartridges = None,
    store: Store = None,
    allow_add: Annotated[
        bool,
        typer.Option(
            "--allow-add",
            help="Let agents add documentation of dependencies from the package indexes that the project uses.",
        ),
    ] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.", rich_help_panel=_HTTP)] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks a free one.", rich_help_panel=_HTTP)
    ] = 8000,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Additional Host name to accept; repeatable.", rich_help_panel=_ACCESS),
    ] = None,
    require_token: Annotated[
        bool, typer.Option(help="Require a token from local clients, too.", rich_help_panel=_ACCESS)
    ] = False,
    explorer: Annotated[
        bool,
        typer.Option("--explorer", help="Also serve read-only pages for people, at /explorer.", rich_help_panel=_HTTP),
    ] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Number of worker processes.", rich_help_panel=_HTTP)] = 1,
    max_request_bytes: Annotated[
        int, typer.Option(min=1000, help="Maximum request size in bytes.", rich_help_panel=_HTTP)
    ] = 1_000_000,
    max_concurrent: Annotated[
        int, typer.Option(min=1, help="Maximum concurrent requests per process.", rich_help_panel=_HTTP)
    ] = 64,
    rate_limit: Annotated[
        str | None,
        typer.Option(
            metavar="N/UNIT|off",
            help=r"Requests per client.  \[default: 600/minute for remote clients, off for local ones]",
            rich_help_panel=_HTTP,
        ),
    ] = None,
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        typer.Option(help="Minimum level of log messages.", rich_help_panel=_LOGS),
    ] = "warning",
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Same as --log-level info.", rich_help_panel=_LOGS)
    ] = False,
    log_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also append the log to this file.", rich_help_panel=_LOGS)
    ] = None,
) -> None:
    """Serve documentation search to coding agents over MCP."""
    from vrom.app.jobs.garbage_collector import pause_garbage_collection

    if explorer and transport == "stdio":
        raise typer.BadParameter("needs --transport streamable-http.", param_hint="--explorer")
    settings = read_settings(cartridges or ())
    prepare = partial(_prepare, settings, "info" if verbose and log_level == "warning" else log_level, log_file)
    prepare()
    warn_of_missing(cartridges or ())
    work = _project_work(settings, transport, allow_add=allow_add)
    make_library = partial(library_of, settings, work.scope if work else None, store_address(store, settings))
    if transport == "stdio":
        with pause_garbage_collection():
            from vrom.app.server import create_server
            from vrom.app.stdio.serve import serve_stdio

            server = create_server(make_library(), work=work)
        serve_stdio(server)
    else:
        from vrom.app.http.application import HttpOptions
        from vrom.app.http.bearer_tokens import KnownTokens, parse_tokens
        from vrom.app.http.limits import Limits
        from vrom.app.http.serve import serve_http

        options = HttpOptions(
            transport=transport,
            host=host,
            allowed_hosts=tuple(allowed_host or ()),
            tokens=KnownTokens(settings.tokens, parse_tokens(settings.token_list, "VROM_TOKENS")),
            require_token=require_token,
            work=work,
            explorer_key=secrets.token_bytes(32) if explorer else None,
            limits=Limits(max_request_bytes, max_concurrent, rate="" if rate_limit == "off" else rate_limit),
        )
        serve_http(make_library, options, port, workers=workers, prepare=prepare)


def warn_of_missing(folders: Sequence[Path]) -> None:
    """Log a warning for each named folder that doesn't exist; it may come later, so it is no error."""
    for folder in folders:
        if not folder.expanduser().exists():
            _log.warning("%s doesn't exist. Its cartridges are served once it does.", folder)


def _project_work(settings: Settings, transport: str, *, allow_add: bool) -> "ProjectWork | None":
    """The project to work for; None if folders of cartridges are named, which have nothing to do with a project."""
    from vrom.app.connection import ProjectWork

    if not settings.follows_project:
        if allow_add:
            raise InvalidArgumentError(
                "--allow-add adds cartridges to ~/.vrom/vroms, which isn't searched if folders are named with "
                "--cartridges or VROM_CARTRIDGES."
            )
        return None
    follows_roots = transport == "stdio" and not settings.names_project
    adding: Literal["never", "asked", "allowed"] = "asked" if transport == "stdio" else "never"
    return ProjectWork(machine_of(settings), project_scope(settings), follows_roots, "allowed" if allow_add else adding)


def _prepare(settings: Settings, level: str, file: Path | None) -> None:
    """Set up logging and tracing in a process."""
    from vrom.app.telemetry.logs import log_to_stderr

    log_to_stderr(level, file)
    if settings.tracing:
        from vrom.app.telemetry.tracing import start_tracing

        start_tracing()
