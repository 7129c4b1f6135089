"""Documentation of an npm package: what is installed in `node_modules`, else its tarball from the registry.

Source: https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md.
"""

import configparser
import os
import re
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.parse import quote

from vrom.builder.document import Origin
from vrom.builder.sources.code.javascript.folder import open_package
from vrom.builder.sources.code.javascript.package import read_npm_package
from vrom.errors import HubError, MismatchError
from vrom.format.versions import VERSION
from vrom.network.addresses import is_web, origin_of
from vrom.network.download import Downloads
from vrom.project.dependency import Dependency
from vrom.project.locks.lock import LockFileError, read_text
from vrom.project.roots import folders_above
from vrom.project.sources.archive import LARGEST_ARCHIVE, has_digest, unpack_release
from vrom.project.sources.gathered import Gathered
from vrom.project.sources.repository.address import links_of_package_json
from vrom.storage.digest import sha256_of

DEFAULT_REGISTRY = "https://registry.npmjs.org"
_LARGEST_MANIFEST = 4_000_000
"""Maximum bytes of what a registry says about a version."""


def gather_npm(dependency: Dependency, project: Path, downloads: Downloads | None, work: Path) -> Gathered:
    """Read a package's documentation; a tarball is unpacked in the empty folder `work`.

    `downloads` is None if nothing may be fetched.
    """
    gathered = Gathered()
    folder = find_installed(dependency.name, dependency.version, project)
    origin = Origin("node_modules", dependency.version)
    if folder is None and not dependency.is_of_index:
        origin_named = f"it comes from {dependency.origin}, not from a registry"
        gathered.problems.append(
            f"{origin_named}. Install it in the project, and its documentation is read from there."
        )
        return gathered
    if folder is None and downloads:
        try:
            folder, origin = _fetch(dependency, project, downloads, work)
        except HubError as error:
            gathered.note_failure("npm registry", error)
    if folder is None:
        if not gathered.problems:
            gathered.problems.append("it isn't in node_modules: install it, or run without --offline.")
        return gathered
    manifest = read_manifest(folder)
    gathered.summary = str(manifest.get("description") or "")
    gathered.links, gathered.directory = links_of_package_json(manifest)
    gathered.add(
        origin,
        read_npm_package(
            folder, types=_find_types(dependency.name, project), find_package=partial(_find_sibling, project=project)
        ),
    )
    return gathered


def find_newest(name: str, project: Path, downloads: Downloads | None) -> str:
    """Find the version in `node_modules`, else that which the registry calls the latest; empty if there is neither.

    Raises `HubError` if the registry can't be read.
    """
    places = list(folders_above(project))
    for folder in (above / "node_modules" / name for above in places):
        if _is_inside(folder, places[-1]) and (version := _version(folder)):
            return version
    if downloads is None:
        return ""
    with tempfile.TemporaryDirectory() as made:
        url = f"{read_registry(name, project).rstrip('/')}/{quote(name, safe='@')}/latest"
        downloads.fetch(url, Path(made) / "package.json", limit=_LARGEST_MANIFEST)
        return _version(Path(made))


def _version(folder: Path) -> str:
    """The version in a folder's `package.json`; empty if it states none that a cartridge can have."""
    version = read_manifest(folder).get("version")
    return version if isinstance(version, str) and VERSION.fullmatch(version) else ""


def find_installed(name: str, version: str, project: Path) -> Path | None:
    """The folder of an installed package of this version: in `node_modules` here or above, or in pnpm's store."""
    places = list(folders_above(project))
    for above in places:
        modules = above / "node_modules"
        stored = f"{name.replace('/', '+')}@{version}*"
        for folder in (modules / name, *sorted(modules.glob(f".pnpm/{stored}/node_modules/{name}"))):
            if _is_inside(folder, places[-1]) and read_manifest(folder).get("version") == version:
                return folder
    return None


def _find_sibling(name: str, user: Path, project: Path) -> Path | None:
    """The folder of a package that the files in the folder `user` import, as Node.js finds it, within the project."""
    top = list(folders_above(project))[-1]
    for above in (user, *user.parents):
        folder = above / "node_modules" / name
        if above.name != "node_modules" and _is_inside(folder, top) and read_manifest(folder):
            return folder
        if above == Path(os.path.realpath(top)):
            break
    return None


def _is_inside(folder: Path, root: Path) -> bool:
    """True if a folder is below `root` with its links followed: a checkout may link to what is private."""
    return Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(root))


def read_manifest(folder: Path) -> Mapping[str, object]:
    """The content of `package.json`; empty if it can't be read."""
    return open_package(folder).manifest


def _find_types(name: str, project: Path) -> Path | None:
    """The folder of the package's declarations, `@types/NAME`, if they are installed."""
    types = f"@types/{name.removeprefix('@').replace('/', '__')}"
    places = list(folders_above(project))
    for above in places:
        folder = above / "node_modules" / types
        if _is_inside(folder, places[-1]) and read_manifest(folder):
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
    downloads.fetch(url, archive, limit=LARGEST_ARCHIVE)
    if locked and locked.digest and not has_digest(archive, locked.digest):
        raise MismatchError(f"{base}-{dependency.version}.tgz isn't the file that the project locks.")
    into = work / "package"
    into.mkdir()
    digest = locked.digest if locked and locked.digest else f"sha256:{sha256_of(archive)}"
    unpack_release(archive, into)
    folders = [entry for entry in into.iterdir() if entry.is_dir()]
    source = f"{base}-{dependency.version}.tgz"
    return folders[0] if len(folders) == 1 else into, Origin(source, dependency.version, digest=digest)


def read_registry(name: str, project: Path) -> str:
    """The registry for a package, by the project's and the user's `.npmrc`."""
    scope = name.partition("/")[0] if name.startswith("@") else ""
    settings = read_npmrc(Path.home()) | read_npmrc(project)
    return settings.get(f"{scope}:registry") or settings.get("registry") or DEFAULT_REGISTRY


def read_npmrc(folder: Path) -> dict[str, str]:
    """The settings in the `.npmrc` of a folder; those with a variable (`${NPM_TOKEN}`) are left out."""
    parser = configparser.RawConfigParser(delimiters=("=",), strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names are case-sensitive
    try:
        parser.read_string("[npm]\n" + read_text(folder / ".npmrc"))
    except (LockFileError, configparser.Error):
        return {}
    found = {key: value.strip("\"'") for key, value in parser["npm"].items() if value}
    return {key: value for key, value in found.items() if value.isascii() and value.isprintable() and "${" not in value}


def npm_credentials(project: Path) -> dict[str, Mapping[str, str]]:
    """Headers by origin of the registry, from the tokens in `.npmrc`. The user's are used before the project's."""
    credentials: dict[str, Mapping[str, str]] = {}
    for key, value in (read_npmrc(project) | read_npmrc(Path.home())).items():
        found = re.fullmatch(r"//([A-Za-z0-9.-]+(?::[0-9]{1,5})?)/.*:(_authToken|_auth)", key)
        if found and is_web(url := f"https://{found[1]}"):
            header = f"Bearer {value}" if found[2] == "_authToken" else f"Basic {value}"
            credentials[origin_of(url)] = {"Authorization": header}
    return credentials


def own_registries() -> frozenset[str]:
    """Origins of the registries that the user's own `.npmrc` names, and of the default one."""
    named = [DEFAULT_REGISTRY, *_named_registries()]
    return frozenset(origin_of(url) for url in named if is_web(url))


def _named_registries() -> list[str]:
    return [value for key, value in read_npmrc(Path.home()).items() if key.endswith("registry")]
