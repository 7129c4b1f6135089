"""Package indexes and credentials that a project's own tools use: those of uv, pip, and the project.

Sources: https://docs.astral.sh/uv/concepts/indexes/, https://pip.pypa.io/en/stable/topics/configuration/,
https://pip.pypa.io/en/stable/topics/authentication/.
"""

import base64
import contextlib
import ipaddress
import netrc
import re
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from vrom.network.addresses import is_web, origin_of, without_credentials
from vrom.project.locks.lock import LockFileError
from vrom.project.locks.python.uv import DEFAULT_INDEX
from vrom.project.locks.untrusted import mapping, mappings, read_toml, string

_FILES_OF_DEFAULT_INDEX = "https://files.pythonhosted.org"


@dataclass(frozen=True)
class IndexSettings:
    """Package indexes in the order in which they are asked, without user info; and headers by origin."""

    urls: tuple[str, ...]
    credentials: Mapping[str, Mapping[str, str]]
    own: frozenset[str] = frozenset()
    """Origins that may have private addresses: those that the user's own settings name (variables, and files outside
    the project); the ecosystem's own index, which a mirror may stand for; and indexes that run on this machine, whoever
    names them, since it is the user who started them."""
    withheld: tuple[str, ...] = ()
    """Names of indexes for which variables hold credentials, but whose address only the project names."""


@dataclass(frozen=True)
class _Index:
    """An index in uv's settings."""

    url: str
    name: str = ""
    is_default: bool = False
    is_own: bool = False
    """True if the user names it, false if the project does."""


def read_index_settings(project: Path, environment: Mapping[str, str], others: tuple[str, ...] = ()) -> IndexSettings:
    """Read the settings of uv and pip; `others` are further indexes that need credentials, such as a lock's.

    Credentials in variables belong to an index by its name. They are sent only to an address that the user's own
    settings name: a project could give the name to an address of its choice.
    """
    found = [one for one in (*_user_indexes(environment), *_project_indexes(project)) if is_web(one.url)]
    pip = _pip_configuration()
    extra = [*_split(environment.get("UV_EXTRA_INDEX_URL")), *_split(pip.get("extra-index-url"))]
    chosen = environment.get("UV_DEFAULT_INDEX", "").rpartition("=")[2] or environment.get("UV_INDEX_URL")
    in_files = next((one.url for one in found if one.is_default), "")
    default = chosen or in_files or pip.get("index-url") or DEFAULT_INDEX
    urls = [*(one.url for one in found if not one.is_default), *extra, default]
    own_urls = [one.url for one in found if one.is_own] + [*extra, chosen or "", pip.get("index-url") or ""]
    own_urls += [DEFAULT_INDEX, _FILES_OF_DEFAULT_INDEX]
    own_urls += [url for url in (*others, *(one.url for one in found)) if _is_on_this_machine(url)]
    own = frozenset(origin_of(url) for url in own_urls if is_web(url))
    credentials: dict[str, Mapping[str, str]] = {}
    withheld: list[str] = []
    for one in [*(_Index(url) for url in (*others, *urls) if is_web(url)), *reversed(found)]:
        named = _named_credentials(one.name, environment)
        if named and origin_of(one.url) not in own:
            withheld.append(one.name)
            named = None
        if login := _login_in(one.url) or named or _netrc_login(one.url, own, environment):
            encoded = base64.b64encode(":".join(login).encode()).decode()
            credentials[origin_of(one.url)] = {"Authorization": f"Basic {encoded}"}
    shown = dict.fromkeys(without_credentials(url) for url in urls if is_web(url))
    return IndexSettings(tuple(shown), credentials, own, tuple(withheld))


def _user_indexes(environment: Mapping[str, str]) -> Iterator[_Index]:
    """The indexes in uv's variables and in its file in the user's home."""
    for entry in _split(environment.get("UV_INDEX")):
        name, _, url = entry.rpartition("=") if re.match(r"[\w.-]+=", entry) else ("", "", entry)
        yield _Index(url, name, is_own=True)
    name, _, url = environment.get("UV_DEFAULT_INDEX", "").rpartition("=")
    if name:
        yield _Index(url, name, is_default=True, is_own=True)
    home = Path(environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME") or "~").expanduser() / ".config")
    yield from _listed(_read_table(home / "uv" / "uv.toml"), is_own=True)


def _project_indexes(project: Path) -> Iterator[_Index]:
    for file, path in ((project / "uv.toml", ()), (project / "pyproject.toml", ("tool", "uv"))):
        yield from _listed(_read_table(file, *path), is_own=False)


def _listed(table: Mapping[str, Any], *, is_own: bool) -> Iterator[_Index]:
    for index in mappings(table.get("index")):
        url, name = string(index.get("url")), string(index.get("name"))
        yield _Index(url, name, index.get("default") is True, is_own)
    if url := string(table.get("index-url")):
        yield _Index(url, is_default=True, is_own=is_own)


def _read_table(file: Path, *path: str) -> Mapping[str, Any]:
    """A table of a TOML file; empty if it can't be read."""
    try:
        table = read_toml(file)
    except LockFileError:
        return {}
    for key in path:
        table = mapping(table.get(key))
    return table


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


def _is_on_this_machine(url: str) -> bool:
    """True for a web address whose host is the loopback interface."""
    host = urlsplit(url).hostname or "" if is_web(url) else ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(text: str | None) -> list[str]:
    return (text or "").split()


def _named_credentials(name: str, environment: Mapping[str, str]) -> tuple[str, str] | None:
    """User and password of an index, from uv's variables for its name; None if there are none."""
    prefix = f"UV_INDEX_{re.sub(r'[^A-Za-z0-9]', '_', name).upper()}"
    login = environment.get(f"{prefix}_USERNAME", ""), environment.get(f"{prefix}_PASSWORD", "")
    return login if name and any(login) else None


def _login_in(url: str) -> tuple[str, str] | None:
    parts = urlsplit(url)
    return (unquote(parts.username or ""), unquote(parts.password or "")) if parts.username or parts.password else None


def _netrc_login(url: str, own: Collection[str], environment: Mapping[str, str]) -> tuple[str, str] | None:
    """User and password for a URL's host in netrc, whose `default` entry is for no host in particular.

    They are sent in clear text only to an index that the user's own settings name.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and origin_of(url) not in own:
        return None
    file = environment.get("NETRC") or Path(environment.get("HOME") or "~").expanduser() / ".netrc"
    found = None
    with contextlib.suppress(OSError, UnicodeError, netrc.NetrcParseError):
        hosts = netrc.netrc(str(file)).hosts
        found = hosts.get(parts.hostname or "") if parts.hostname != "default" else None
    return (found[0], found[2]) if found and (found[0] or found[2]) else None
