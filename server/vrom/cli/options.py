"""Options shared by several commands, and the library that they select."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrom.settings import Settings, package_index_environment, read_settings

if TYPE_CHECKING:
    from vrom.library.library import Library
    from vrom.project.machine import Machine

Cartridges = Annotated[
    list[Path] | None,
    typer.Option("--cartridges", metavar="DIR", help="A package, or a folder of packages; repeatable."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]


def open_library(cartridges: list[Path] | None) -> "Library":
    """The library of these folders, or of the folders in the settings if empty."""
    return library_of(read_settings(cartridges or ()))


def library_of(settings: Settings) -> "Library":
    """The library configured by the settings."""
    from vrom.library.library import Library
    from vrom.library.scope import Scope
    from vrom.project.project_scope import ProjectScope

    scope = ProjectScope(settings.project, settings.environments) if settings.follows_project else Scope
    return Library(
        settings.roots,
        cache=settings.cache,
        models=settings.models,
        limits=settings.limits,
        home=settings.home,
        scope=scope,
    )


def machine_of(settings: Settings) -> "Machine":
    """What adding documentation needs of this machine."""
    from vrom.project.machine import Machine

    return Machine(
        vroms=settings.vroms,
        models=settings.models,
        cache=settings.cache,
        builds=settings.builds,
        cargo=settings.cargo,
        go=settings.go,
        environments=settings.environments,
        index_variables=package_index_environment(),
        limits=settings.limits,
        max_download=settings.max_download,
        uv=settings.uv,
    )
