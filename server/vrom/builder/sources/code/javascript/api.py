"""Public API of an npm package: its exported names, each by the shortest path it can be imported by."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from vrom.builder.document import Skipped
from vrom.builder.sources.code.javascript.exports.copies import Mark, find_copies
from vrom.builder.sources.code.javascript.exports.entry_points import find_entry_points
from vrom.builder.sources.code.javascript.exports.resolve import External, Found, Resolver
from vrom.builder.sources.code.javascript.folder import PackageFolder
from vrom.builder.sources.code.javascript.scope import Declaration, Scope
from vrom.builder.sources.code.javascript.tsdoc import is_internal

MOST_ITEMS = 5_000
"""Maximum exported names of a package; later ones are counted."""

MOST_SCOPES = 2_000
"""Maximum entry points and namespaces of a package."""


@dataclass(eq=False)
class Item:
    """An exported name with its declarations: overloads, or a constant and an interface of one name."""

    name: str
    declarations: list[Declaration]
    scope: Scope
    """The file that declares it."""
    is_default: bool = False


@dataclass(eq=False)
class PublicScope:
    """An entry point, or a namespace exported by one, with the items that belong to it."""

    path: str
    """The path to import it by: `zod/mini`."""
    scope: Scope
    mark: Mark
    """Set if it is a copy of another version of the API."""
    namespace: str = ""
    """Names from the entry point to the namespace: `core.util`; empty for an entry point."""
    parent: "PublicScope | None" = None
    items: dict[str, Item] = field(default_factory=dict)
    externals: list[External] = field(default_factory=list)
    """Names of other packages that it exports."""
    stars: list[str] = field(default_factory=list)
    """Packages of which it exports everything."""
    alias: str = ""
    """Name of the namespace in which an entry point exports itself, as `z` of `zod`; empty if absent."""
    declared_by: str = ""
    """The package that declares its items, if it is another one."""

    @property
    def cost(self) -> int:
        """Length of the path to its names, in names."""
        return self.path.count("/") + self.namespace.count(".") + bool(self.namespace)


@dataclass(eq=False)
class PublicApi:
    """The public scopes of a package."""

    resolver: Resolver
    scopes: list[PublicScope] = field(default_factory=list)
    owners: dict[tuple[int, str], str] = field(default_factory=dict)
    """Public name of each declaration that has one, by `id(scope)` and local name."""
    left_out: int = 0

    @property
    def skipped(self) -> list[Skipped]:
        """Files and names that are left out."""
        found = list(self.resolver.skipped)
        if self.left_out:
            found.append(Skipped(self.resolver.name, f"{self.left_out:,} exported names over the limit {MOST_ITEMS:,}"))
        return found


def find_public_api(package: PackageFolder, name: str) -> PublicApi:
    """The public scopes of a package that is imported by a name.

    A declaration that several of them export belongs to the one with the shortest path; to no copy of another
    version if the API itself exports it.
    """
    resolver = Resolver(package, name)
    api = PublicApi(resolver)
    waiting: list[tuple[bool, int, bool, int, PublicScope]] = []
    order = count()

    def add(found: PublicScope) -> None:
        heapq.heappush(waiting, (bool(found.mark), found.cost, bool(found.namespace), next(order), found))

    for entry_point in _open_entry_points(resolver, package):
        add(entry_point)
    seen: set[tuple[int, bool]] = set()
    while waiting and len(api.scopes) < MOST_SCOPES:
        public = heapq.heappop(waiting)[-1]
        if (key := (id(public.scope), bool(public.namespace))) not in seen:
            seen.add(key)
            _fill(public, api, add)
            api.scopes.append(public)
    api.left_out += len(waiting) if len(api.scopes) >= MOST_SCOPES else 0
    return api


def _open_entry_points(resolver: Resolver, package: PackageFolder) -> list[PublicScope]:
    files = find_entry_points(package)
    scopes = {subpath: scope for subpath, file in files.items() if (scope := resolver.load(file))}
    main = scopes.get(".")
    references = [*main.exports.values(), *main.imports.values()] if main else []
    sources = [files.get(".", ""), *(main.stars if main else ()), *(one.source for one in references)]
    mark = find_copies(scopes, sources, package.version)
    found = [
        PublicScope(f"{resolver.name}{subpath[1:]}", scope, mark(subpath))
        for subpath, scope in scopes.items()
        if scope.is_module
    ]
    for subpath, scope in _follow_paths(scopes, resolver):
        for name, module in {} if scope.is_module else scope.modules.items():
            if "*" not in name and "/dist/" not in name:
                found.append(PublicScope(name[:200], module, mark(subpath)))
    return found


def _follow_paths(scopes: dict[str, Scope], resolver: Resolver) -> list[tuple[str, Scope]]:
    """Scopes, and the files that they refer to by `/// <reference path="…" />`."""
    reached = {scope.file: (subpath, scope) for subpath, scope in scopes.items()}
    waiting = list(reached.values())
    for subpath, scope in waiting:
        for path in scope.paths:
            inner = resolver.find_module(path if path.startswith(".") else f"./{path}", scope)
            if inner and inner.file not in reached:
                reached[inner.file] = (subpath, inner)
                waiting.append((subpath, inner))
    return waiting


def _fill(public: PublicScope, api: PublicApi, add: Callable[[PublicScope], None]) -> None:
    """Give a scope the items that no scope before it has; `add` receives the namespaces that it exports."""
    names, public.stars = api.resolver.list_names(public.scope)
    repeated = 0
    for name in sorted(names, key=lambda name: name == "default"):  # another name is better
        found = None if name.startswith("_") else api.resolver.find_export(public.scope, name)
        if isinstance(found, External):
            public.externals.append(External(found.source, name if found.name in ("*", "=") else found.name))
        elif found is not None:
            inner = api.resolver.find_namespace(found)
            if inner is not None and inner is not public.scope and name != "default":
                namespace = f"{public.namespace}.{name}".lstrip(".")
                add(PublicScope(public.path, inner, public.mark, namespace, public))
            if found.name != "*":
                repeated += _take(public, name, found, api)
    parent = public.parent
    if parent and not parent.parent and not public.items and parent.items and repeated >= len(parent.items):
        parent.alias = public.namespace


def _take(public: PublicScope, name: str, found: Found, api: PublicApi) -> bool:
    """Add an item, unless a scope has it already: then return True."""
    key = (id(found.scope), found.name)
    declarations = [one for one in found.scope.declarations.get(found.name, ()) if not is_internal(one.comment)]
    if key in api.owners or not declarations:
        return key in api.owners
    if len(api.owners) >= MOST_ITEMS:
        api.left_out += 1
        return False
    shown = _name_default(found.name, public.path) if name == "default" else name
    api.owners[key] = shown
    item = public.items.setdefault(shown, Item(shown, [], found.scope, name == "default"))
    item.declarations += declarations
    return False


def _name_default(name: str, path: str) -> str:
    """The name shown for a default export: the declared one, else the last part of its import path."""
    if len(name) > 2 and not name.startswith("_"):
        return name
    words = path.rpartition("/")[2].replace(".", "-").split("-")
    return words[0] + "".join(word.capitalize() for word in words[1:])
