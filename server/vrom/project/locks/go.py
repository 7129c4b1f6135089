"""`go.mod` of a Go module, and `go.work` of a workspace of modules."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from vrom.project.dependency import DEV, MAIN, Dependency
from vrom.project.locks.lock import LockFileError, read_text
from vrom.project.locks.untrusted import finish
from vrom.project.locks.workspace import ROOT, asked_members, locate, normal_path

_COMMENT = re.compile(r"(?:^|\s)//.*")
_INDIRECT = re.compile(r"//\s*indirect(?:\s*;.*|\s*)")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|`[^`]*+`|[()]|=>|[^\s"`()]++')
_LONGEST_LINE = 4000


class _Line(NamedTuple):
    """A directive: `require`, its words, and whether a comment marks it as indirect."""

    verb: str
    words: list[str]
    is_indirect: bool
    number: int


class _Target(NamedTuple):
    """What replaces a module: another one, or a folder."""

    name: str
    version: str


@dataclass
class _Module:
    """Content of a `go.mod`."""

    name: str = ""
    required: list[tuple[str, str, bool]] = field(default_factory=list)
    """Name, version and whether it is indirect."""
    tools: list[str] = field(default_factory=list)
    """Packages that `go tool` runs."""
    replaced: dict[tuple[str, str], _Target] = field(default_factory=dict)
    """By name and version; an empty version for all."""


def read_go(file: Path, folder: Path) -> list[Dependency]:
    """Read `go.mod`, or `go.work` with the modules that it uses. Raises `LockFileError`."""
    root = file.parent
    if file.name != "go.work":
        return finish(_dependencies(root, ROOT, _parse_module(file), {}, is_asked=True))
    lines = list(_lines(file, read_text(file)))
    replaced = dict(_read_replace(file, line) for line in lines if line.verb == "replace")
    if not any(line.verb == "use" for line in lines):
        raise LockFileError(file, "lacks a `use` directive.")
    used = {normal_path(line.words[0]) for line in lines if line.verb == "use" and len(line.words) == 1}
    modules = {path: _parse_module(there) for path in sorted(used) if (there := _find_module(root, path))}
    replaced |= {(module.name, ""): _Target(f"./{path}", "") for path, module in modules.items()}
    asked = asked_members(modules, root, folder)
    found: list[Dependency] = []
    for path, module in modules.items():
        if path != ROOT:
            found.append(Dependency("go", module.name, folder=str(locate(root, path))))
        found += _dependencies(root, path, module, replaced, is_asked=path in asked)
    return finish(found)


def _find_module(root: Path, path: str) -> Path | None:
    file = locate(root, f"{path}/go.mod")
    return file if file and file.is_file() else None


def _dependencies(
    root: Path, path: str, module: _Module, replaced: dict[tuple[str, str], _Target], *, is_asked: bool
) -> Iterator[Dependency]:
    """Dependencies of a module, replaced by what its own directives say and, first, those of the workspace."""
    for name, version, is_indirect in module.required:
        target, base = _find(replaced, name, version), ROOT
        if target is None:
            target, base = _find(module.replaced, name, version), path
        groups = {MAIN} if not is_indirect else set()
        groups |= {DEV for tool in module.tools if tool == name or tool.startswith(f"{name}/")}
        dependency = _describe(root, base, name, target or _Target(name, version))
        yield replace(dependency, groups=frozenset(groups if is_asked else ()))


def _find(replaced: dict[tuple[str, str], _Target], name: str, version: str) -> _Target | None:
    return replaced.get((name, version)) or replaced.get((name, ""))


def _describe(root: Path, path: str, name: str, target: _Target) -> Dependency:
    """A module at the version that a target states. A folder has none, and is given only if it is below `root`."""
    if target.version:
        return Dependency("go", target.name, target.version)
    folder = locate(root, f"{path}/{target.name}") if target.name.startswith(".") else None
    return Dependency("go", name, index="" if folder else f"file:{target.name}", folder=str(folder) if folder else "")


def _parse_module(file: Path) -> _Module:
    module = _Module()
    for line in _lines(file, read_text(file)):
        words = line.words
        if line.verb == "module" and len(words) == 1:
            module.name = words[0]
        elif line.verb == "require" and len(words) == 2:
            module.required.append((words[0], words[1], line.is_indirect))
        elif line.verb == "tool" and len(words) == 1:
            module.tools.append(words[0])
        elif line.verb == "replace":
            replaced, target = _read_replace(file, line)
            module.replaced[replaced] = target
        elif line.verb in ("module", "require", "tool"):
            raise LockFileError(file, f"`{line.verb}` with {len(words)} words.", line.number)
    if not module.name:
        raise LockFileError(file, "lacks a `module` directive.")
    return module


def _read_replace(file: Path, line: _Line) -> tuple[tuple[str, str], _Target]:
    """`NAME [VERSION] => NAME VERSION`, or a folder after the arrow."""
    arrow = line.words.index("=>") if "=>" in line.words else 0
    old, new = line.words[:arrow], line.words[arrow + 1 :]
    if len(old) not in (1, 2) or len(new) not in (1, 2):
        raise LockFileError(file, "`replace` lacks one of its sides.", line.number)
    return (old[0], "".join(old[1:])), _Target(new[0], "".join(new[1:]))


def _lines(file: Path, text: str) -> Iterator[_Line]:
    """The directives of a file; each line of a block is one."""
    block, opened = "", 0
    for number, raw in enumerate(text.split("\n"), start=1):
        comment = _COMMENT.search(raw)
        words = _words(file, raw[: comment.start()] if comment else raw, number)
        is_indirect = bool(comment and _INDIRECT.fullmatch(comment[0].strip()))
        if not words:
            continue
        if block and words == [")"]:
            block = ""
        elif words[1:] == ["("] and not block:
            block, opened = words[0], number
        elif "(" in words or ")" in words:
            raise LockFileError(file, "unexpected parenthesis.", number)
        elif block:
            yield _Line(block, words, is_indirect, number)
        else:
            yield _Line(words[0], words[1:], is_indirect, number)
    if block:
        raise LockFileError(file, f"the block `{block}` has no end.", opened)


def _words(file: Path, text: str, number: int) -> list[str]:
    if len(text) > _LONGEST_LINE:
        raise LockFileError(file, f"more than {_LONGEST_LINE:,} characters in a line.", number)
    if _TOKEN.sub("", text).strip():
        raise LockFileError(file, "invalid quotes.", number)
    try:
        return [str(json.loads(word)) if word[0] == '"' else word.strip("`") for word in _TOKEN.findall(text)]
    except ValueError as error:
        raise LockFileError(file, "invalid quotes.", number) from error
