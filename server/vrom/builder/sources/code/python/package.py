"""An installed Python distribution: its README, and the docstrings of its public objects."""

import importlib.metadata
import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from vrom.builder.document import Document, Remark, Skipped
from vrom.builder.sources.code.python.annotated_doc import take_docs
from vrom.builder.sources.code.python.api import (
    PublicModule,
    find_public_members,
    find_public_modules,
    format_class_signature,
    format_signature,
    load_module,
)
from vrom.builder.sources.code.python.docstrings import convert_docstring, write_parameters
from vrom.builder.sources.files import add_prefix
from vrom.builder.sources.formats.markdown_writer import write_fence
from vrom.builder.sources.formats.restructured_text.evidence import find_evidence
from vrom.builder.sources.formats.restructured_text.read import convert
from vrom.builder.text_dumps.plain_text import convert_plain_text
from vrom.errors import BuildError, nearest
from vrom.installation import extension_command

_MOST_UNDOCUMENTED = 80
"""Functions of one module or class that are listed by their signature alone."""


def read_distribution(found: importlib.metadata.Distribution, prefix: str = "") -> Iterator[Document | Skipped]:
    """The README of a distribution, then one document per public module and class, by dotted name."""
    yield from read_readme(found, prefix)
    yield from read_reference(found, prefix)


def read_reference(found: importlib.metadata.Distribution, prefix: str = "") -> Iterator[Document | Skipped]:
    """One document per public module and class of a distribution, by dotted name."""
    for module, place in list_modules(found).items():
        yield from read_module(module, place, prefix)


def read_module(module: str, place: Path, prefix: str = "") -> Iterator[Document | Skipped]:
    """One document per public module and class of a top-level module in the folder `place`."""
    try:
        yield from _read_module(module, place, prefix)
    except (ImportError, SyntaxError, RecursionError) as error:
        yield Skipped(add_prefix(prefix, module), f"cannot be read: {error or type(error).__name__}")


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


def _read_module(name: str, place: Path, prefix: str) -> Iterator[Document]:
    for module in find_public_modules(load_module(name, place)):
        yield from _read_objects(module, prefix)


def _read_objects(module: PublicModule, prefix: str) -> Iterator[Document]:
    blocks = [convert_docstring(module.module.docstring)] if module.module.docstring else []
    classes = [(name, member) for name, member in module.members.items() if member.is_class]
    others = [(name, member) for name, member in module.members.items() if not member.is_class]
    blocks += _write_members(others)
    if blocks:
        yield _make_document(module.name, blocks, prefix)
    for name, cls in classes:
        about = convert_docstring(cls.docstring) if cls.docstring else ""
        constructor = cls.members.get("__init__")
        documented = take_docs(constructor) if constructor is not None and not constructor.is_alias else {}
        head = write_fence(format_class_signature(name.rpartition(".")[2], cls), "python")
        public = [(f"{name}.{member_name}", member) for member_name, member in find_public_members(cls)]
        members = _write_members([(own, member) for own, member in public if not member.is_class])
        if about or documented or members:
            yield _make_document(name, [head, about, write_parameters(documented), *members], prefix)


def _write_members(members: Sequence[tuple[str, Any]]) -> list[str]:
    """A section for each documented function or attribute, and one with the signatures of the other functions."""
    sections, signatures = [], []
    for name, member in members:
        short = name.rpartition(".")[2]
        documented = take_docs(member)
        if member.docstring or documented:
            sections.append(_write_object(f"## {name}", format_signature(short, member), member, documented))
        elif member.is_function:
            signatures.append(format_signature(short, member))
    if signatures:
        more = len(signatures) - _MOST_UNDOCUMENTED
        kept = [*signatures[:_MOST_UNDOCUMENTED], *([f"# and {more} more"] if more > 0 else [])]
        fence = write_fence("\n".join(kept), "python")
        sections.append(f"## {members[0][0].rpartition('.')[0]}: without documentation\n\n{fence}")
    return sections


def _write_object(heading: str, call: str, member: Any, documented: Mapping[str, str]) -> str:
    text = convert_docstring(member.docstring) if member.docstring else ""
    if member.is_attribute:
        text = "\n\n".join(filter(None, [text, *documented.values()]))
    else:
        text = "\n\n".join(filter(None, [text, write_parameters(documented)]))
    return f"{heading}\n\n{write_fence(call, 'python')}\n\n{text}"


def _make_document(name: str, blocks: list[str], prefix: str) -> Document:
    text = "\n\n".join([f"# {name}", *filter(None, map(str.strip, blocks))]) + "\n"
    return Document(add_prefix(prefix, name), text, name)
