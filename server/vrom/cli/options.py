"""Options shared by several commands, and the library that they select."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrom.settings import Settings, package_index_environment, read_settings

if TYPE_CHECKING:
    from vrom.library.library import Library
    from vrom.project.machine import Machine
    from vrom.project.project_scope import ProjectScope

Cartridges = Annotated[
    list[Path] | None,
    typer.Option("--cartridges", metavar="DIR", help="A package, or a folder of packages; repeatable."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]


def open_library(cartridges: list[Path] | None) -> "Library":
    """The library of these folders, or of the folders in the settings if empty."""
    return library_of(read_settings(cartridges or ()))


def library_of(settings: Settings, scope: "ProjectScope | None" = None) -> "Library":
    """The library configured by the settings; with `scope` instead of one of its own."""
    from vrom.library.library import Library
    from vrom.library.scope import Scope

    own = settings.project / ".vrom" / "cartridges" if settings.follows_project else None
    return Library(
        [root for root in settings.roots if root != own],  # the scope names it
        cache=settings.cache,
        models=settings.models,
        limits=settings.limits,
        home=settings.home,
        scope=(scope or project_scope(settings)) if settings.follows_project else Scope,
    )


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
