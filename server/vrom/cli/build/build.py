"""`vrom build`: build a cartridge from documentation."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from vrom.cli.build.report import BuildProgress, document, print_built, print_chunks
from vrom.cli.console import print_json
from vrom.cli.options import Json
from vrom.errors import NotFoundError
from vrom.settings import Settings, read_settings

if TYPE_CHECKING:
    from pydantic import ValidationError

    from vrom.builder.request import BuildRequest
    from vrom.embedding.embedder import Embedder

Quantization = Literal["q8", "fp32"]
_RULES = {
    "vrom_id": "an id has up to 128 letters, digits, '.', '_' and '-', and starts with a letter or digit",
}
"""Error messages by field, for fields whose schema message isn't clear enough."""
_SOURCES: dict[str, Any] = {"rich_help_panel": "Sources"}


def build(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE", help="Folders, files or URLs of documentation.")
    ] = None,
    cartridge: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Id of the cartridge: letters, digits, '.', '_', '-'.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help=r"Folder of the package.  \[default: ~/.vrom/vroms/ID]"),
    ] = None,
    version: Annotated[str | None, typer.Option(help=r"Version of the documentation.  \[default: 1.0.0]")] = None,
    name: Annotated[str | None, typer.Option(help="Display name.")] = None,
    description: Annotated[
        str | None, typer.Option(help="What it covers, in one sentence; agents use it to decide whether to search.")
    ] = None,
    package: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="README and docstrings of an installed Python package.", **_SOURCES),
    ] = None,
    git: Annotated[
        str | None,
        typer.Option(metavar="REPOSITORY", help="Git repository (path or URL).", **_SOURCES),
    ] = None,
    ref: Annotated[str, typer.Option(help="With --git: a tag, branch or commit.", **_SOURCES)] = "HEAD",
    path: Annotated[str, typer.Option(help="With --git: the documentation folder in the repository.", **_SOURCES)] = "",
    crawl: Annotated[
        bool, typer.Option("--crawl", help="Follow links from the URL to pages below its path.", **_SOURCES)
    ] = False,
    max_pages: Annotated[
        int | None, typer.Option(help=r"Maximum number of pages to fetch.  \[default: 1000]", **_SOURCES)
    ] = None,
    max_depth: Annotated[
        int | None, typer.Option(help=r"Maximum number of links from the first page to another.  \[default: 10]", **_SOURCES)
    ] = None,
    include: Annotated[
        list[str] | None, typer.Option(metavar="PATTERN", help="Fetch only matching URLs, such as '*/guide/*'; repeatable.", **_SOURCES)
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="PATTERN", help="Skip matching URLs; repeatable.", **_SOURCES)
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Allow fetching from private addresses.", **_SOURCES)
    ] = False,
    allow_partial: Annotated[
        bool, typer.Option("--allow-partial", help="Build even if some pages cannot be fetched.", **_SOURCES)
    ] = False,
    prefix: Annotated[str | None, typer.Option(help="Prefix of page names: guide turns a.md into guide/a.md.")] = None,
    url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Public URL of the pages; {path} and {file} are replaced for each page."),
    ] = None,
    target: Annotated[int | None, typer.Option(help=r"Preferred number of tokens per chunk.  \[default: 200]")] = None,
    model: Annotated[str | None, typer.Option(help=r"Embedding model.  \[default: Xenova/all-MiniLM-L6-v2]")] = None,
    quantization: Annotated[Quantization, typer.Option(help="Quantization of the model.")] = "q8",
    update: Annotated[
        str | None, typer.Option("--update", metavar="ID", help="Rebuild this cartridge from its recorded sources.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="With --update: accept the sources recorded in the package.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the chunks of one page without building.")] = False,
    page: Annotated[str | None, typer.Option(help=r"With --dry-run: the page to show.  \[default: the first]")] = None,
    json: Json = False,
) -> None:
    """Build a cartridge from documentation.

    An existing package is replaced atomically; if the build fails, it is left unchanged.
    """
    from vrom.builder.build import build
    from vrom.builder.local_builds import note_local_build
    from vrom.builder.sources import check_sources_exist
    from vrom.cli.model import ensure_model
    from vrom.embedding.recipes import spec_for
    from vrom.embedding.model_store import ModelStore

    settings = read_settings()
    created_at = settings.build_time
    given: dict[str, Any] = {
        "version": version, "name": name, "description": description, "prefix": prefix, "url": url, "target": target,
        "crawl": crawl or None, "max_pages": max_pages, "max_depth": max_depth, "include": include or None,
        "exclude": exclude or None, "allow_private": allow_private or None,
        "spec": spec_for(model, quantization) if model else None,
    }  # fmt: skip
    given = {key: value for key, value in given.items() if value is not None}
    sources = _all_sources(sources, package, git, ref, path)
    if update is not None:
        folder, recorded = _read_recorded(update, sources, cartridge, out)
        if not yes:
            _check_built_here(folder, recorded, settings)
        request = _change_request(recorded, given)
    else:
        request = _make_request(sources, cartridge, given)
        folder = out or settings.vroms / request.vrom_id
    if not dry_run:
        _check_replaceable(folder, request.vrom_id)
    check_sources_exist(request.sources)  # report a mistyped source before fetching a model
    ensure_model(request.spec, report_installed=False)
    store = ModelStore(settings.models, uv=settings.uv)
    if dry_run:
        _show_page(request, store.open(request.spec), page, settings.cache / "pages", json=json)
        return
    with BuildProgress() as progress:
        built = build(
            request, folder, store=store, cache=settings.cache, created_at=created_at, partial=allow_partial,
            progress=progress.report,
        )  # fmt: skip
    note_local_build(settings.builds, folder, request)
    if json:
        print_json(document(built))
    else:
        print_built(built, found_by_default=_is_found(folder, settings))


def _all_sources(sources: list[str] | None, packages: list[str] | None, git: str | None, ref: str, path: str) -> list[str]:
    """All sources in the form of a request. Raises `typer.BadParameter` for --ref or --path without --git."""
    from vrom.builder.sources import git_source, package_source
    from vrom.builder.sources.git.read import GitSource

    if git is None and (ref != "HEAD" or path):
        raise typer.BadParameter("this option needs --git REPOSITORY.", param_hint="--ref" if path == "" else "--path")
    repositories = [git_source(GitSource(git, ref, path))] if git else []
    return [*(sources or []), *map(package_source, packages or []), *repositories]


def _make_request(sources: list[str], cartridge: str | None, given: dict[str, Any]) -> "BuildRequest":
    """The build request of the command line. Raises `typer.BadParameter` if it is incomplete or invalid."""
    from pydantic import ValidationError

    from vrom.builder.request import BuildRequest

    if not sources:
        raise typer.BadParameter(
            "missing. Give a folder, a file or a URL, or use --package, --git or --update.", param_hint="SOURCE"
        )
    if cartridge is None:
        raise typer.BadParameter("missing. Give the id of the cartridge to build.", param_hint="--id")
    try:
        return BuildRequest(vrom_id=cartridge, sources=tuple(sources), **given)
    except ValidationError as error:
        raise _usage_error(error) from error


def _read_recorded(
    cartridge: str, sources: list[str], other_id: str | None, out: Path | None
) -> "tuple[Path, BuildRequest]":
    """The package to update and the request that its manifest records.

    Raises `typer.BadParameter`, `NotFoundError`, `PackageError` and `BuildError`.
    """
    from vrom.builder.request import BuildRequest
    from vrom.cli.options import open_library
    from vrom.format.manifest import read_manifest

    if sources or other_id:
        raise typer.BadParameter(
            "cannot be combined with SOURCE or --id: the package records its own sources.", param_hint="--update"
        )
    folder = out
    if folder is None:
        folders = {mount.id: mount.folder for mount in open_library(None).mounts()}
        if cartridge not in folders:
            raise NotFoundError("cartridge", cartridge, folders, "If it is in another folder, give that with --out.")
        folder = folders[cartridge]
    recorded = BuildRequest.of(read_manifest(folder))
    if recorded.vrom_id != cartridge:
        raise NotFoundError("cartridge", cartridge, [recorded.vrom_id])
    return folder, recorded


def _check_built_here(folder: Path, recorded: "BuildRequest", settings: Settings) -> None:
    """Raise `BuildError` if the package may name sources that the user never did."""
    from vrom.builder.local_builds import was_built_here
    from vrom.errors import BuildError
    from vrom.format.hidden_text import visible_line

    if was_built_here(settings.builds, folder, recorded):
        return
    more = [name for name in ("crawl", "allow_private") if getattr(recorded, name)]
    sources = "\n".join(f"  {visible_line(source)}" for source in recorded.sources)
    options = f"\nwith {', '.join('--' + name.replace('_', '-') for name in more)}" if more else ""
    raise BuildError(
        f"{folder} was not built on this machine, or its manifest was changed afterwards. It would read these sources:\n"
        f"{sources}{options}\nIf you trust them, repeat the command with --yes."
    )


def _change_request(recorded: "BuildRequest", given: dict[str, Any]) -> "BuildRequest":
    """The recorded request with the given options. Raises `typer.BadParameter` for an invalid one."""
    from pydantic import ValidationError

    from vrom.builder.request import BuildRequest

    try:
        return BuildRequest.model_validate(recorded.model_dump() | given)
    except ValidationError as error:
        raise _usage_error(error) from error


def _check_replaceable(folder: Path, cartridge: str) -> None:
    """Raise `BuildError` if a build would replace a pulled package or another cartridge."""
    from vrom.errors import BuildError, PackageError
    from vrom.registry.pulled_json import read_record
    from vrom.format.manifest import read_manifest

    try:
        there = read_manifest(folder)
    except PackageError:
        return  # nothing readable; a folder that isn't a package is refused later
    record = read_record(folder)
    if record is None and there.vrom_id == cartridge:
        return
    origin = f", pulled from {record.origin.address}" if record else ""
    removal = f", or remove it first with `vrom remove {there.vrom_id}@{there.version}`" if record else ""
    raise BuildError(
        f"{folder} already contains {there.vrom_id} {there.version}{origin}; the build would overwrite it. "
        f"Choose another folder with --out or another --id{removal}."
    )


def _usage_error(error: "ValidationError") -> typer.BadParameter:
    """Convert a validation error to a usage error that names the option."""
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0])
    rule = _RULES.get(field, first["msg"][:1].lower() + first["msg"][1:])
    return typer.BadParameter(
        f"{str(first['input'])[:100]!r}: {rule}.",
        param_hint={"vrom_id": "--id", "sources": "SOURCE"}.get(field, f"--{field}"),
    )


def _show_page(request: "BuildRequest", embedder: "Embedder", wanted: str | None, pages: Path, *, json: bool) -> None:
    from vrom.builder.chunking.chunker import chunk_document
    from vrom.builder.chunking.token_budget import TokenBudget
    from vrom.builder.read_sources import read_documents

    documents = read_documents(request, pages, partial=True).documents
    named = {document.source_file: document for document in documents}
    if wanted is not None and wanted not in named:
        raise NotFoundError("page", wanted, named)
    document = named[wanted] if wanted is not None else documents[0]
    budget = TokenBudget(embedder.count_tokens, request.target, embedder.max_tokens)
    print_chunks(document, chunk_document(document, budget), embedder.count_tokens, json=json)


def _is_found(folder: Path, settings: Settings) -> bool:
    """True if commands find the package without `--cartridges`."""
    return folder.absolute() in settings.roots or folder.absolute().parent in settings.roots
