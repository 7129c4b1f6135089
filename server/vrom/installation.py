"""The running installation of vrom: how it was made, where it came from, and the commands that extend or repeat it.

The name `vrom` on the public package index belongs to someone else, so no command here leads to it: each names the
installation's own origin, as recorded by its installer (PEP 610), or only other distributions.
"""

import importlib.metadata
import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit
from urllib.request import url2pathname

Kind = Literal["uv tool", "uvx", "pipx", "pipx run", "uv checkout", "checkout", "environment"]

_UV_CACHE = re.compile(r"(archive|environments|builds)-v\d+")
"""Folders of uv's cache that hold environments."""


@dataclass(frozen=True)
class Installation:
    """An environment in which vrom is installed."""

    kind: Kind
    prefix: Path
    """Folder of the environment."""
    origin: str = ""
    """Requirement that installs the same again: a URL or a path; empty if the installer recorded none."""
    added: tuple[str, ...] = ()
    """Distributions that were added to a uv tool; uv removes those that the next `uv tool install` doesn't name."""

    @property
    def is_temporary(self) -> bool:
        """True if the environment lies in a cache, from which a clean-up removes it."""
        return self.kind in {"uvx", "pipx run"}


@cache
def this_installation() -> Installation:
    """The installation that is running."""
    try:
        recorded = importlib.metadata.distribution("vrom").read_text("direct_url.json")
    except importlib.metadata.PackageNotFoundError:  # run from a bundle, which has no metadata
        recorded = None
    return read_installation(Path(sys.prefix), recorded)


def read_installation(prefix: Path, direct_url: str | None) -> Installation:
    """The installation in the environment `prefix`; `direct_url` is the installer's record of its origin (PEP 610)."""
    record = _parse_record(direct_url)
    folder = record.get("dir_info")
    kind = _kind(prefix, is_editable=isinstance(folder, dict) and bool(folder.get("editable")))
    return Installation(kind, prefix, _origin(record), _added(prefix) if kind == "uv tool" else ())


def extension_command(
    distributions: Sequence[str], installation: Installation | None = None, *, extra: str = ""
) -> str:
    """The command that adds distributions to an installation; `extra` is the extra of vrom that they belong to."""
    found = installation or this_installation()
    options = [part for name in dict.fromkeys([*found.added, *distributions]) for part in ("--with", name)]
    python = _python(found.prefix)
    if found.kind == "uv checkout" and extra:
        return quote_command(["uv", "sync", "--project", found.origin, "--extra", extra])
    if found.kind == "uv tool" and found.origin:
        return quote_command(["uv", "tool", "install", *options, found.origin])
    if found.kind == "uvx" and found.origin:
        return quote_command(["uvx", *options, "--from", found.origin, "vrom"])
    if found.kind == "pipx":
        return quote_command(["pipx", "inject", "vrom", *distributions])
    if found.kind in {"uv tool", "uvx", "uv checkout"}:
        return quote_command(["uv", "pip", "install", "--python", python, *distributions])
    return quote_command([python, "-m", "pip", "install", *distributions])


def extra_command(extra: str, installation: Installation | None = None) -> str:
    """The command that adds an extra of vrom (`build`, `otel`) to an installation."""
    return extension_command(distributions_of(extra), installation, extra=extra)


def reinstallation_command(installation: Installation | None = None) -> str:
    """The command that installs vrom again, with all its dependencies."""
    found = installation or this_installation()
    origin = found.origin or "ORIGIN"
    editable = ["-e"] if found.kind == "checkout" else []
    commands: dict[Kind, list[str]] = {
        "uv tool": ["uv", "tool", "upgrade", "--reinstall", "vrom"],
        "uvx": ["uvx", "--refresh", "--from", origin, "vrom"],
        "pipx": ["pipx", "reinstall", "vrom"],
        "uv checkout": ["uv", "sync", "--project", origin, "--reinstall"],
    }
    pip = [_python(found.prefix), "-m", "pip", "install", "--force-reinstall", *editable, origin]
    return quote_command(commands.get(found.kind, pip))


def distributions_of(extra: str) -> list[str]:
    """The distributions of an extra of vrom that are not installed; all of them if none is missing."""
    from packaging.requirements import Requirement

    try:
        lines = importlib.metadata.requires("vrom") or []
    except importlib.metadata.PackageNotFoundError:
        return []
    required = [Requirement(line) for line in lines]
    names = [one.name for one in required if one.marker and one.marker.evaluate({"extra": extra})]
    names = [name for name in names if name not in {one.name for one in required if not one.marker}]
    return [name for name in names if not _is_installed(name)] or names


def quote_command(command: Sequence[str]) -> str:
    """A command, quoted for the shell."""
    return subprocess.list2cmdline(command) if sys.platform == "win32" else shlex.join(command)


def _parse_record(direct_url: str | None) -> dict[str, Any]:
    try:
        record = json.loads(direct_url or "{}")
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _kind(prefix: Path, *, is_editable: bool) -> Kind:
    if (prefix / "uv-receipt.toml").is_file():
        return "uv tool"
    in_cache = any((parent / "CACHEDIR.TAG").is_file() for parent in prefix.parents)
    if "pipx" in prefix.parts and (in_cache or {".cache", "cache"} & set(prefix.parts)):
        return "pipx run"
    if (prefix / "pipx_metadata.json").is_file():
        return "pipx"
    if in_cache or any(_UV_CACHE.fullmatch(part) for part in prefix.parts):
        return "uvx"
    if not is_editable:
        return "environment"
    return "uv checkout" if _is_made_by_uv(prefix) else "checkout"


def _added(prefix: Path) -> tuple[str, ...]:
    """Names of the distributions besides vrom in uv's record of a tool."""
    try:
        receipt = tomllib.loads((prefix / "uv-receipt.toml").read_text(encoding="utf-8"))
        return tuple(one["name"] for one in receipt["tool"]["requirements"] if one["name"] != "vrom")
    except (OSError, ValueError, LookupError, TypeError):
        return ()


def _is_made_by_uv(prefix: Path) -> bool:
    """True if uv has made the virtual environment."""
    try:
        lines = (prefix / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return False
    return any(line.partition("=")[0].strip() == "uv" for line in lines)


def _origin(record: dict[str, Any]) -> str:
    """The requirement in a record of PEP 610, without user names and passwords; empty if there is none."""
    url = record.get("url")
    if not isinstance(url, str) or not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return url2pathname(parts.path)
    if parts.scheme in {"http", "https"}:
        url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    vcs = record.get("vcs_info")
    if isinstance(vcs, dict) and vcs.get("vcs") and vcs.get("commit_id"):
        url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
    folder = record.get("subdirectory")
    return f"{url}#subdirectory={folder}" if folder else url


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _python(prefix: Path) -> str:
    """Path of the environment's Python."""
    if prefix == Path(sys.prefix):
        return sys.executable
    return str(prefix / "Scripts" / "python.exe" if sys.platform == "win32" else prefix / "bin" / "python")
