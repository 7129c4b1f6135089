"""An installed Python distribution: its README, and the docstrings of its public objects."""

import importlib.metadata
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from vrom.builder.document import Document, Remark, Skipped
from vrom.builder.sources.code.python.api import find_public_modules, load_module
from vrom.builder.sources.code.python.interpreter import Asked, ask_interpreter
from vrom.builder.sources.code.python.reference import list_undocumented, write_reference
from vrom.builder.sources.files.read import add_prefix, skip_unreadable
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.restructured_text.evidence import find_evidence
from vrom.builder.sources.formats.restructured_text.read import convert
from vrom.builder.text_dumps.plain_text import convert_plain_text
from vrom.errors import BuildError, nearest
from vrom.installation import extension_command


def read_distribution(
    found: importlib.metadata.Distribution, prefix: str = "", *, imports: bool = False
) -> Iterator[Document | Skipped]:
    """The README of a distribution, then one document per public module and class, by dotted name.

    With `imports`, what the source doesn't document is asked of the interpreter, which imports the distribution.
    """
    yield from read_readme(found, prefix)
    yield from read_reference(found, prefix, imports=imports)


def read_reference(
    found: importlib.metadata.Distribution, prefix: str = "", *, imports: bool = False
) -> Iterator[Document | Skipped]:
    """One document per public module and class of a distribution, by dotted name."""
    for module, place in list_modules(found).items():
        yield from read_module(module, place, prefix, imports=imports)


def read_module(module: str, place: Path, prefix: str = "", *, imports: bool = False) -> Iterator[Document | Skipped]:
    """One document per public module and class of a top-level module in the folder `place`."""
    try:
        yield from _read_module(module, place, prefix, imports=imports)
    except (ImportError, SyntaxError, RecursionError) as error:
        yield Skipped(add_prefix(prefix, module), f"cannot be read: {error or type(error).__name__}", lost=True)
    except Exception as error:  # noqa: BLE001 - of the parser; the module is named, and the build goes on
        yield skip_unreadable(add_prefix(prefix, module), error)


def find_distribution(name: str, site_packages: Sequence[Path] = ()) -> importlib.metadata.Distribution:
    """An installed distribution: in the folders `site_packages`, else in vrom's own environment.

    Raises `BuildError` if it isn't installed.
    """
    normalised = canonicalize_name(name)
    for one in importlib.metadata.distributions(path=[str(folder) for folder in site_packages]):
        if one.metadata["Name"] and canonicalize_name(one.metadata["Name"]) == normalised:
            return one
    try:
        return importlib.metadata.distribution(name)
    except (importlib.metadata.PackageNotFoundError, ValueError) as error:
        known = [one.name for one in importlib.metadata.distributions() if one.name]
        hint = nearest(name, known)
        where = "the project's environment or vrom's own" if site_packages else "vrom's environment"
        raise BuildError(
            f"No Python distribution {name!r} is installed in {where}. {hint} Install it: {extension_command([name])}"
        ) from error


def read_readme(distribution: importlib.metadata.Distribution, prefix: str = "") -> Iterator[Document]:
    """The README of a distribution, from its metadata."""
    message: Any = distribution.metadata
    text = message.get_payload() or message.get("Description") or ""
    if not text.strip():
        return
    kind = message.get("Description-Content-Type", "text/x-rst")
    name = add_prefix(prefix, f"{distribution.name}/README")
    is_plain = kind.startswith("text/plain")
    remarks: tuple[Remark, ...] = ()
    if kind.startswith("text/x-rst") or (is_plain and find_evidence(text)):
        text, remarks = convert(text, name)
    elif is_plain:
        text, remarks = convert_plain_text(text, name)
    title = f"{distribution.name} {distribution.version}"
    yield Document(name, text, title, _find_home_page(message), remarks=remarks)


def _find_home_page(message: Any) -> str:
    """URL of a distribution's documentation, else of its home page; empty if absent."""
    labelled = [entry.partition(", ") for entry in message.get_all("Project-URL", [])]
    addresses = {label.lower(): address for label, _, address in labelled}
    return str(addresses.get("documentation") or addresses.get("homepage") or message.get("Home-page") or "")


def list_modules(distribution: importlib.metadata.Distribution) -> dict[str, Path]:
    """The public top-level modules that a distribution installs, and the folder that each lies in."""
    listed = (distribution.read_text("top_level.txt") or "").split()
    files = [Path(file) for file in distribution.files or []]
    tops = [
        file.parts[0] if len(file.parts) > 1 else file.name.partition(".")[0]
        for file in files
        if file.suffix in (".py", ".pyi", ".so", ".pyd")
    ]
    names = dict.fromkeys([*listed, *tops]) or {distribution.name.replace("-", "_"): None}
    public = [name for name in names if name.isidentifier() and not name.startswith("_")]
    return {name: place for name in public if (place := _find_module(distribution, name))}


def _find_module(distribution: importlib.metadata.Distribution, name: str) -> Path | None:
    """The folder in which a module lies; for an editable installation, as the import system finds it."""
    place = Path(str(distribution.locate_file("")))
    if (place / name).is_dir() or any((place / f"{name}{suffix}").is_file() for suffix in (".py", ".pyi")):
        return place
    if str(place) not in sys.path:
        return None
    spec = importlib.util.find_spec(name)
    origin = next(iter(spec.submodule_search_locations or []), spec.origin) if spec else None
    return Path(origin).parent if origin else None


def _read_module(name: str, place: Path, prefix: str, *, imports: bool) -> Iterator[Document | Skipped]:
    modules = find_public_modules(load_module(name, place), place)
    known: dict[str, Asked] = {}
    if imports:
        try:
            known = ask_interpreter(list_undocumented(modules), place)
        except UnreadableError as error:
            yield Skipped(add_prefix(prefix, name), f"only its source was read: {error}", lost=True)
    yield from write_reference(modules, prefix, known)
