"""Entry points of a package: the paths it can be imported by, and the declaration file of each."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from vrom.builder.sources.code.javascript.folder import PackageFolder

MOST_ENTRY_POINTS = 1_000
"""Maximum entry points of a package; later ones are left out."""

MOST_PATTERNS = 50
"""Maximum patterns, such as `./plugins/*`, whose files are listed."""

DEEPEST_CONDITIONS = 10
"""Maximum nesting of conditions in `exports`."""

_CONDITIONS = {"import", "module", "module-sync", "require", "node", "default", "browser", "development", "production"}
_DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
_COMPILED = {".js": ".d.ts", ".jsx": ".d.ts", ".mjs": ".d.mts", ".cjs": ".d.cts"}
_SOURCES = {".ts": ".d.ts", ".tsx": ".d.ts", ".mts": ".d.mts", ".cts": ".d.cts"}
_NO_ENTRY_POINT = {
    "test",
    "tests",
    "src",
    "dist",
    "lib",
    "build",
    "bin",
    "example",
    "examples",
    "scripts",
    "types",
    "cjs",
    "esm",
}


def find_entry_points(package: PackageFolder) -> dict[str, str]:
    """The declaration file of each entry point, by its subpath: `.` for the package itself, else `./mini`."""
    found: dict[str, str] = {}
    for subpath, file in islice(_list_entry_points(package), 2 * MOST_ENTRY_POINTS):
        module_kind = PurePosixPath(found.get(".", "")).suffix
        if subpath not in found or (file.endswith(module_kind) and not found[subpath].endswith(module_kind)):
            found[subpath] = file
    return dict(islice(found.items(), MOST_ENTRY_POINTS))


def _list_entry_points(package: PackageFolder) -> Iterator[tuple[str, str]]:
    exports = package.manifest.get("exports")
    subpaths = _list_subpaths(exports)
    main = find_declarations(package, _choose(subpaths.get("."), package)) or _find_main(package)
    if main:
        yield ".", main
    is_open = not subpaths
    hidden = [key.partition("*")[0] for key, value in subpaths.items() if value is None][:MOST_PATTERNS]
    patterns = 0
    for subpath, target in islice(subpaths.items(), MOST_ENTRY_POINTS):
        if "*" not in subpath:
            if subpath != "." and (file := find_declarations(package, _choose(target, package))):
                yield subpath, file
        elif subpath == "./*" and _choose(target, package).startswith("./*"):
            is_open = True
        elif (patterns := patterns + 1) <= MOST_PATTERNS:
            yield from _expand(subpath, _choose(target, package), package, tuple(hidden))
    if is_open:
        yield from _list_by_versions(package)
        yield from _list_by_path(package)


def _list_subpaths(exports: Any) -> dict[str, Any]:
    """`exports` by subpath, whichever of its forms it has."""
    if isinstance(exports, dict) and any(key.startswith(".") for key in exports):
        return {key: value for key, value in exports.items() if key.startswith(".") and key != "./package.json"}
    return {".": exports} if exports else {}


def _choose(target: Any, package: PackageFolder, depth: int = 0) -> str:
    """The first path among conditions that leads to declarations; for a pattern, the first of all. Empty if none."""
    if isinstance(target, str):
        return target if "*" in target or find_declarations(package, target) else ""
    if depth >= DEEPEST_CONDITIONS:
        return ""
    if isinstance(target, list):
        options = target[:DEEPEST_CONDITIONS]
    elif isinstance(target, dict):
        kinds = sorted(islice(target, 100), key=lambda key: not key.startswith("types"))
        options = [target[key] for key in kinds if key in _CONDITIONS or key.partition("@")[0] == "types"]
    else:
        return ""
    return next(filter(None, (_choose(option, package, depth + 1) for option in options)), "")


def find_declarations(package: PackageFolder, path: str) -> str:
    """The declaration file that a path of a file, script or folder stands for; empty if none."""
    if not path:
        return ""
    base = path.removesuffix("/")
    stem, dot, suffix = base.rpartition(".")
    replaced = {**_COMPILED, **_SOURCES}.get(dot + suffix)
    candidates = [base] if base.endswith(_DECLARATIONS) else [stem + replaced] if replaced else []
    candidates += [base + ending for ending in _DECLARATIONS] + [f"{base}/index{ending}" for ending in _DECLARATIONS]
    for candidate in candidates:
        if file := package.find_file(candidate):
            return file.relative_to(package.root).as_posix()
    return ""


def _find_main(package: PackageFolder) -> str:
    named = [package.manifest.get(key) for key in ("types", "typings", "module", "main")]
    paths = [*(name for name in named if isinstance(name, str)), "index.d.ts"]
    return next(filter(None, (find_declarations(package, path) for path in paths)), "")


def _expand(subpath: str, target: str, package: PackageFolder, hidden: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Entry points of a pattern such as `./plugins/*`, by the files that match its target."""
    before, _, after = target.removeprefix("./").partition("*")
    folder = PurePosixPath(before if before.endswith("/") else str(PurePosixPath(before).parent))
    if not after.endswith(_DECLARATIONS):
        after = re.sub(r"\.([mc]?)[jt]sx?$", r".d.\1ts", after)
    if "*" in after or ".." in folder.parts or folder.is_absolute():
        return
    for file in package.list_files(str(folder)):
        if file.startswith(before) and file.endswith(after) and file.endswith(_DECLARATIONS):
            matched = file[len(before) : len(file) - len(after)] if after else file[len(before) :]
            name = subpath.replace("*", re.sub(r"\.d\.[mc]?ts$", "", matched))
            if not name.startswith(hidden):
                yield name, file


def _list_by_versions(package: PackageFolder) -> Iterator[tuple[str, str]]:
    """Entry points that `typesVersions` names one by one."""
    versions = package.manifest.get("typesVersions")
    for paths in versions.values() if isinstance(versions, dict) else ():
        for subpath, targets in islice(paths.items(), MOST_ENTRY_POINTS) if isinstance(paths, dict) else ():
            target = targets[0] if isinstance(targets, list) and targets else None
            if "*" not in subpath and isinstance(target, str) and (file := find_declarations(package, target)):
                yield f"./{subpath}", file


def _list_by_path(package: PackageFolder) -> Iterator[tuple[str, str]]:
    """Declaration files at the top of the package or one folder down: without `exports`, any can be imported."""
    for file in package.list_files(deepest=2):
        path = PurePosixPath(file)
        is_index = path.name.startswith("index.d.")
        if not file.endswith(_DECLARATIONS) or path.parts[0] in _NO_ENTRY_POINT or file == "index.d.ts":
            continue
        if len(path.parts) > 2 and not is_index:
            continue
        stem = re.sub(r"\.d\.[mc]?ts$", "", file)
        yield f"./{stem.removesuffix('/index')}", file
