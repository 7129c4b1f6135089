"""Plan the changes that write the rules of a project, keep them in step with its dependencies, and remove them.

`vrom.hosts.configuration.apply` makes the changes.
"""

import codecs
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from vrom.errors import ConfigurationError
from vrom.hosts import files
from vrom.hosts.configuration import Change
from vrom.hosts.host import Host, RulesFile
from vrom.hosts.rules import own_file
from vrom.hosts.rules.block import MarkerError, find_block, insert_block, remove_block
from vrom.hosts.rules.choice import all_files, choose_files
from vrom.hosts.rules.text import write_block, write_rules
from vrom.project.dependency import Dependency


def plan_rules(hosts: Sequence[Host], project: Path, dependencies: Sequence[Dependency]) -> list[Change]:
    """The changes that give these hosts the rules, in as few files as possible.

    Rules in other files of these hosts are removed. Raises `ConfigurationError`, with file and line, if a file can't be
    changed safely.
    """
    chosen = choose_files(hosts, project)
    targets = {one.file.resolve() for one in chosen}
    unused = [one for one in all_files(hosts, project)[1:] if one.file.resolve() not in targets]
    written = [_plan_writing(one, dependencies) for one in chosen]
    return _check([*written, *_plan_removals(unused)], project)


def plan_rules_removal(hosts: Iterable[Host], project: Path) -> list[Change]:
    """The changes that remove all rules of vrom for these hosts. Raises `ConfigurationError`, with file and line."""
    return _check(_plan_removals(all_files(hosts, project)), project)


def _check(changes: Sequence[Change], project: Path) -> list[Change]:
    for change in changes:
        if change.before != change.after:
            files.check_inside(change.file, project)
    return list(changes)


def _plan_writing(rules: RulesFile, dependencies: Sequence[Dependency]) -> Change:
    if rules.is_own:
        return own_file.plan_writing(rules.file, rules.front_matter + write_rules(dependencies))
    before = files.read_bytes(rules.file)
    text = files.decode(rules.file, before or b"")
    with _locate_errors(rules.file):
        had_block = find_block(text) is not None
        after = _encode(insert_block(text, write_block(dependencies)), before or b"")
    if after == before:
        return Change(rules.file, before, before, "already there")
    return Change(rules.file, before, after, "updated" if had_block else "added", only_own=had_block)


def _plan_removals(every: Iterable[RulesFile]) -> list[Change]:
    """The removals from the files that exist and have rules of vrom."""
    changes = [_plan_removal(one) for one in every if one.file.is_file()]
    return [change for change in changes if change.done != "not there"]


def _plan_removal(rules: RulesFile) -> Change:
    if rules.is_own:
        return own_file.plan_removal(rules.file)
    before = files.read_bytes(rules.file) or b""
    text = files.decode(rules.file, before)
    with _locate_errors(rules.file):
        span = find_block(text)
        if span is None:
            return Change(rules.file, before, before, "not there")
        after = _encode(remove_block(text), before)
    block = text[span[0] : span[1]]
    for copy in files.backups(rules.file):
        content = files.read_bytes(copy) or b""
        if _produces(content, block, before):
            return Change(rules.file, before, content, "removed", restores=copy)
    return Change(rules.file, before, after or None, "removed", only_own=True)


def _produces(earlier: bytes, block: str, now: bytes) -> bool:
    """True if inserting the block into the content `earlier` gives the content `now`."""
    try:
        return insert_block(earlier.decode(), block).encode() == now
    except (MarkerError, UnicodeDecodeError):
        return False


def _encode(text: str, before: bytes) -> bytes:
    """Encode a file's new text, with a byte order mark if it had one."""
    return (codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b"") + text.encode()


@contextmanager
def _locate_errors(file: Path) -> Iterator[None]:
    """Add the file to errors about the block."""
    try:
        yield
    except MarkerError as error:
        raise ConfigurationError(
            f"{file}, line {error.line}: {error.problem}. Nothing was changed. Fix the line and try again."
        ) from error
