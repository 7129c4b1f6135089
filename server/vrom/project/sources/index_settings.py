"""Package indexes and credentials that a project's own tools use: those of uv, pip, and the project.

Sources: https://docs.astral.sh/uv/concepts/indexes/, https://pip.pypa.io/en/stable/topics/configuration/,
https://pip.pypa.io/en/stable/topics/authentication/.
"""

import base64
import contextlib
import netrc
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from vrom.network.addresses import is_web, origin_of, without_credentials

DEFAULT_INDEX = "https://pypi.org/simple"


@dataclass(frozen=True)
class IndexSettings:
    """Package indexes in the order in which they are asked, without user info; and headers by origin."""

    urls: tuple[str, ...]
    credentials: Mapping[str, Mapping[str, str]]


def read_index_settings(project: Path, environment: Mapping[str, str], others: tuple[str, ...] = ()) -> IndexSettings:
    """Read the settings of uv and pip; `others` are further indexes that need credentials, such as a lock's."""
    named = list(_named_by_uv(project, environment))
    pip = _pip_configuration()
    extra = [*_split(environment.get("UV_EXTRA_INDEX_URL")), *_split(pip.get("extra-index-url"))]
    default = (
        environment.get("UV_DEFAULT_INDEX", "").rpartition("=")[2]
        or environment.get("UV_INDEX_URL")
        or next((url for _, url, is_default in named if is_default), "")
        or pip.get("index-url")
        or DEFAULT_INDEX
    )
    urls = [*(url for _, url, is_default in named if not is_default), *extra, default]
    credentials: dict[str, Mapping[str, str]] = {}
    for name, url, _ in [*(("", url, False) for url in (*others, *urls)), *named]:
        if is_web(url) and (header := _authorization(name, url, environment)):
            credentials[origin_of(url)] = {"Authorization": header}
    return IndexSettings(tuple(dict.fromkeys(without_credentials(url) for url in urls if is_web(url))), credentials)


def _named_by_uv(project: Path, environment: Mapping[str, str]) -> Iterator[tuple[str, str, bool]]:
    """Name, URL and whether it is the default, of the indexes in uv's variables and files."""
    for entry in _split(environment.get("UV_INDEX")):
        name, _, url = entry.rpartition("=") if re.match(r"[\w.-]+=", entry) else ("", "", entry)
        yield name, url, False
    home = Path(environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME") or "~").expanduser() / ".config")
    files = [(project / "uv.toml", ()), (project / "pyproject.toml", ("tool", "uv")), (home / "uv" / "uv.toml", ())]
    for file, path in files:
        table: Any = _read_toml(file)
        for key in path:
            table = table.get(key, {}) if isinstance(table, dict) else {}
        if not isinstance(table, dict):
            continue
        indexes = table.get("index")
        for index in indexes if isinstance(indexes, list) else []:
            if isinstance(index, dict) and isinstance(index.get("url"), str):
                yield str(index.get("name", "")), index["url"], index.get("default") is True
        if isinstance(table.get("index-url"), str):
            yield "", table["index-url"], True


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text())
    except (OSError, ValueError, RecursionError):
        return {}


def _pip_configuration() -> dict[str, str]:
    """Pip's settings by name, from its files and variables; empty if pip can't tell."""
    command = [sys.executable, "-P", "-m", "pip", "config", "list"]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return {}
    found = {}
    for line in ran.stdout.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in {"global", "install", "download", ":env:"}:
            found[name] = value.strip("'\"").replace("\\n", " ")
    return found


def _split(text: str | None) -> list[str]:
    return (text or "").split()


def _authorization(name: str, url: str, environment: Mapping[str, str]) -> str:
    """The header for an index: from its URL, uv's variables for its name, or netrc; empty if there is none."""
    parts = urlsplit(url)
    prefix = f"UV_INDEX_{re.sub(r'[^A-Za-z0-9]', '_', name).upper()}"
    user, password = environment.get(f"{prefix}_USERNAME", ""), environment.get(f"{prefix}_PASSWORD", "")
    if parts.username or parts.password:
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
    elif not (name and (user or password)):
        with contextlib.suppress(OSError, netrc.NetrcParseError):
            file = environment.get("NETRC") or Path(environment.get("HOME") or "~").expanduser() / ".netrc"
            found = netrc.netrc(str(file)).authenticators(parts.hostname or "")
            user, password = (found[0], found[2]) if found else ("", "")
    if not user and not password:
        return ""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
