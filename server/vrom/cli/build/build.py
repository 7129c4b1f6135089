"""`vrom build`: build a cartridge from documentation."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from vrom.cli.build.dry_run import show_page, show_preview
from vrom.cli.build.report import BuildProgress, document, document_of_read, print_built
from vrom.cli.build.request import (
    all_sources,
    change_request,
    check_built_here,
    local_context,
    make_request,
    read_recorded,
    recovery_of,
)
from vrom.cli.build.target import build_in_store, check_replaceable, find_target, is_in_store
from vrom.cli.console import print_json
from vrom.cli.options import Json
from vrom.format.versions import UNKNOWN
from vrom.settings import Settings, read_settings

Quantization = Literal["q8", "fp32"]
_NO_ID = "dry-run"
"""Id shown by a dry run for which none is given."""
_SOURCES: dict[str, Any] = {"rich_help_panel": "Sources"}


def build(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE", help="Folders, files or URLs of documentation.")
    ] = None,
    cartridge: Annotated[
        str | None,
        typer.Option(
            "--id",
            metavar="ID",
            help=r"Id of the cartridge: letters, digits, '.', '_', '-'.  "
            r"\[default: the name in pyproject.toml or package.json]",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help=r"Folder of the package.  \[default: ~/.vrom/vroms/ID, or ID@VERSION beside another version]",
        ),
    ] = None,
    version: Annotated[
        str | None,
        typer.Option(
            help=r"Version of the documentation.  \[default: that in pyproject.toml or package.json, else unknown]"
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Display name.")] = None,
    description: Annotated[
        str | None, typer.Option(help="What it covers, in one sentence; agents use it to decide whether to search.")
    ] = None,
    package: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="README and docstrings of a Python package, installed in the project's environment, else in vrom's.",
            **_SOURCES,
        ),
    ] = None,
    import_packages: Annotated[
        bool,
        typer.Option(
            "--import",
            help="With --package: import it, in a process of its own, for the documentation of compiled modules.",
            **_SOURCES,
        ),
    ] = False,
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
        int | None,
        typer.Option(help=r"Maximum number of links from the first page to another.  \[default: 10]", **_SOURCES),
    ] = None,
    include: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Fetch only matching URLs, such as '*/guide/*'; repeatable.", **_SOURCES),
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="PATTERN", help="Skip matching URLs; repeatable.", **_SOURCES)
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Allow fetching from private addresses.", **_SOURCES)
    ] = False,
    allow_partial: Annotated[
        bool, typer.Option("--allow-partial", help="Build even if many pages cannot be fetched.", **_SOURCES)
    ] = False,
    from_dump: Annotated[
        bool,
        typer.Option(
            "--from-dump", help="Recover headings and code in all .txt files, as in pages copied from a browser."
        ),
    ] = False,
    as_is: Annotated[
        bool, typer.Option("--as-is", help="Read .txt files as they are, even if they look like copied pages.")
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
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail if more than a fifth of the documentation is left out.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be built, without a model and without writing.")
    ] = False,
    page: Annotated[str | None, typer.Option(help="With --dry-run: show all chunks of this page.")] = None,
    json: Json = False,
) -> None:
    """Build a cartridge from documentation.

    A package of the same version is replaced atomically; if the build fails, it is left unchanged. Another version
    stays beside it.
    """
    from vrom.builder.build import build
    from vrom.builder.local_builds import note_local_build
    from vrom.builder.read_sources import LeftOutError, read_documents
    from vrom.builder.sources.code.python.package import find_distribution
    from vrom.builder.sources.read import check_sources_exist, find_version, package_names
    from vrom.cli.model import ensure_model
    from vrom.embedding.model_store import ModelStore
    from vrom.embedding.recipes import spec_for

    settings = read_settings()
    created_at = settings.build_time
    given: dict[str, Any] = {
        "version": version, "name": name, "description": description, "prefix": prefix, "url": url, "target": target,
        "crawl": crawl or None, "max_pages": max_pages, "max_depth": max_depth, "include": include or None,
        "exclude": exclude or None, "allow_private": allow_private or None, "import_packages": import_packages or None,
        "recovery": recovery_of(from_dump=from_dump, as_is=as_is),
        "spec": spec_for(model, quantization) if model else None,
    }  # fmt: skip
    given = {key: value for key, value in given.items() if value is not None}
    sources = all_sources(sources, package, git, ref, path)
    folder = out
    if update is not None:
        folder, recorded = read_recorded(update, sources, cartridge, out)
        if not yes:
            check_built_here(folder, recorded, settings)
        request = change_request(recorded, given)
    else:
        request = make_request(sources, cartridge, given, placeholder=_NO_ID if dry_run else "")
    context = local_context(settings, request.sources)
    check_sources_exist(request.sources, context)  # report a mistyped source before fetching a model
    if not dry_run:
        version = request.version or find_version(request.sources, context) or UNKNOWN
        folder = folder or find_target(settings, request, version)
        check_replaceable(folder, request.vrom_id)
    store = ModelStore(settings.models, uv=settings.uv)
    if folder is None or dry_run:
        pages = settings.cache / "pages"
        read = read_documents(request, pages, context=context, partial=True)
        if page is not None:
            show_page(request, read, page, store, json=json)
            return
        show_preview(request, read, store, json=json)
        if strict and read.left_out.is_much:
            raise LeftOutError(read)
        return
    ensure_model(request.spec, report_installed=False)

    with BuildProgress() as progress:
        run = partial(
            build, request, store=store, cache=settings.cache, context=context, created_at=created_at,
            partial=allow_partial, strict=strict, progress=progress.report,
        )  # fmt: skip
        try:
            if is_in_store(folder, settings):
                built = build_in_store(settings, request, folder, run)
            else:
                built = run(folder)
                note_local_build(settings.builds, folder, request)
        except LeftOutError as error:
            if json:
                print_json({"folder": None, "id": request.vrom_id, **document_of_read(error.read)})
            raise
    packages = [find_distribution(name, context.site_packages) for name in package_names(request.sources)]
    if json:
        print_json(document(built, packages))
    else:
        print_built(built, packages, context.site_packages, found_by_default=_is_found(built.folder, settings))


def _is_found(folder: Path, settings: Settings) -> bool:
    """True if commands find the package without `--cartridges`."""
    return folder.absolute() in settings.roots or folder.absolute().parent in settings.roots
