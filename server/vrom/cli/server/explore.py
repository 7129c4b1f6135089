"""`vrom explore`: pages for people, in the browser of this machine."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from vrom.cli.console import format_count
from vrom.cli.options import Cartridges, library_of
from vrom.errors import InvalidArgumentError
from vrom.settings import Settings, read_settings

if TYPE_CHECKING:
    from vrom.app.explorer.changes import Operations, Progress
    from vrom.builder.read_sources import ReadResult
    from vrom.builder.request import BuildRequest


def explore(
    cartridges: Cartridges = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks a free one.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address without opening it.")] = False,
) -> None:
    """Browse, search and build cartridges in the browser."""
    import webbrowser

    from vrom.app.explorer.changes import Changes
    from vrom.app.explorer.serve import serve_explorer
    from vrom.app.telemetry.logs import log_to_stderr

    settings = read_settings(cartridges or ())
    log_to_stderr("warning", None)
    library = library_of(settings)
    changes = Changes(_operations(settings), after=lambda: library.refresh(force=True))
    serve_explorer(library, changes, port, open_browser=None if no_browser else webbrowser.open)


def _operations(settings: Settings) -> "Operations":
    from vrom.app.explorer.changes import Operations

    return Operations(
        store=settings.vroms,
        pull=_pull,
        update=_update,
        remove=partial(_remove, settings),
        build=partial(_build, settings),
        preview=partial(_preview, settings),
    )


def _pull(address: str, progress: "Progress") -> str:
    from vrom.cli.registry.options import open_client
    from vrom.network.addresses import is_web
    from vrom.registry.resolve import pull

    client = open_client(addresses=[address] if is_web(address) else ())
    pulled = pull(address, client, progress=progress)
    done = "is installed" if pulled.changed else "was installed already"
    return "\n".join([f"{pulled.package.id} {pulled.package.version} {done}.", *client.notes])


def _update(name: str, progress: "Progress") -> str:
    from vrom.cli.registry.options import open_client
    from vrom.cli.registry.pull import update_package
    from vrom.errors import HubError
    from vrom.format.versions import parse_reference

    client = open_client()
    package = client.store.find(parse_reference(name))
    if package.record is None:
        raise HubError(f"{package.id} was built on this machine. `vrom build --update {package.id}` builds it again.")
    pulled = update_package(client, package, progress)
    found = "is new" if pulled.changed else "is the newest within the range that was pulled"
    return "\n".join([f"{pulled.package.id} {pulled.package.version} {found}.", *client.notes])


def _remove(settings: Settings, name: str, progress: "Progress") -> str:
    from vrom.format.versions import parse_reference
    from vrom.registry.installed import PackageStore

    store = PackageStore(settings.vroms)
    reference = parse_reference(name)
    with store.lock(reference.id):
        package = store.find(reference)
        progress("removing", 0, None)
        store.remove(package)
    return f"{package.id} {package.version} is removed."


def _build(settings: Settings, source: str, cartridge: str, progress: "Progress") -> str:
    from vrom.builder.build import build
    from vrom.builder.sources.read import check_sources_exist, find_version
    from vrom.cli.build.request import local_context
    from vrom.cli.build.target import build_in_store, check_replaceable, find_target
    from vrom.embedding.model_store import ModelStore
    from vrom.format.versions import UNKNOWN

    request = _request(source, cartridge)
    context = local_context(settings, request.sources)
    check_sources_exist(request.sources, context)
    version = request.version or find_version(request.sources, context) or UNKNOWN
    folder = find_target(settings, request, version)
    check_replaceable(folder, request.vrom_id)
    store = ModelStore(settings.models, uv=settings.uv)
    if store.locate(request.spec) is None:
        progress("fetching the model", 0, None)
        store.pull(request.spec)
    run = partial(
        build, request, store=store, cache=settings.cache, context=context, created_at=settings.build_time,
        progress=progress,
    )  # fmt: skip
    built = build_in_store(settings, request, folder, run)
    made = built.manifest
    size = f"{format_count(made.total_chunks, 'chunk')}, {format_count(made.total_tokens, 'token')}"
    return "\n".join([f"{made.vrom_id} {made.version}: {size}.", *_left_out(built.read)])


def _preview(settings: Settings, source: str, cartridge: str, progress: "Progress") -> str:
    from vrom.builder.chunking.preview import make_budget, preview_documents
    from vrom.builder.read_sources import read_documents
    from vrom.builder.sources.read import check_sources_exist
    from vrom.cli.build.request import local_context

    request = _request(source, cartridge or "preview")
    context = local_context(settings, request.sources)
    check_sources_exist(request.sources, context)
    progress("read", 0, None)
    read = read_documents(request, settings.cache / "pages", context=context, partial=True)
    progress("cut", 0, len(read.documents))
    preview = preview_documents(read.documents, make_budget(request.target, None), request.url_of, is_estimated=True)
    sizes = {"page": preview.pages, "section": preview.sections, "chunk": preview.chunks}
    found = ", ".join(format_count(number, thing) for thing, number in sizes.items())
    return "\n".join([f"About {found}. Nothing was written.", *_left_out(read)])


def _request(source: str, cartridge: str) -> "BuildRequest":
    """The request of a form. Raises `InvalidArgumentError` if it is incomplete or invalid."""
    from vrom.cli.build.request import make_request

    try:
        return make_request([source], cartridge or None, {})
    except typer.BadParameter as error:
        raise InvalidArgumentError(f"Id: {error.message}") from error


def _left_out(read: "ReadResult") -> list[str]:
    """Lines on what a build lacks; none if it lacks nothing."""
    from vrom.cli.build.left_out import describe_unread

    return ["", "Left out:", *lines] if (lines := list(describe_unread(read.left_out.unread))) else []
