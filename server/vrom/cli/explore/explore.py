"""`vrom explore`: pages for people, in the browser of this machine."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from vrom.cli.options import Cartridges, library_of
from vrom.settings import Settings, read_settings

if TYPE_CHECKING:
    from vrom.app.explorer.changes.operations import Operations


def explore(
    cartridges: Cartridges = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks a free one.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address without opening it.")] = False,
) -> None:
    """Browse, search and build cartridges in the browser."""
    import webbrowser

    from vrom.app.explorer.changes.jobs import Changes
    from vrom.app.explorer.serve import serve_explorer
    from vrom.app.telemetry.logs import log_to_stderr

    settings = read_settings(cartridges or ())
    log_to_stderr("warning", None)
    library = library_of(settings)
    changes = Changes(_operations(settings), after=lambda: library.refresh(force=True))
    serve_explorer(library, changes, port, open_browser=None if no_browser else webbrowser.open)


def _operations(settings: Settings) -> "Operations":
    from vrom.app.explorer.changes.operations import Operations
    from vrom.cli.explore import building, dependencies, registries

    return Operations(
        store=settings.vroms,
        pull=registries.pull,
        update=registries.update,
        update_all=registries.update_all,
        remove=partial(registries.remove, settings),
        refresh=registries.refresh,
        build=partial(building.build, settings),
        preview=partial(building.preview, settings),
        add=partial(dependencies.add, settings),
        preview_added=partial(dependencies.preview, settings),
        project=partial(dependencies.read, settings),
    )
