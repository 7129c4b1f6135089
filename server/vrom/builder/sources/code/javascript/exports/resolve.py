"""Resolve exported names, over the files of a package, to their declarations."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePosixPath

from vrom.builder.document import Skipped
from vrom.builder.sources.code.javascript.exports.entry_points import find_declarations
from vrom.builder.sources.code.javascript.folder import PackageFolder
from vrom.builder.sources.code.javascript.scope import Reference, Scope
from vrom.builder.sources.code.javascript.syntax import parse_declarations
from vrom.builder.sources.extra import MissingExtraError
from vrom.builder.sources.files.read import check_line_lengths
from vrom.builder.sources.formats.encodings.decode import UnreadableError, decode

MOST_DECLARATION_FILES = 3_000
"""Maximum declaration files read for one package."""

LARGEST_DECLARATIONS = 8_000_000
"""Maximum bytes of a declaration file."""

SECONDS = 60.0
"""Maximum time to parse and resolve the declarations of one package."""

LONGEST_CHAIN = 50
"""Maximum re-exports from an exported name to its declaration."""

MOST_STARS = 1_000
"""Maximum modules reached from one by `export *`."""

MOST_NAMES = 20_000
"""Maximum names that one module exports."""


@dataclass(frozen=True)
class Found:
    """The place of a declaration."""

    scope: Scope
    name: str
    """Name declared there; `*` for the whole scope as a namespace."""


@dataclass(frozen=True)
class External:
    """A name that another package declares."""

    source: str
    name: str


@dataclass(eq=False)
class Resolver:
    """The declaration files of a package, each read when it is first needed."""

    package: PackageFolder
    name: str
    """Name that the package is imported by."""
    skipped: list[Skipped] = field(default_factory=list)
    """Files that can't be read, or only in part."""
    _scopes: dict[str, Scope | None] = field(default_factory=dict)
    _deadline: float = field(default_factory=lambda: time.monotonic() + SECONDS)

    def load(self, file: str) -> Scope | None:
        """The scope of a declaration file; None if it can't be read or a limit is reached."""
        if file not in self._scopes:
            self._scopes[file] = None
            reason = ""
            if len(self._scopes) > MOST_DECLARATION_FILES:
                reason = f"more than {MOST_DECLARATION_FILES:,} declaration files"
            elif self._is_late():
                reason = f"the package took more than {SECONDS:.0f} s"
            if reason:
                self._skip_once(reason)
            else:
                self._scopes[file] = self._parse(file)
        return self._scopes[file]

    def find_module(self, specifier: str, scope: Scope) -> Scope | None:
        """The module of the package that a specifier refers to; None for one of another package."""
        if specifier.startswith("."):
            path = _join(PurePosixPath(scope.file).parent, specifier)
        elif specifier.startswith(f"{self.name}/"):
            path = specifier.removeprefix(f"{self.name}/")
        elif specifier.startswith("#"):
            path = self._find_internal(specifier)
        else:
            path = ""
        file = find_declarations(self.package, path)
        return self.load(file) if file else None

    def list_names(self, scope: Scope) -> tuple[list[str], list[str]]:
        """The names that a scope exports, and the packages of which it exports everything."""
        names: dict[str, None] = {}
        others: dict[str, None] = {}
        for at, module in enumerate(self._walk_stars(scope, others)):
            for name in islice(module.exports, MOST_NAMES):
                if name != "=" and (at == 0 or name != "default"):
                    names.setdefault(name)
        assigned = self.find_export(scope, "=") if "=" in scope.exports else None
        if isinstance(assigned, Found):
            names.setdefault("default")
            if inner := self.find_namespace(assigned):
                names.update(dict.fromkeys(self.list_names(inner)[0] if inner is not scope else ()))
        return list(islice(names, MOST_NAMES)), list(others)

    def find_export(self, scope: Scope, name: str) -> Found | External | None:
        """The declaration of an exported name; None if it leads in circles or nowhere."""
        for _ in range(LONGEST_CHAIN):
            reference, holder = scope.exports.get(name), scope
            if reference is None and name == "default":
                reference = scope.exports.get("=")
            if reference is None and "=" in scope.exports and name not in ("=", "default"):
                assigned = self.find_export(scope, "=")
                inner = self.find_namespace(assigned) if isinstance(assigned, Found) else None
                if inner is None or inner is scope:
                    return None
                scope = inner
                continue
            if reference is None and name != "default":
                modules = islice(self._walk_stars(scope, {}), MOST_STARS)
                holder = next((one for one in modules if name in one.exports), scope)
                reference = holder.exports.get(name)
            if reference is None or self._is_late():
                return None
            found = self._follow(reference, holder)
            if not isinstance(found, Reference):
                return found
            module = self.find_module(found.source, holder)
            if module is None:
                is_relative = found.source.startswith((".", "#"))
                return None if is_relative else External(found.source, found.name)
            if found.name == "*" or (found.name == "=" and "=" not in module.exports):
                return Found(module, "*")
            scope, name = module, found.name
        return None

    def find_namespace(self, found: Found) -> Scope | None:
        """The scope of a namespace; None if the name isn't one."""
        return found.scope if found.name == "*" else found.scope.namespaces.get(found.name)

    def find_local(self, scope: Scope, name: str) -> Found | External | None:
        """The declaration that a name refers to within a scope."""
        found = self._follow(Reference("", name), scope)
        if not isinstance(found, Reference):
            return found
        module = self.find_module(found.source, scope)
        if module is None or found.name == "*":
            return Found(module, "*") if module else External(found.source, found.name)
        return self.find_export(module, found.name)

    def _follow(self, reference: Reference, scope: Scope) -> Found | Reference | None:
        """The declaration or the imported name that a reference leads to, within the file."""
        for _ in range(LONGEST_CHAIN):
            if reference.source:
                return reference
            first, _, rest = reference.name.partition(".")
            holder: Scope | None = scope
            while holder and not holder.declares(first) and first not in holder.imports:
                holder = holder.parent
            if holder is None:
                return None
            if holder.declares(first):
                if not rest:
                    return Found(holder, first)
                inner = holder.namespaces.get(first)
                if inner is None or rest not in inner.exports:
                    return None
                reference, scope = inner.exports[rest], inner
            else:
                reference, scope = holder.imports[first], holder
                if rest:
                    return Reference(reference.source, rest) if reference.name in ("*", "=") else None
        return None

    def _walk_stars(self, scope: Scope, others: dict[str, None]) -> Iterator[Scope]:
        """A scope and the modules that it exports everything of; `others` receives those of other packages."""
        seen, waiting = {id(scope)}, [scope]
        for module in waiting:
            yield module
            for source in module.stars:
                inner = self.find_module(source, module)
                if inner is None:
                    if not source.startswith((".", "#")):
                        others.setdefault(source)
                elif id(inner) not in seen and len(seen) < MOST_STARS:
                    seen.add(id(inner))
                    waiting.append(inner)

    def _parse(self, file: str) -> Scope | None:
        path = self.package.find_file(file)
        if path is None or path.stat().st_size > LARGEST_DECLARATIONS:
            self.skipped.append(Skipped(file, f"more than {LARGEST_DECLARATIONS:,} bytes"))
            return None
        try:
            text = decode(path.read_bytes())
            check_line_lengths(text)
            scope, error = parse_declarations(text, file)
        except (UnreadableError, OSError) as failure:
            self.skipped.append(Skipped(file, f"cannot be read: {failure}"))
            return None
        except MissingExtraError as failure:
            self._skip_once(str(failure))
            return None
        if error:
            self.skipped.append(Skipped(file, f"line {error} cannot be parsed; read in part"))
        return scope

    def _find_internal(self, specifier: str) -> str:
        """The path of a `#name` in the package's `imports`."""
        imports = self.package.manifest.get("imports")
        for pattern, target in imports.items() if isinstance(imports, dict) else ():
            before, star, after = pattern.partition("*")
            is_match = specifier.startswith(before) and specifier.endswith(after) if star else specifier == pattern
            if is_match:
                while isinstance(target, dict) and target:
                    target = target.get("types") or next(iter(target.values()))
                matched = specifier[len(before) : len(specifier) - len(after)]
                return target.replace("*", matched) if isinstance(target, str) else ""
        return ""

    def _is_late(self) -> bool:
        return time.monotonic() > self._deadline

    def _skip_once(self, reason: str) -> None:
        entry = Skipped("*.d.ts", reason)
        if entry not in self.skipped:
            self.skipped.append(entry)


def _join(folder: PurePosixPath, specifier: str) -> str:
    """A relative specifier as a path within the package; empty if it leads out of it."""
    parts = list(folder.parts)
    for part in specifier.split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or "."
