"""`vrom build`: from documentation to a cartridge."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from vrom.cli.build_report import BuildProgress, document, print_built, print_pieces
from vrom.cli.console import print_json
from vrom.cli.options import Json
from vrom.errors import NotFoundError
from vrom.settings import Settings, read_settings

if TYPE_CHECKING:
    from pydantic import ValidationError

    from vrom.builder.request import BuildRequest
    from vrom.embedding.embedder import Embedder

Quantization = Literal["q8", "fp32"]


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
    prefix: Annotated[str | None, typer.Option(help="What names of pages begin with: P makes a.md P/a.md.")] = None,
    url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where people read the pages; {path} and {file} stand for a page's."),
    ] = None,
    target: Annotated[int | None, typer.Option(help="Tokens of a chunk.  [default: 256]")] = None,
    model: Annotated[str | None, typer.Option(help="Embedding model.  [default: Xenova/all-MiniLM-L6-v2]")] = None,
    quantization: Annotated[Quantization, typer.Option(help="The model's form.")] = "q8",
    update: Annotated[
        str | None, typer.Option("--update", metavar="ID", help="Build this cartridge again from what it was built of.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the chunks of one page, and write nothing.")] = False,
    page: Annotated[str | None, typer.Option(help="With --dry-run: which page; default: the first.")] = None,
    json: Json = False,
) -> None:
    """Make a cartridge of documentation.

    The package appears whole or not at all; one that is there already is replaced in one step.
    """
    from vrom.builder.build import build
    from vrom.cli.model import ensure_model
    from vrom.embedding.recipes import spec_for
    from vrom.embedding.store import ModelStore

    settings = read_settings()
    created_at = settings.build_time
    given: dict[str, Any] = {
        "version": version, "name": name, "description": description, "prefix": prefix, "url": url, "target": target,
        "spec": spec_for(model, quantization) if model else None,
    }  # fmt: skip
    given = {key: value for key, value in given.items() if value is not None}
    if update is not None:
        folder, request = _repeated(update, sources, cartridge, out, given)
    else:
        request = _requested(sources, cartridge, given)
        folder = out or settings.vroms / request.vrom_id
    ensure_model(request.spec)
    store = ModelStore(settings.models, uv=settings.uv)
    if dry_run:
        _show_page(request, store.open(request.spec), page, json=json)
        return
    with BuildProgress() as progress:
        built = build(
            request, folder, store=store, cache=settings.cache, created_at=created_at, progress=progress.report
        )
    if json:
        print_json(document(built))
    else:
        print_built(built, found_by_default=_is_found(folder, settings))


def _requested(sources: list[str] | None, cartridge: str | None, given: dict[str, Any]) -> "BuildRequest":
    """What the command line asks for; ends with wrong usage where that can't be."""
    from pydantic import ValidationError

    from vrom.builder.request import BuildRequest

    if not sources:
        raise typer.BadParameter("name a folder or file of documentation, or --update ID.", param_hint="SOURCE")
    if cartridge is None:
        raise typer.BadParameter("name the cartridge.", param_hint="--id")
    try:
        return BuildRequest(vrom_id=cartridge, sources=tuple(sources), **given)
    except ValidationError as error:
        raise _wrong(error) from error


def _repeated(
    cartridge: str, sources: list[str] | None, other_id: str | None, out: Path | None, given: dict[str, Any]
) -> "tuple[Path, BuildRequest]":
    """The package to build again and the request that its manifest recorded, with what is given anew."""
    from pydantic import ValidationError

    from vrom.builder.request import BuildRequest
    from vrom.cli.options import open_library
    from vrom.package.manifest import read_manifest

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
    try:
        return folder, BuildRequest.model_validate(recorded.model_dump() | given)
    except ValidationError as error:
        raise _wrong(error) from error


def _wrong(error: "ValidationError") -> typer.BadParameter:
    """Wrong usage, in the words of the option that is wrong."""
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0])
    return typer.BadParameter(
        f"{str(first['input'])[:100]!r}: {first['msg'][:1].lower() + first['msg'][1:]}.",
        param_hint={"vrom_id": "--id", "sources": "SOURCE"}.get(field, f"--{field}"),
    )


def _show_page(request: "BuildRequest", embedder: "Embedder", wanted: str | None, *, json: bool) -> None:
    from vrom.builder.build import read_documents
    from vrom.builder.chunker import cut

    documents, _ = read_documents(request)
    named = {document.source_file: document for document in documents}
    if wanted is not None and wanted not in named:
        raise NotFoundError("page", wanted, named)
    page = named[wanted] if wanted is not None else documents[0]
    pieces = cut(page, embedder.count_tokens, request.target, embedder.max_tokens)
    print_pieces(page, pieces, embedder.count_tokens, json=json)


def _is_found(folder: Path, settings: Settings) -> bool:
    """Whether commands find the package without being told where it is."""
    return folder.absolute() in settings.roots or folder.absolute().parent in settings.roots
