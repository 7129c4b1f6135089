"""Documentation of an npm package: what is installed in `node_modules`, else its tarball from the registry.

Source: https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md.
"""

import configparser
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import orjson

from vrom.builder.document import Origin
from vrom.builder.sources.javascript.package import read_npm_package
from vrom.errors import HubError, MismatchError
from vrom.network.addresses import is_web, origin_of
from vrom.network.download import Downloads
from vrom.project.dependency import Dependency
from vrom.project.roots import folders_above
from vrom.project.sources.archive import unpack_release
from vrom.project.sources.gathered import Gathered
from vrom.project.sources.repository.address import links_of_package_json

DEFAULT_REGISTRY = "https://registry.npmjs.org"


def gather_npm(dependency: Dependency, project: Path, downloads: Downloads | None, work: Path) -> Gathered:
    """Read a package's documentation; a tarball is unpacked in the empty folder `work`.

    `downloads` is None if nothing may be fetched.
    """
    gathered = Gathered()
    folder = find_installed(dependency.name, dependency.version, project)
    origin = Origin("node_modules", dependency.version)
    if folder is None and downloads:
        try:
            folder, origin = _fetch(dependency, project, downloads, work)
        except HubError as error:
            gathered.problems.append(f"npm registry: {error}")
    if folder is None:
        if not gathered.problems:
            gathered.problems.append("it isn't in node_modules: install it, or run without --offline.")
        return gathered
    manifest = read_manifest(folder)
    gathered.summary = str(manifest.get("description") or "")
    gathered.links, gathered.directory = links_of_package_json(manifest)
    gathered.add(origin, read_npm_package(folder, types=_find_types(dependency.name, project)))
    return gathered


def find_installed(name: str, version: str, project: Path) -> Path | None:
    """The folder of an installed package of this version: in `node_modules` here or above, or in pnpm's store."""
    for above in folders_above(project):
        modules = above / "node_modules"
        stored = f"{name.replace('/', '+')}@{version}*"
        for folder in (modules / name, *sorted(modules.glob(f".pnpm/{stored}/node_modules/{name}"))):
            if read_manifest(folder).get("version") == version:
                return folder
    return None


def read_manifest(folder: Path) -> Mapping[str, object]:
    """The content of `package.json`; empty if it can't be read."""
    try:
        found = orjson.loads((folder / "package.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _find_types(name: str, project: Path) -> Path | None:
    """The folder of the package's declarations, `@types/NAME`, if they are installed."""
    types = f"@types/{name.removeprefix('@').replace('/', '__')}"
    for above in folders_above(project):
        if read_manifest(folder := above / "node_modules" / types):
            return folder
    return None


def _fetch(dependency: Dependency, project: Path, downloads: Downloads, work: Path) -> tuple[Path, Origin]:
    """Fetch a tarball, compare it with the lock's digest, and unpack it. Raises `HubError`."""
    locked = next((one for one in dependency.artifacts if one.digest or one.url), None)
    base = dependency.name.rpartition("/")[2]
    registry = (dependency.index or read_registry(dependency.name, project)).rstrip("/")
    url = f"{registry}/{quote(dependency.name, safe='@/')}/-/{base}-{dependency.version}.tgz"
    if locked and is_web(locked.url):
        url = locked.url
    archive = work / f"{base}.tgz"
    downloads.fetch(url, archive)
    kind, _, expected = (locked.digest if locked else "").partition(":")
    if kind in {"sha512", "sha256", "sha1"} and expected:
        found = hashlib.new(kind, archive.read_bytes()).hexdigest()
        if found != expected:
            raise MismatchError(f"{base}-{dependency.version}.tgz isn't the file that the project locks ({kind}).")
    into = work / "package"
    into.mkdir()
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    unpack_release(archive, into)
    folders = [entry for entry in into.iterdir() if entry.is_dir()]
    source = f"{base}-{dependency.version}.tgz"
    return folders[0] if len(folders) == 1 else into, Origin(source, dependency.version, digest=f"sha256:{digest}")


def read_registry(name: str, project: Path) -> str:
    """The registry for a package, by the project's and the user's `.npmrc`."""
    scope = name.partition("/")[0] if name.startswith("@") else ""
    settings = npm_settings(project)
    return settings.get(f"{scope}:registry") or settings.get("registry") or DEFAULT_REGISTRY


def npm_settings(project: Path) -> dict[str, str]:
    """The settings in `.npmrc`, the project's before the user's."""
    found: dict[str, str] = {}
    for file in (Path.home() / ".npmrc", project / ".npmrc"):
        parser = configparser.RawConfigParser(delimiters=("=",), strict=False)
        parser.optionxform = str  # type: ignore[assignment,method-assign]  # names are case-sensitive
        try:
            parser.read_string("[npm]\n" + file.read_text(errors="replace"))
        except (OSError, configparser.Error):
            continue
        found |= {key: value.strip("\"'") for key, value in parser["npm"].items() if value}
    return found


def npm_credentials(project: Path) -> dict[str, Mapping[str, str]]:
    """Headers by origin of the registry, from the tokens in `.npmrc`."""
    credentials: dict[str, Mapping[str, str]] = {}
    for key, value in npm_settings(project).items():
        found = re.fullmatch(r"//([^/:]+(?::\d+)?)/.*:(_authToken|_auth)", key)
        if found and not value.startswith("${"):
            header = f"Bearer {value}" if found[2] == "_authToken" else f"Basic {value}"
            credentials[origin_of(f"https://{found[1]}")] = {"Authorization": header}
    return credentials
