"""Options shared by several commands, and the library that they select."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrom.errors import StoreUnavailableError
from vrom.settings import Settings, package_index_environment, read_settings

if TYPE_CHECKING:
    from vrom.library.library import Library
    from vrom.project.machine import Machine
    from vrom.project.project_scope import ProjectScope

Cartridges = Annotated[
    list[Path] | None,
    typer.Option("--cartridges", metavar="DIR", help="A package, or a folder of packages; repeatable."),
]
Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help=r"A database of cartridges: postgresql://USER@HOST/NAME or milvus://HOST/NAME.  \[default: $VROM_STORE]",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]


def open_library(cartridges: list[Path] | None) -> "Library":
    """The library of these folders, or of the folders in the settings if empty."""
    return library_of(read_settings(cartridges or ()))


def library_of(settings: Settings, scope: "ProjectScope | None" = None, store: str = "") -> "Library":
    """The library configured by the settings; with `scope` instead of one of its own, and a database at `store`."""
    from vrom.library.library import Library
    from vrom.library.scope import Scope

    stored = None
    if store:
        from vrom.library.stored import StoredMounts
        from vrom.store.connect import open_store

        opened = open_store(store)
        with suppress(StoreUnavailableError):  # it may come back; tables of another version won't change by waiting
            opened.catalogue()
        stored = StoredMounts(opened)

    own = settings.project / ".vrom" / "cartridges" if settings.follows_project else None
    return Library(
        [root for root in settings.roots if root != own],  # the scope names it
        cache=settings.cache,
        models=settings.models,
        limits=settings.limits,
        home=settings.home,
        scope=(scope or project_scope(settings)) if settings.follows_project else Scope,
        stored=stored,
    )


def store_address(given: str | None, settings: Settings) -> str:
    """Address of the database that a command is about: the option, else the settings; empty if neither names one.

    Raises `InvalidArgumentError` for an option with a password, or an address that can't be read.
    """
    address = given or settings.store
    if address:
        from vrom.store.connect import check_address

        check_address(address, is_argument=bool(given))
    return address


def project_scope(settings: Settings) -> "ProjectScope":
    """The scope of the project that the settings name."""
    from vrom.project.project_scope import ProjectScope

    return ProjectScope(settings.project, settings.environments)


def machine_of(settings: Settings) -> "Machine":
    """Folders and limits for adding documentation on this machine."""
    from vrom.project.machine import Machine

    return Machine(
        vroms=settings.vroms,
        models=settings.models,
        cache=settings.cache,
        builds=settings.builds,
        cargo=settings.cargo,
        go=settings.go,
        uv_cache=settings.uv_cache,
        environments=settings.environments,
        index_variables=package_index_environment(),
        limits=settings.limits,
        max_download=settings.max_download,
        uv=settings.uv,
        home=settings.home,
        registries=settings.registries,
        api_key=settings.api_key,
    )
