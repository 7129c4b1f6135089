"""The documentation folder of a source tree, found by what builds it, and its documents."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.files.read import documentation_files, find_reader, is_documentation_file, read_file
from vrom.builder.sources.included.inclusions import open_inclusions
from vrom.builder.sources.top_texts import is_top_text

LANGUAGE = "en"
_USUAL = ("docs", "doc", "documentation", "Doc", "Docs")
_DEEPEST = 4
_LANGUAGES = (
    "ar az bn cs da de el es et fa fi fr he hi hu id it ja ko lt lv ms nl no pl pt pt-br ro ru sk sr sv ta th tr uk ur "
    "uz vi yo zh zh-cn zh-hans zh-hant zh-tw"
)
_TRANSLATION = re.compile(rf"(?:{'|'.join(_LANGUAGES.split())})", re.IGNORECASE)
_NOT_PAGES = re.compile(
    r"(?:^|/)(?:requirements[^/]*\.txt|robots\.txt|CMakeLists\.txt|spelling[^/]*\.txt|LICEN[CS]E[^/]*|_templates/.*|"
    r"_static/.*|_theme[^/]*/.*|_build/.*|overrides/.*|theme/.*|includes/_.*)$",
    re.IGNORECASE,
)


def find_documentation(root: Path) -> Path | None:
    """The folder with a tree's documentation: what MkDocs or Sphinx builds, English if there are several, else `docs`.

    None if it has none.
    """
    built = sorted([*_mkdocs_folders(root), *_sphinx_folders(root)], key=lambda folder: _order(folder, root))
    for folder in [*built, *(root / name for name in _USUAL)]:
        if folder.is_dir() and any(find_reader(file.name) for file in documentation_files(folder)):
            english = folder / LANGUAGE
            return english if english.is_dir() and _has_translations(folder) else folder
    return None


def read_documentation(
    folder: Path, prefix: str, root: Path | None = None, *, accept: Callable[[Path], bool] = lambda _: True
) -> Iterator[Document | Skipped]:
    """The documents of a documentation folder, without translations and without what only its tools need.

    `.txt` files are read as reStructuredText if Sphinx' `source_suffix` says so. Files that `accept` refuses are left
    out. Pages may include files of the tree `root`, which is the folder itself if none is given.
    """
    text_is_rst = ".txt" in _source_suffixes(folder / "conf.py")
    inclusions = open_inclusions(folder, root or folder)
    left_out = 0
    files = {file.relative_to(folder).as_posix(): file for file in documentation_files(folder) if accept(file)}
    for name in inclusions.order_pages(files):
        file = files[name]
        if _NOT_PAGES.search(name) or _is_translation(PurePosixPath(name), folder):
            left_out += bool(find_reader(name))
        elif text_is_rst and file.suffix == ".txt":
            for found in read_file(file, f"{prefix}/{name}.rst", inclusions.page(name)):
                yield replace(found, source_file=f"{prefix}/{name}") if isinstance(found, Document) else found
        elif is_documentation_file(file, name):
            yield from read_file(file, f"{prefix}/{name}", inclusions.page(name))
    yield from inclusions.skipped(prefix)
    if left_out:
        yield Skipped(f"{prefix}/*", f"translations and tools' own files ({left_out})")


def read_top_level(root: Path) -> Iterator[Document | Skipped]:
    """README and changelog at the top of a tree."""
    inclusions = open_inclusions(root, root)
    for file in sorted(root.iterdir()):
        if is_top_text(file.name) and file.is_file() and not file.is_symlink() and find_reader(file.name):
            yield from read_file(file, file.name, inclusions.page(file.name))


def _order(folder: Path, root: Path) -> tuple[bool, int, str]:
    """English before other languages, then the one with the most pages: a project may build its proposals, too."""
    is_translation = any(_TRANSLATION.fullmatch(part) for part in folder.relative_to(root).parts)
    pages = sum(bool(find_reader(file.name)) for file in documentation_files(folder)) if folder.is_dir() else 0
    return (is_translation, -pages, str(folder))


def _mkdocs_folders(root: Path) -> Iterator[Path]:
    for depth in range(_DEEPEST):
        for file in sorted(root.glob("*/" * depth + "mkdocs.y*ml"))[:50]:
            found = re.search(r"^docs_dir:\s*[\"']?([\w./-]+)", _text(file), re.MULTILINE)
            folder = (file.parent / (found[1] if found else "docs")).resolve()
            if folder.is_relative_to(root.resolve()):
                yield root / folder.relative_to(root.resolve())


def _sphinx_folders(root: Path) -> Iterator[Path]:
    for depth in range(1, _DEEPEST):
        for file in sorted(root.glob("*/" * depth + "conf.py"))[:50]:
            if re.search(r"^(?:extensions|master_doc|root_doc|html_theme|project)\s*=", _text(file), re.MULTILINE):
                yield file.parent


def _source_suffixes(configuration: Path) -> set[str]:
    """The suffixes that a Sphinx configuration lists, read without running it."""
    try:
        tree = ast.parse(_text(configuration))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(getattr(one, "id", "") == "source_suffix" for one in node.targets):
            return {
                one.value
                for one in ast.walk(node.value)
                if isinstance(one, ast.Constant) and isinstance(one.value, str)
            }
    return set()


def _text(file: Path) -> str:
    return file.read_text(errors="replace") if file.is_file() and file.stat().st_size < 1_000_000 else ""


def _has_translations(folder: Path) -> bool:
    return any(_TRANSLATION.fullmatch(entry.name) for entry in folder.iterdir() if entry.is_dir())


def _is_translation(name: PurePosixPath, folder: Path) -> bool:
    """True for `zh/index.md` beside `en` or `index.md`, and for `index.zh.md`."""
    stem, _, language = name.stem.rpartition(".")
    if stem and _TRANSLATION.fullmatch(language):
        return True
    top = name.parts[0]
    return len(name.parts) > 1 and bool(_TRANSLATION.fullmatch(top)) and (folder / name.relative_to(top)).exists()
