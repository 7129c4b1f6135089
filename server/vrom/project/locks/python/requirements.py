"""`requirements*.txt`: pip's requirement files, with `-r`, `-c`, markers and hashes.

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename

from vrom.network.addresses import is_web
from vrom.project.dependency import DEV, MAIN, Artifact, Dependency, is_well_formed, merge
from vrom.project.locks.lock import LockFileError, read_text
from vrom.project.locks.python.markers import applies
from vrom.project.locks.untrusted import clean_address, repository_address

MOST_FILES = 100
"""Files that may include each other."""
_OPTION = re.compile(r"(-r|--requirement|-c|--constraint|-i|--index-url)(?:\s*=\s*|\s+|(?<=-[rci]))(\S.*)")
_EDITABLE = re.compile(r"(?:-e|--editable)(?:\s*=\s*|\s+)(\S.*)")
_EGG = re.compile(r"(\S{1,500})#(?:[^\s#]{0,200}&)?egg=([\w.-]{1,100})")
"""An address that names its distribution, as pip wrote it before PEP 508."""
_HASH = re.compile(r"\s--hash[= ](\w+):([0-9a-fA-F]+)")
_DEVELOPMENT = re.compile(r"dev|test|lint|doc|ci\b")


@dataclass
class _Entry:
    requirement: Requirement
    hashes: tuple[str, ...]
    via: list[str] = field(default_factory=list)
    """The names in the comment `via …` of a compiled file: what needs it."""


@dataclass
class _Reading:
    """The files read so far, below the project's folder, and what they hold."""

    root: Path
    seen: set[Path] = field(default_factory=set)
    entries: list[_Entry] = field(default_factory=list)
    pins: dict[str, str] = field(default_factory=dict)
    """Versions from constraint files, by name."""
    index: str = ""
    left_out: list[str] = field(default_factory=list)


def read_requirements(file: Path, root: Path, python: str = "", left_out: list[str] | None = None) -> list[Dependency]:
    """Read a requirements file and those it includes below `root`.

    A version counts as locked if it is pinned by `==`, here or in a constraints file; others are left empty. In a
    compiled file, direct are those that a file lists (`# via -r requirements.in`), else all. `left_out` receives a
    sentence for each line that names no dependency: a folder, or an address without a name. Raises `LockFileError`.
    """
    reading = _Reading(root.resolve(), left_out=[] if left_out is None else left_out)
    _read(reading, file, constraint=False)
    is_compiled = any(entry.via for entry in reading.entries)
    group = DEV if _DEVELOPMENT.search(file.stem.lower()) else MAIN
    found = []
    for entry in reading.entries:
        if entry.requirement.marker and not applies(str(entry.requirement.marker), python):
            continue
        name = canonicalize_name(entry.requirement.name)
        is_direct = not is_compiled or any(via.startswith(("-r", "-c")) or ".toml" in via for via in entry.via)
        version = _pinned(entry.requirement) or reading.pins.get(name, "")
        artifacts = tuple(Artifact(digest=digest) for digest in entry.hashes)
        index = reading.index
        if entry.requirement.url:
            version, index = read_url(entry.requirement.url)
            artifacts = (Artifact(entry.requirement.url, *entry.hashes[:1]),) if is_web(entry.requirement.url) else ()
        groups = frozenset({group} if is_direct else ())
        found.append(Dependency("pypi", name, version, groups, artifacts, index))
    return merge(filter(is_well_formed, found))


def _read(reading: _Reading, file: Path, *, constraint: bool) -> None:
    place = file.resolve()
    if place in reading.seen or not place.is_relative_to(reading.root) or len(reading.seen) >= MOST_FILES:
        return
    reading.seen.add(place)
    for number, line in _logical_lines(read_text(file)):
        text, _, comment = _split_comment(line)
        if not text:
            if reading.entries and comment and not constraint:
                _note_via(reading.entries[-1], comment)
        elif option := _OPTION.match(text):
            kind, value = option[1].lstrip("-")[0], option[2].strip()
            if kind == "i":
                reading.index = value if value.rstrip("/") != "https://pypi.org/simple" else ""
            else:
                _read(reading, file.parent / value, constraint=kind == "c")
        elif not (line := _EDITABLE.sub(r"\1", text)).startswith("-"):
            entry = _parse(line, file, number)
            if entry is None:
                reading.left_out += _say_left_out(line, file, number)
            if entry and constraint:
                reading.pins[canonicalize_name(entry.requirement.name)] = _pinned(entry.requirement)
            elif entry:
                reading.entries.append(entry)
                _note_via(entry, comment)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; those that end in a backslash are joined with the next one."""
    held, first = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        first = first or number
        if line.endswith("\\"):
            held += line[:-1] + " "
            continue
        yield first, held + line
        held, first = "", 0
    if held:
        yield first, held


def _split_comment(line: str) -> tuple[str, str, str]:
    found = re.search(r"(?:^|\s)#", line)
    return (line[: found.start()].strip(), "#", line[found.end() :].strip()) if found else (line.strip(), "", "")


def _note_via(entry: _Entry, comment: str) -> None:
    """Record what a comment of pip-compile or uv says, on one line (`via httpx`) or on several."""
    if comment.startswith("via"):
        entry.via += [part.strip() for part in comment.removeprefix("via").split(",") if part.strip()]
        if comment == "via":
            entry.via.append("")
    elif entry.via:
        entry.via.append(comment)


def _parse(text: str, file: Path, number: int) -> _Entry | None:
    """A requirement; None for a path or an address without a name. Raises `LockFileError` for what is neither."""
    hashes = tuple(f"{kind.lower()}:{digest.lower()}" for kind, digest in _HASH.findall(text))
    bare = _without_options(text)
    if (named := _EGG.match(bare)) and is_address(named[1]):
        bare = f"{named[2]} @ {named[1]}"
    if re.fullmatch(r"[^@\s]+\.(?:whl|tar\.gz|zip)", bare):  # which could also be a name
        return None
    try:
        return _Entry(Requirement(bare), hashes)
    except (InvalidRequirement, RecursionError) as error:
        if re.match(r"[./\\~]|[\w+]+://|.*\.(?:whl|tar\.gz|zip)$", bare):
            return None
        raise LockFileError(file, f"{bare[:80]!r} is no requirement.", number) from error


def _without_options(text: str) -> str:
    return re.split(r"\s--", text)[0].strip()


def is_address(text: str) -> bool:
    """Return True for a URL, also one of a version control system: `git+https://…`."""
    return bool(re.match(r"[\w+]{2,20}://", text))


def read_url(url: str) -> tuple[str, str]:
    """Return version and origin of a requirement with an address: a repository, or a file whose name says it."""
    if repository := repository_address(url) if url.startswith("git+") else "":
        return "", repository
    try:
        name = unquote(urlsplit(url).path).rpartition("/")[2]
    except ValueError:  # not an address
        name = url.rpartition("/")[2]
    with contextlib.suppress(ValueError):  # of which all errors of file names are
        version = parse_wheel_filename(name)[1] if name.endswith(".whl") else parse_sdist_filename(name)[1]
        return str(version), "" if is_web(url) else f"file:{name}"
    return "", f"file:{name}"


def _say_left_out(text: str, file: Path, number: int) -> list[str]:
    """Why a line names no dependency; empty for the project's own folder, whose documentation is its own cartridge."""
    bare = _without_options(text).strip("\"'")
    place = bare.partition("[")[0]
    if place.rstrip("/") in {".", "file://."}:
        return []
    where = f"{file.name}, line {number}"
    shown = clean_address(bare, ("https", "http")) or repository_address(bare) if is_address(bare) else bare
    kind = "an address without a name: write NAME @ ADDRESS" if is_address(bare) else "a folder or file of this machine"
    return [f"{where}: {shown[:100]} is left out, as it is {kind}."]


def _pinned(requirement: Requirement) -> str:
    pins = [one.version for one in requirement.specifier if one.operator in {"==", "==="} and "*" not in one.version]
    return pins[0] if len(pins) == 1 else ""
