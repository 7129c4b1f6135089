"""Public API of a Python package, read without importing it: public objects by their shortest public name."""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vrom.builder.sources.extra import import_extra


@dataclass
class PublicModule:
    """A module and the public functions, classes and attributes documented under its name."""

    name: str
    module: Any
    members: dict[str, Any] = field(default_factory=dict)
    """Objects by dotted name."""


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


def find_public_modules(package: Any) -> list[PublicModule]:
    """The public modules of a package, each with its own part of the public objects.

    An object exported by several modules belongs to the one with the fewest dots in the object's name; on a tie, to the
    module that defines it.
    """
    modules = list(_walk(package))
    names: dict[str, str] = {}
    offered: dict[str, Any] = {}
    for module in modules:
        for name, member in module.members.items():
            target = _resolve(member)
            if target is None or target.is_module or not _is_public(name, module):
                continue
            is_own = target.path.partition(".")[0].lstrip("_") == package.name.lstrip("_")  # pytest's are in `_pytest`
            if not is_own and module.exports is None:
                continue  # imported from another Python package, for its own use
            own = f"{module.path}.{name}"
            best = names.get(target.path)
            if best is None or (own.count("."), own != target.path) < (best.count("."), best != target.path):
                names[target.path] = own
            offered[target.path] = target
    found = {module.path: PublicModule(module.path, module) for module in modules}
    for path, name in names.items():
        found[name.rpartition(".")[0]].members[name] = offered[path]
    return list(found.values())


def _walk(module: Any) -> Iterator[Any]:
    yield module
    for name, member in module.members.items():
        if member.is_alias or not member.is_module or name.startswith("_") or name in _NO_DOCUMENTATION:
            continue
        yield from _walk(member)


_NO_DOCUMENTATION = {"tests", "test", "testing", "conftest", "_vendor", "vendored"}


def _is_public(name: str, module: Any) -> bool:
    if module.exports is not None:
        return name in {str(export) for export in module.exports}
    offers_imports = module.filepath is not None and module.filepath.stem == "__init__"
    return not name.startswith("_") and (offers_imports or not module.members[name].is_alias)


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


_WIDEST = 88
_MOST_OVERLOADS = 3
_DECORATORS = ("classmethod", "staticmethod", "property", "abstractmethod")


def format_signature(name: str, function: Any) -> str:
    """A function's signature with its decorators, or its first overloads; an attribute's name and annotation."""
    overloads: Sequence[Any] = getattr(function, "overloads", None) or [function]
    decorators = [mark for mark in _DECORATORS if mark in function.labels]
    prefix = "".join(f"@{mark}\n" for mark in decorators)
    if function.is_attribute:
        kind = f": {function.annotation}" if function.annotation is not None else ""
        return f"{prefix}{name}{kind}"
    calls = [_wrap(overload.signature(name=name)) for overload in overloads[:_MOST_OVERLOADS]]
    more = len(overloads) - len(calls)
    return prefix + "\n".join([*calls, f"# and {more} more overloads"] if more else calls)


def format_class_signature(name: str, cls: Any) -> str:
    """A class's constructor signature; its name and bases if it defines no `__init__`."""
    made = cls.members.get("__init__")
    if made is not None and not made.is_alias and made.is_function:
        return "class " + _wrap(made.signature(name=name, return_type=False))
    return "class " + _wrap(f"{name}({', '.join(map(str, cls.bases))})" if cls.bases else name)


def _wrap(text: str) -> str:
    """A signature, with one line per parameter if it exceeds `_WIDEST` characters."""
    if len(text) <= _WIDEST or "(" not in text:
        return text
    name, _, rest = text.partition("(")
    parts, depth, start = [], 1, 0
    for at, character in enumerate(rest):
        depth += (character in "([{") - (character in ")]}")
        if (depth == 1 and character == ",") or depth == 0:
            parts.append(rest[start:at].strip())
            start = at + 1
        if depth == 0:
            break
    return f"{name}(\n" + "".join(f"    {part},\n" for part in parts if part) + f"){rest[start:]}"
