"""The git command, run so that neither a repository nor the machine's configuration decides what it does."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from vrom.errors import BuildError

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
    **{f"protocol.{name}.allow": "always" for name in _TRANSPORTS},
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


class Git(NamedTuple):
    """A bare repository that vrom made, and the git command on it."""

    directory: Path
    label: str
    """The source in messages."""

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """Run git and return its output; `given` is its standard input.

        Raises `BuildError` if git isn't installed or fails.
        """
        options = [part for name, value in _OPTIONS.items() for part in ("-c", f"{name}={value}")]
        command = ["git", f"--git-dir={self.directory}", *options, *arguments]
        try:
            # In its own session git has no terminal on which to ask for a password, so it fails instead.
            result = subprocess.run(  # noqa: S603
                command, input=given, capture_output=True, check=True, start_new_session=True,
                cwd=self.directory.parent, env=git_environment(os.environ),
            )  # fmt: skip
        except FileNotFoundError as error:
            raise BuildError("Reading a git repository needs the git command, which is not installed.") from error
        except subprocess.CalledProcessError as error:
            raise self.unreadable(
                " ".join(error.stderr.decode(errors="replace").split()) or "no such reference"
            ) from error
        return result.stdout

    def unreadable(self, problem: str) -> BuildError:
        """The error of a repository that can't be read."""
        return BuildError(f"Cannot read {self.label}: {problem}")
