"""Choose the files of a project that get the rules, so that each host reads them once."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from vrom.hosts import files
from vrom.hosts.host import Host, RulesFile

_IMPORT = re.compile(r"(?<![\w`])@(?:\.{1,2}/)?AGENTS\.md\b")
"""The import of `AGENTS.md` in a `CLAUDE.md` or `GEMINI.md`."""


def choose_files(hosts: Sequence[Host], project: Path) -> list[RulesFile]:
    """The rules files to write for these hosts.

    Hosts that read `AGENTS.md` share it, if it exists or one of them has no rules of its own in the project; else each
    gets its own file. Other hosts get theirs, unless it leads to `AGENTS.md`.
    """
    agents = RulesFile(project / "AGENTS.md")
    readers = [host for host in hosts if host.reads_agents]
    is_shared = agents.file.is_file() or not all(map(_has_own_rules, readers))
    chosen = [agents if is_shared else _own_file(host) for host in readers]
    for host in hosts:
        if host.rules and not host.reads_agents:
            own = _own_file(host)
            chosen.append(agents if _leads_to(own.file, agents.file) else own)
    return _unique(chosen)


def all_files(hosts: Iterable[Host], project: Path) -> list[RulesFile]:
    """Every file that may hold rules for these hosts, first the shared `AGENTS.md`."""
    every = [RulesFile(project / "AGENTS.md"), *(one for host in hosts for one in host.rules)]
    return _unique(every)


def _unique(every: Iterable[RulesFile]) -> list[RulesFile]:
    """The files, without those that are links to an earlier one."""
    first: dict[Path, RulesFile] = {}
    for one in every:
        first.setdefault(one.file.resolve(), one)
    return list(first.values())


def _own_file(host: Host) -> RulesFile:
    """The host's own rules file: the first that exists, else the first."""
    return next((one for one in host.rules if one.file.is_file()), host.rules[0])


def _has_own_rules(host: Host) -> bool:
    """True if the project has rules for the host alone."""
    return any(one.file.is_file() or (one.is_own and one.file.parent.is_dir()) for one in host.rules)


def _leads_to(file: Path, agents: Path) -> bool:
    """True if `file` is a link to `AGENTS.md`, or imports it."""
    content = files.read_bytes(file)
    if content is None:
        return False
    return file.resolve() == agents.resolve() or bool(_IMPORT.search(content.decode(errors="replace")))
