"""Public API of a Python package, read without importing it: public objects by their shortest public name."""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vrom.builder.sources.code.python.stubs import Stubs, has_stub
from vrom.builder.sources.extra import import_extra


@dataclass
class PublicModule:
    """A module and the public functions, classes and attributes documented under its name."""

    name: str
    module: Any
    members: dict[str, Any] = field(default_factory=dict)
    """Objects by dotted name."""
    exported: set[str] = field(default_factory=set)
    """Dotted names of members that `__all__` or the imports of an `__init__` offer."""
    others: dict[str, list[str]] = field(default_factory=dict)
    """Other public names of a member, by its dotted name."""
    unresolved: dict[str, str] = field(default_factory=dict)
    """Exported names with no source, by dotted name, and where they are imported from."""
    internal: list[str] = field(default_factory=list)
    """Modules below, and names, that are left out because `__all__` doesn't reach them."""


def load_module(module: str, search_path: Path) -> Any:
    """Load a module with griffe. Raises `ImportError` or `SyntaxError` if it can't be read."""
    griffe = import_extra("griffe", "Documentation of a Python package")
    with _silence_logs():
        return griffe.load(module, search_paths=[str(search_path)], allow_inspection=False, resolve_aliases=True)


@contextlib.contextmanager
def _silence_logs() -> Iterator[None]:
    """Suppress griffe's log messages about names it can't resolve or parse."""
    logger = logging.getLogger("griffe")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def find_public_modules(package: Any, place: Path | None = None) -> list[PublicModule]:
    """The public modules of a package, each with its own part of the public objects.

    An object exported by several modules belongs to the one with the fewest dots in the object's name; on a tie, to the
    module that defines it. What has no source is looked for in stubs, also in those in the folder `place`.
    """
    found = {module.path: PublicModule(module.path, module) for module in _walk(package)}
    stubs = Stubs(package, place or Path())
    chosen = _find_chosen([public.module for public in found.values()])
    names: dict[str, list[str]] = {}
    offered: dict[str, Any] = {}
    for path, public in found.items():
        public.internal = [module.path for module in _find_internal(public.module)]
        exports = find_exports(public.module)
        for name, member in public.module.members.items():
            own = f"{path}.{name}"
            if not _is_public(name, public.module, exports):
                continue
            if path in chosen and own not in chosen[path] and not _is_documented_class(member):
                public.internal.append(own)
                continue
            is_exported = exports is not None or member.is_alias
            target = _resolve(member) or (stubs.find(public.module, name) if is_exported else None)
            if target is None:
                if exports is not None:
                    public.unresolved[own] = member.target_path
                continue
            if target.is_module or (exports is None and not _is_own(target, package)):
                continue  # imported from another Python package, for its own use
            if target.is_attribute and target.docstring is None and has_stub(target.module):
                target = stubs.find_source(target) or stubs.find(public.module, name) or target
            if is_exported:
                public.exported.add(own)
            names.setdefault(target.path, []).append(own)
            offered[target.path] = target
    for path, listed in names.items():
        best, *others = sorted(dict.fromkeys(listed), key=lambda own: (own.count("."), own != path))
        home = found[best.rpartition(".")[0]]
        home.members[best] = offered[path]
        home.others[best] = [own for own in others if own in found[own.rpartition(".")[0]].exported]
        if len(listed) > 1 and any(own in found[own.rpartition(".")[0]].exported for own in listed):
            home.exported.add(best)
    return list(found.values())


def _find_chosen(modules: Sequence[Any]) -> dict[str, set[str]]:
    """Modules from which a package chose the names that its `__all__` lists, and these by their names there.

    Others of such a module are internal, but for documented classes.
    """
    found: dict[str, set[str]] = {}
    own = {module.path: module for module in modules}
    for module in modules:
        for name in find_exports(module) or ():
            member = module.members.get(name)
            target = str(member.target_path) if member is not None and member.is_alias else ""
            origin = own.get(target.rpartition(".")[0])
            if origin is not None and origin.path != module.path and not _speaks_for_itself(origin):
                found.setdefault(origin.path, set()).add(target)
    return found


def _speaks_for_itself(module: Any) -> bool:
    """True for a module whose public names are its own: it has an `__all__` or a docstring, or is a package."""
    is_package = module.filepath is not None and getattr(module.filepath, "stem", "__init__") == "__init__"
    return module.exports is not None or bool(module.docstring) or is_package


def _is_documented_class(member: Any) -> bool:
    return not member.is_alias and member.is_class and bool(member.docstring)


def _is_own(target: Any, package: Any) -> bool:
    """True if an object is defined in the package, or one of the same name with an underscore, as pytest's are."""
    return bool(target.path.partition(".")[0].lstrip("_") == package.name.lstrip("_"))


def _walk(module: Any) -> Iterator[Any]:
    yield module
    internal = {one.path for one in _find_internal(module)}
    for member in _list_modules(module):
        if member.path not in internal:
            yield from _walk(member)


def _list_modules(module: Any) -> Iterator[Any]:
    for name, member in module.members.items():
        if not (member.is_alias or not member.is_module or name.startswith("_") or name in _NO_DOCUMENTATION):
            yield member


_MOST_STEPS = 8
"""Maximum number of imports that a name is followed through."""
_NO_DOCUMENTATION = {"tests", "test", "testing", "conftest", "_vendor", "vendored"}


def _find_internal(module: Any) -> list[Any]:
    """The modules below one whose `__all__` lists half of its modules or more, but not these.

    A module that states its own public names, or is a package that offers names of its modules, is no internal one.
    """
    exports = find_exports(module)
    modules = list(_list_modules(module))
    if exports is None or 2 * sum(member.name in exports for member in modules) < len(modules):
        return []
    return [member for member in modules if member.name not in exports and not _states_names(member)]


def _states_names(module: Any) -> bool:
    if module.exports is not None:
        return True
    return any(
        member.is_alias and not name.startswith("_") and str(member.target_path).startswith(f"{module.path}.")
        for name, member in module.members.items()
    )


def find_exports(module: Any) -> set[str] | None:
    """The names in a module's `__all__`, with those of other modules that it adds; None if it has none.

    >>> import griffe
    >>> find_exports(griffe.visit("m", filepath=None, code="__all__ = ['a']"))
    {'a'}
    """
    if module.exports is None:
        return None
    found = set()
    for export in map(str, module.exports):
        member = module.members.get(export)
        target = str(member.target_path) if member is not None and member.is_alias else ""
        added = find_module(module, target.removesuffix(".__all__")) if target.endswith(".__all__") else None
        found |= {str(name) for name in added.exports or ()} if added is not None else {export}
    return found


def is_in_source(package: Any, path: str) -> bool:
    """True if what an import means by a name is made by Python code, though not found there."""
    for _ in range(_MOST_STEPS):
        holder, _, name = path.rpartition(".")
        module = find_module(package, holder)
        if module is None or has_stub(module):
            return False
        member = module.members.get(name)
        if member is None or not member.is_alias:
            return True
        path = str(member.target_path)
        if path.partition(".")[0].lstrip("_") != package.name.partition(".")[0].lstrip("_"):
            return True  # another distribution documents it
    return False


def find_module(module: Any, path: str) -> Any:
    """The module of the same package at a path; None if there is none."""
    found, parts = module.package, path.split(".")
    if parts[0] != found.name:
        return None
    for part in parts[1:]:
        found = found.members.get(part)
        if found is None or found.is_alias:
            return None
    return found if found.is_module else None


def _is_public(name: str, module: Any, exports: set[str] | None) -> bool:
    if exports is not None:
        return name in exports
    offers_imports = module.filepath is not None and module.filepath.stem == "__init__"
    member = module.members[name]
    return not name.startswith("_") and (offers_imports or not member.is_alias)


def _resolve(member: Any) -> Any:
    """The object that an imported name refers to; None if it can't be resolved."""
    if not member.is_alias:
        return member
    griffe = import_extra("griffe", "Documentation of a Python package")
    try:
        return member.final_target
    except (griffe.AliasResolutionError, griffe.CyclicAliasError):
        return None


def find_public_members(cls: Any) -> Iterator[tuple[str, Any]]:
    """The public functions, properties and attributes that a class defines itself."""
    for name, member in cls.members.items():
        if not member.is_alias and not name.startswith("_"):
            yield name, member


_CHOICES = ("Enum", "Flag", "Choices")


def lists_attributes(cls: Any, member: Any) -> bool:
    """True for an attribute that is a field or a choice: it is annotated, or its class is an enumeration."""
    if not member.is_attribute:
        return False
    return member.annotation is not None or any(str(base).endswith(_CHOICES) for base in cls.bases)
