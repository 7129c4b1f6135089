"""Names that a package exports from packages it depends on: documented with it, since users import them from it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from vrom.builder.sources.code.javascript.api import PublicApi, PublicScope, find_public_api
from vrom.builder.sources.code.javascript.folder import open_package

FindPackage = Callable[[str, Path], Path | None]
"""The folder of the package that a name refers to in the files of another package's folder; None if it isn't there."""

MOST_PACKAGES = 5
"""Maximum packages of one package whose names are added."""


@dataclass
class _Reexported:
    """A package that names are exported from."""

    api: PublicApi
    exporting: PublicScope
    """The scope that exports them first."""
    names: set[str] = field(default_factory=set)
    everything: bool = False


def find_reexported(api: PublicApi, find_package: FindPackage) -> list[PublicApi]:
    """The API of each package that `api` exports names from, with these names alone; it is left with the others.

    A package that exports them from yet another one leads to that.
    """
    reached: dict[str, _Reexported] = {}
    waiting = [(api, public) for public in api.scopes]
    while waiting:
        current, public = waiting.pop(0)
        for source in _sources(public):
            folder = find_package(source, current.resolver.package.root)
            if folder is None or source == api.resolver.name:
                continue
            if source not in reached:
                if len(reached) == MOST_PACKAGES:
                    continue
                reached[source] = _Reexported(find_public_api(open_package(folder), source), public)
            there = reached[source]
            there.everything |= source in public.stars
            there.names |= {one.name for one in public.externals if one.source == source}
            public.externals = [one for one in public.externals if one.source != source]
            public.stars = [one for one in public.stars if one != source]
            waiting += [(there.api, inner) for inner in _exported_scopes(there)]
    for found in reached.values():
        _keep(found)
    return [found.api for found in reached.values()]


def _sources(public: PublicScope) -> list[str]:
    """The packages that a scope exports names from."""
    return list(dict.fromkeys([*public.stars, *(one.source for one in public.externals)]))


def _exported_scopes(found: _Reexported) -> list[PublicScope]:
    """The parts of a package's main entry point that name what yet other packages declare, and is exported again."""
    parts = []
    for public in found.api.scopes:
        if public.path == found.api.resolver.name and not public.namespace:
            wanted = [one for one in public.externals if found.everything or one.name in found.names]
            stars = public.stars if found.everything else []
            public.externals = [one for one in public.externals if one not in wanted]
            parts.append(replace(found.exporting, items={}, externals=wanted, stars=list(stars)))
    return parts


def _keep(found: _Reexported) -> None:
    """Keep what is exported again of a package, under the path of the scope that exports it."""
    kept = []
    for public in found.api.scopes:
        if public.path != found.api.resolver.name:
            continue
        if not found.everything and public.namespace.partition(".")[0] not in found.names:
            public.items = {name: item for name, item in public.items.items() if name in found.names}
            public.externals, public.stars = [], []
        public.declared_by = public.path
        public.path, public.mark = found.exporting.path, found.exporting.mark
        if public.items:
            kept.append(public)
    found.api.scopes = kept
