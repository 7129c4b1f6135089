"""The folder of an installed npm package: its files, by paths that can't lead out of it, and its `package.json`."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from vrom.builder.sources.files.read import is_documentation_path

LARGEST_MANIFEST = 1_000_000
"""Maximum bytes of a `package.json`."""

MOST_FILES = 5_000
"""Maximum files listed below one folder."""

_NAME = re.compile(r"(?:@[\w.~-]{1,100}/)?[\w.~-]{1,200}", re.ASCII)


@dataclass(frozen=True)
class PackageFolder:
    """An installed package."""

    root: Path
    """Its folder, with links resolved."""
    manifest: dict[str, Any]
    """Its `package.json`, with values of any type; empty if it can't be read."""
    problem: str = ""
    """The reason why `package.json` can't be read, for display."""

    @property
    def name(self) -> str:
        """The package's name; the folder's own if `package.json` has none that is valid."""
        name = self.manifest.get("name")
        if isinstance(name, str) and _NAME.fullmatch(name):
            return name
        scope = self.root.parent.name
        return f"{scope}/{self.root.name}" if scope.startswith("@") else self.root.name

    @property
    def version(self) -> str:
        """The package's version; empty if absent."""
        version = self.manifest.get("version")
        return version[:100] if isinstance(version, str) else ""

    @property
    def home_page(self) -> str:
        """URL of the package's home page; empty if absent."""
        page = self.manifest.get("homepage")
        return page if isinstance(page, str) and re.fullmatch(r"https?://\S{1,500}", page) else ""

    def find_file(self, path: str | PurePath) -> Path | None:
        """The regular file at a path within the package; None if there is none, or it lies outside."""
        try:
            found = (self.root / str(path)).resolve()
            return found if found.is_file() and found.is_relative_to(self.root) else None
        except (OSError, ValueError, RuntimeError):  # too long, a NUL character, links in a circle
            return None

    def list_files(self, path: str = ".", deepest: int = 20) -> Iterator[str]:
        """The paths of the files below a folder, sorted; neither hidden ones nor those of other packages."""
        top = self.root / path
        count = 0
        for parent, folders, files in os.walk(top):
            here = Path(parent)
            depth = len(here.relative_to(top).parts)
            folders[:] = sorted(name for name in folders if depth < deepest and is_documentation_path(PurePath(name)))
            for name in sorted(files):
                file = here / name
                if not is_documentation_path(PurePath(name)) or self.find_file(file) is None:
                    continue
                count += 1
                if count > MOST_FILES:
                    return
                yield file.relative_to(self.root).as_posix()


def open_package(folder: Path) -> PackageFolder:
    """The package in a folder, whatever its `package.json` holds."""
    root = folder.resolve()
    package = PackageFolder(root, {})
    file = package.find_file("package.json")
    if file is None:
        return PackageFolder(root, {}, "not a regular file within the package, or absent")
    try:
        if file.stat().st_size > LARGEST_MANIFEST:
            return PackageFolder(root, {}, f"more than {LARGEST_MANIFEST:,} bytes")
        manifest = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        return PackageFolder(root, {}, f"cannot be read: {type(error).__name__}")
    if not isinstance(manifest, dict):
        return PackageFolder(root, {}, "not a JSON object")
    return PackageFolder(root, manifest)
