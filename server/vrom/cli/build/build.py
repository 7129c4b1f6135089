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
    "vrom_id": "an id has letters, digits, '.', '_' and '-', 128 at most, and begins with a letter or a digit",
}
"""Error messages by field, for fields whose schema message isn't clear enough."""
_SOURCES: dict[str, Any] = {"rich_help_panel": "Sources"}


def build(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Folders and files of documentation.")
    ] = None,
    cartridge: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="The cartridge's name: letters, digits, '.', '_', '-'.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="The folder to become the package; default: among your cartridges."),
    ] = None,
    version: Annotated[str | None, typer.Option(help="Version of the documentation.  [default: 1.0.0]")] = None,
    name: Annotated[str | None, typer.Option(help="A name for people.")] = None,
    description: Annotated[
        str | None, typer.Option(help="What it covers, in a sentence: agents decide by it whether to search.")
    ] = None,
    package: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="An installed Python package: its README and docstrings.", **_SOURCES),
    ] = None,
    git: Annotated[
        str | None,
        typer.Option(metavar="REPOSITORY", help="Documentation at a commit of git: path or URL.", **_SOURCES),
    ] = None,
    ref: Annotated[str, typer.Option(help="With --git: a tag, branch or commit.", **_SOURCES)] = "HEAD",
    path: Annotated[str, typer.Option(help="With --git: the folder that is read.", **_SOURCES)] = "",
    crawl: Annotated[
        bool, typer.Option("--crawl", help="Follow the links of an address, below its path.", **_SOURCES)
    ] = False,
    max_pages: Annotated[
        int | None, typer.Option(help="Most pages to fetch of an address.  [default: 1000]", **_SOURCES)
    ] = None,
    max_depth: Annotated[
        int | None, typer.Option(help="Most links to follow one after the other.  [default: 10]", **_SOURCES)
    ] = None,
    include: Annotated[
        list[str] | None, typer.Option(metavar="PATTERN", help="Fetch only such addresses: '*/guide/*'.", **_SOURCES)
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="PATTERN", help="Don't fetch such addresses.", **_SOURCES)
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Fetch from this machine and private networks too.", **_SOURCES)
    ] = False,
    allow_partial: Annotated[
        bool, typer.Option("--allow-partial", help="Build without the pages that can't be had.", **_SOURCES)
    ] = False,
    prefix: Annotated[str | None, typer.Option(help="What names of pages begin with: P makes a.md P/a.md.")] = None,
    url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where people read the pages; {path} and {file} stand for a page's."),
    ] = None,
    target: Annotated[int | None, typer.Option(help="Tokens of a chunk.  [default: 200]")] = None,
    model: Annotated[str | None, typer.Option(help="Embedding model.  [default: Xenova/all-MiniLM-L6-v2]")] = None,
    quantization: Annotated[Quantization, typer.Option(help="The model's form.")] = "q8",
    update: Annotated[
        str | None, typer.Option("--update", metavar="ID", help="Build this cartridge again from what it was built of.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="With --update: read the sources that the package names.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the chunks of one page, and write nothing.")] = False,
    page: Annotated[str | None, typer.Option(help="With --dry-run: which page; default: the first.")] = None,
    json: Json = False,
) -> None:
    """Make a cartridge of documentation.

    The package appears whole or not at all; one that is there already is replaced in one step.
    """
    from vrom.builder.build import build
    from vrom.builder.build_record import record_build
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
    sources = _named(sources, package, git, ref, path)
    if update is not None:
        folder, recorded = _recorded(update, sources, cartridge, out)
        if not yes:
            _ensure_built_here(folder, recorded, settings)
        request = _changed(recorded, given)
    else:
        request = _requested(sources, cartridge, given)
        folder = out or settings.vroms / request.vrom_id
    if not dry_run:
        _ensure_own(folder, request.vrom_id)
    check_sources_exist(request.sources)  # report a mistyped source before fetching a model
    ensure_model(request.spec, tell=False)
    store = ModelStore(settings.models, uv=settings.uv)
    if dry_run:
        _show_page(request, store.open(request.spec), page, settings.cache / "pages", json=json)
        return
    with BuildProgress() as progress:
        built = build(
            request, folder, store=store, cache=settings.cache, created_at=created_at, partial=allow_partial,
            progress=progress.report,
        )  # fmt: skip
    record_build(settings.builds, folder, request)
    if json:
        print_json(document(built))
    else:
        print_built(built, found_by_default=_is_found(folder, settings))


def _named(sources: list[str] | None, packages: list[str] | None, git: str | None, ref: str, path: str) -> list[str]:
    """All sources in the form of a request. Raises `typer.BadParameter` for --ref or --path without --git."""
    from vrom.builder.sources import git_source, package_source
    from vrom.builder.sources.git.read import GitSource

    if git is None and (ref != "HEAD" or path):
        raise typer.BadParameter("name the repository with --git.", param_hint="--ref" if path == "" else "--path")
    repositories = [git_source(GitSource(git, ref, path))] if git else []
    return [*(sources or []), *map(package_source, packages or []), *repositories]


def _requested(sources: list[str], cartridge: str | None, given: dict[str, Any]) -> "BuildRequest":
    """The build request of the command line. Raises `typer.BadParameter` if it is incomplete or invalid."""
    from pydantic import ValidationError

    from vrom.builder.request import BuildRequest

    if not sources:
        raise typer.BadParameter(
            "name a folder, a file or an address, or --package, --git or --update.", param_hint="SOURCE"
        )
    if cartridge is None:
        raise typer.BadParameter("name the cartridge.", param_hint="--id")
    try:
        return BuildRequest(vrom_id=cartridge, sources=tuple(sources), **given)
    except ValidationError as error:
        raise _wrong(error) from error


def _recorded(
    cartridge: str, sources: list[str], other_id: str | None, out: Path | None
) -> "tuple[Path, BuildRequest]":
    """The package to update and the request that its manifest records.

    Raises `typer.BadParameter`, `NotFoundError`, `PackageError` and `BuildError`.
    """
    from vrom.builder.request import BuildRequest
    from vrom.cli.options import open_library
    from vrom.format.manifest import read_manifest

    if sources or other_id:
        raise typer.BadParameter("the package says what it was built of.", param_hint="--update with SOURCE or --id")
    folder = out
    if folder is None:
        folders = {mount.id: mount.folder for mount in open_library(None).mounts()}
        if cartridge not in folders:
            raise NotFoundError("cartridge", cartridge, folders, "Name its folder with --out.")
        folder = folders[cartridge]
    recorded = BuildRequest.of(read_manifest(folder))
    if recorded.vrom_id != cartridge:
        raise NotFoundError("cartridge", cartridge, [recorded.vrom_id])
    return folder, recorded


def _ensure_built_here(folder: Path, recorded: "BuildRequest", settings: Settings) -> None:
    """Raise `BuildError` if the package may name sources that the user never did."""
    from vrom.builder.build_record import was_built_here
    from vrom.errors import BuildError
    from vrom.format.hidden_text import visible_line

    if was_built_here(settings.builds, folder, recorded):
        return
    more = [name for name in ("crawl", "allow_private") if getattr(recorded, name)]
    sources = "\n".join(f"  {visible_line(source)}" for source in recorded.sources)
    options = f"\nwith {', '.join('--' + name.replace('_', '-') for name in more)}" if more else ""
    raise BuildError(
        f"{folder} was not built on this machine, or its manifest has changed since. Its manifest asks to read:\n"
        f"{sources}{options}\nIf that is what you want, repeat the command with --yes."
    )


def _changed(recorded: "BuildRequest", given: dict[str, Any]) -> "BuildRequest":
    """The recorded request with the given options. Raises `typer.BadParameter` for an invalid one."""
    from pydantic import ValidationError

    from vrom.builder.request import BuildRequest

    try:
        return BuildRequest.model_validate(recorded.model_dump() | given)
    except ValidationError as error:
        raise _wrong(error) from error


def _ensure_own(folder: Path, cartridge: str) -> None:
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
    room = f"; or make room first: vrom remove {there.vrom_id}@{there.version}" if record else ""
    raise BuildError(
        f"{folder} holds {there.vrom_id} {there.version}{origin}, and the build would take its place. "
        f"Build into another folder with --out, or under another --id{room}"
    )


def _wrong(error: "ValidationError") -> typer.BadParameter:
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
