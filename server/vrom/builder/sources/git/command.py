"""The git command, run so that neither a repository nor the machine's configuration decides what it does."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from vrom.errors import BuildError
from vrom.storage.waiting import PAUSE, check_wait

_TRANSPORTS = ("git", "http", "https", "ssh")
"""Transports of a fetch: `ext::` would run a command, `file` git's server under a repository's own configuration."""

_OPTIONS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.attributesFile": os.devnull,
    "credential.helper": "",  # an empty value clears the list
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "submodule.recurse": "false",
    "transfer.bundleURI": "false",
    "protocol.allow": "never",
}

_KEPT = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH")
"""Variables of the operator that are needed to reach a server. Others (GIT_DIR, GIT_CONFIG_*, …) redirect git."""

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "LC_ALL": "C",
}


def git_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Environment for git: `environment` without its git variables, and settings that keep every other file unread.

    See "ENVIRONMENT VARIABLES" in git(1) and "GIT_CONFIG_NOSYSTEM" in git-config(1).
    """
    own = {name: value for name, value in environment.items() if not name.startswith("GIT_") or name in _KEPT}
    return own | _ENVIRONMENT


class GitMissingError(BuildError):
    """The git command isn't installed."""


class UnreachableError(BuildError):
    """A server didn't answer, or not in time."""


_UNREACHABLE = re.compile(
    r"could not resolve|failed to connect|couldn't connect|connection (?:refused|reset|timed out)|timed out|"
    r"returned error: (?:5\d\d|429)|ssl|certificate|proxy",
    re.IGNORECASE,
)
"""Messages of git about a server rather than about a repository."""


class Git(NamedTuple):
    """A bare repository that vrom made, and the git command on it."""

    directory: Path
    label: str
    """The source in messages."""
    transports: Sequence[str] = _TRANSPORTS
    """Transports of a fetch that are allowed."""
    seconds: float | None = None
    """Maximum duration of one command; None for no limit."""
    most_bytes: int | None = None
    """Maximum size of the repository while a command runs; None for no limit."""

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """Run git and return its output; `given` is its standard input.

        Raises `GitMissingError`, `UnreachableError`, and `BuildError` if git fails otherwise.
        """
        allowed = {f"protocol.{name}.allow": "always" for name in self.transports}
        options = [part for name, value in (_OPTIONS | allowed).items() for part in ("-c", f"{name}={value}")]
        command = ["git", f"--git-dir={self.directory}", *options, *arguments]
        try:
            # In its own session git has no terminal on which to ask for a password, so it fails instead.
            process = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                cwd=self.directory.parent, env=git_environment(os.environ),
            )  # fmt: skip
        except FileNotFoundError as error:
            raise GitMissingError("Reading a git repository needs the git command, which is not installed.") from error
        with process:
            output, errors = self._wait(process, given)
        if process.returncode:
            problem = " ".join(errors.decode(errors="replace").split()) or "no such reference"
            raise self._failure(problem)
        return output

    def _wait(self, process: subprocess.Popen[bytes], given: bytes) -> tuple[bytes, bytes]:
        """Output and errors of a command.

        It is ended, with its children, if it exceeds a limit, or if whoever waits for its result has ended that.
        """
        end = None if self.seconds is None else time.monotonic() + self.seconds
        begun = False
        try:
            while True:
                try:
                    return process.communicate(None if begun else given, timeout=PAUSE)
                except subprocess.TimeoutExpired:
                    begun = True
                    check_wait()
                    self._check_limits(end)
        except BaseException:
            _end(process)
            raise

    def _check_limits(self, end: float | None) -> None:
        """Raise `BuildError` if a command should have ended by now, or has stored too much."""
        if end is not None and time.monotonic() > end:
            raise UnreachableError(f"Cannot read {self.label}: no answer within {self.seconds:.0f} s.")
        if self.most_bytes is not None and _size_of(self.directory) > self.most_bytes:
            raise self.unreadable(f"more than {self.most_bytes:,} bytes.")

    def unreadable(self, problem: str) -> BuildError:
        """The error of a repository that can't be read."""
        return BuildError(f"Cannot read {self.label}: {problem}")

    def _failure(self, problem: str) -> BuildError:
        error = self.unreadable(problem)
        return UnreachableError(str(error)) if _UNREACHABLE.search(problem) else error


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command and its children: the one that fetches would go on, and keep the pipes open."""
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _size_of(folder: Path) -> int:
    """Bytes of the files below a folder, some of which may disappear meanwhile."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.lstat().st_size
    return total
