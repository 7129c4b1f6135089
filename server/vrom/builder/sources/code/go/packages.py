"""The packages of a Go module, each with the exported declarations of its files."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from vrom.builder.document import Skipped
from vrom.builder.sources.code.go.declarations import Declaration, list_declarations, with_comments
from vrom.builder.sources.code.source_folder import SourceFolder
from vrom.builder.sources.code.syntax import find_first_error, parse, text_of
from vrom.builder.sources.formats.encodings.decode import UnreadableError

_NOT_ENTERED = {"internal", "vendor", "testdata", "node_modules"}
_NOT_BUILT = re.compile(r"^//\s*(?:go:build|\+build) ignore\b", re.MULTILINE)


@dataclass
class Package:
    """A package and what it exports."""

    path: str
    """Import path."""
    name: str = ""
    docs: list[str] = field(default_factory=list)
    """Lines of the package comments."""
    declarations: list[Declaration] = field(default_factory=list)


def list_packages(folder: SourceFolder, module: str) -> Iterator[Package | Skipped]:
    """The packages below a module's folder that others can import, and the files that can't be read."""
    for parent, files in folder.walk(folder.root, _is_entered):
        below = folder.name(parent)
        path = "/".join(part for part in (module, "" if below == "." else below) if part)
        package = Package(path)
        for name in sorted(files, key=lambda name: (name != "doc.go", name)):
            if name.endswith(".go") and not name.endswith("_test.go") and name[0] not in "._":
                try:
                    line = _add_file(package, folder.read(parent / name))
                except UnreadableError as error:
                    yield Skipped(folder.name(parent / name), str(error))
                    continue
                if line:
                    reason = f"line {line} is not understood; declarations near it may be missing"
                    yield Skipped(folder.name(parent / name), reason)
        if package.name:
            yield package


def _is_entered(folder: Path) -> bool:
    return folder.name not in _NOT_ENTERED and folder.name[0] not in "._" and not os.path.lexists(folder / "go.mod")


def _add_file(package: Package, text: str) -> int:
    """Add what a file exports; return the line of its first syntax error, 0 without one."""
    if _NOT_BUILT.search(text.partition("\npackage ")[0]):
        return 0
    root = parse("go", text)
    for node, docs in with_comments(root):
        if node.type == "package_clause":
            name = text_of(node.named_children[0]) if node.named_children else ""
            if name in ("main", "documentation", "") or package.name not in ("", name):
                return 0
            package.name = name
            package.docs += ["", *docs] if package.docs and docs else docs
    if not package.name:
        return find_first_error(root)
    package.declarations += list_declarations(root)
    return find_first_error(root)
