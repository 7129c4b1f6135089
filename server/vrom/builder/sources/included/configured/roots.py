"""The folder that the files around a source belong to: its repository or project."""

import os
import tempfile
from pathlib import Path

_PROJECT_FILES = (
    "pyproject.toml", "setup.py", "setup.cfg", "package.json", "Cargo.toml", "go.mod", "pom.xml",
    "build.gradle", "build.gradle.kts", "composer.json", "Gemfile", "CMakeLists.txt", "mix.exs", "deno.json",
)  # fmt: skip
_SITE_FILES = ("mkdocs.yml", "mkdocs.yaml", "zensical.toml", "book.toml", "conf.py", "antora.yml", "_quarto.yml",
               "_config.yml", "hugo.toml", "hugo.yaml", "docusaurus.config.js", "docusaurus.config.ts")  # fmt: skip
_DOCUMENTATION_FOLDERS = {"docs", "doc", "documentation", "guide", "guides", "book", "site", "website"}
_CODE_FOLDERS = {
    "docs_src", "docs_code", "doc_code", "doc_src", "_code", "code", "src", "source", "examples", "example", "samples",
    "sample", "snippets", "listings", "demo", "demos", "includes", "_includes",
}  # fmt: skip
_RELEASE = "PKG-INFO"
"""File at the top of a Python source distribution."""
_INSTALLED = {"node_modules", "site-packages"}
_HIGHEST = 4


def find_root(folder: Path) -> Path:
    """The git work tree that a folder lies in; else the project, by its files; else the folder itself.

    The home folder, the temporary folder and the file system's root are never taken.
    """
    folder = Path(os.path.realpath(folder))
    above = [one for one in (folder, *folder.parents) if not _is_shared(one)]
    for one in above:
        is_unpacked = (one / _RELEASE).is_file() or one.parent.name in _INSTALLED
        if is_unpacked or os.path.lexists(one / ".git"):
            return one
    site = folder
    is_documentation = folder.name.lower() in _DOCUMENTATION_FOLDERS
    for one in above[: _HIGHEST + 1]:
        has_project = any((one / name).is_file() for name in _PROJECT_FILES)
        if has_project and not (one == folder and is_documentation):
            return one
        if any((one / name).is_file() for name in _SITE_FILES):
            site = one
        if has_project:
            site = one  # a site's own package.json
    return site


def find_code_folders(folder: Path) -> tuple[Path, ...]:
    """Folders of examples beside a documentation folder that belongs to no project: `docs_src` beside `docs`."""
    folder = Path(os.path.realpath(folder))
    if folder.name.lower() not in _DOCUMENTATION_FOLDERS or _is_shared(folder):
        return ()
    try:
        beside = sorted(folder.parent.iterdir())
    except OSError:
        return ()
    return tuple(one for one in beside if one.name in _CODE_FOLDERS and one.is_dir() and not one.is_symlink())


def _is_shared(folder: Path) -> bool:
    """True for folders that hold much besides one project."""
    shared = {Path(folder.anchor), Path(os.path.realpath(tempfile.gettempdir()))}
    try:
        shared.add(Path(os.path.realpath(Path.home())))
    except RuntimeError:  # no home folder
        return folder in shared
    return folder in shared or any(one.is_relative_to(folder) for one in shared)
