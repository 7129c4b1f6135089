"""Public names of modules that have type stubs: those of compiled modules have no other source."""

import contextlib
from pathlib import Path
from typing import Any

from vrom.builder.sources.extra import import_extra

_LARGEST = 4_000_000
_MOST_STEPS = 8
"""Maximum number of stubs that an imported name is followed through."""


class Stubs:
    """The stubs beside the modules of a package, and those in the folder `NAME-stubs` beside the package (PEP 561)."""

    def __init__(self, package: Any, place: Path) -> None:
        """`package` is a griffe module, loaded from the folder `place`."""
        self._package, self._place = package, place
        self._files: dict[Path, Any] = {}
        self._beside: Any = None
        self._is_beside_loaded = False

    def find(self, module: Any, name: str) -> Any:
        """The function, class or attribute that a module's stubs mean by a name; None if they don't say."""
        path = f"{module.path}.{name}"
        for _ in range(_MOST_STEPS):
            holder, _, last = path.rpartition(".")
            stub = self._read_stub(self._find_module(holder))
            found = _declared(stub, last) or self._member(self._package, path)
            if found is not None:
                return found
            target = str(stub.members[last].target_path) if stub is not None and last in stub.members else ""
            if not target or target == path:
                break
            path = target
        return self._member(self._load_beside(), f"{module.path}.{name}")

    def find_source(self, target: Any) -> Any:
        """The function or class of which a stub says only that it is an attribute, so that its source was replaced."""
        file = target.filepath
        if not isinstance(file, Path) or file.suffix != ".py" or not has_stub(target.module):
            return None
        if file not in self._files:
            self._files[file] = _visit(file, target.module)
        source = self._files[file]
        found = source.members.get(target.name) if source is not None and target.parent.is_module else None
        if found is None or found.is_alias or found.is_attribute or not found.docstring:
            return None
        return found

    def _member(self, package: Any, path: str) -> Any:
        """The object at a path in a package, with imported names resolved; None if there is none."""
        if package is None:
            return None
        griffe = import_extra("griffe", "Documentation of a Python package")
        try:
            found = package[path.partition(".")[2].split(".")]
            target = found.final_target if found.is_alias else found
        except (KeyError, ValueError, griffe.GriffeError):
            return None
        return None if target.is_module else target

    def _find_module(self, path: str) -> Any:
        parts = path.split(".")[1:]
        try:
            found = self._package[parts] if parts else self._package
        except (KeyError, ValueError):
            return None
        return found if not found.is_alias and found.is_module else None

    def _read_stub(self, module: Any) -> Any:
        """The stub beside a module, as a griffe module that isn't part of the package; None without one."""
        file = module.filepath if module is not None else None
        if not isinstance(file, Path):
            return None
        stub = file.with_suffix(".pyi")
        if stub not in self._files:
            self._files[stub] = _visit(stub, module)
        return self._files[stub]

    def _load_beside(self) -> Any:
        if not self._is_beside_loaded:
            self._is_beside_loaded = True
            name = f"{self._package.name}-stubs"
            if (self._place / name / "__init__.pyi").is_file():
                griffe = import_extra("griffe", "Documentation of a Python package")
                loader = griffe.GriffeLoader(search_paths=[str(self._place)], allow_inspection=False)
                # A stub package is loaded under the name of its package, so that its own name isn't found.
                with contextlib.suppress(ImportError, SyntaxError, RecursionError, KeyError, griffe.GriffeError):
                    loader.load(name)
                self._beside = loader.modules_collection.members.get(self._package.name)
        return self._beside


def has_stub(module: Any) -> bool:
    """True if a module is a stub, or has one beside it."""
    file = module.filepath
    return isinstance(file, Path) and (file.suffix == ".pyi" or file.with_suffix(".pyi").is_file())


def _visit(stub: Path, module: Any) -> Any:
    griffe = import_extra("griffe", "Documentation of a Python package")
    try:
        if stub.stat().st_size > _LARGEST:
            return None
        code = stub.read_text(encoding="utf-8")
        return griffe.visit(module.name, filepath=stub, code=code, parent=module.parent)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError, griffe.GriffeError):
        return None


def _declared(stub: Any, name: str) -> Any:
    """What a stub declares itself by a name: a function that has only overloads is the first of them."""
    if stub is None:
        return None
    member = stub.members.get(name)
    overloads = stub.overloads.get(name) or []
    if member is None and overloads:
        member = overloads[0]
        member.overloads = list(overloads)
    return None if member is None or member.is_alias or member.is_module else member
