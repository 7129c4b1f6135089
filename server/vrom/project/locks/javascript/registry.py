"""What lock files say of a package's origin: registry, tarball and integrity."""

import base64
import binascii
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from vrom.project.dependency import Artifact
from vrom.project.locks.untrusted import clean_address, repository_address

_OWN_DOMAINS = ("npmjs.org", "yarnpkg.com")
"""Domains of npm's public registry, and of yarn's name for it."""
_GIT_SCHEMES = ("git", "git+https", "git+http", "git+ssh", "git+file")
_FOLDERS = {"file", "link", "portal"}
_FORGES = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}
_SHORTHAND = re.compile(r"[A-Za-z0-9][\w.-]{0,100}/[\w.-]{1,100}(?:#.{0,200})?")
_FORGE_ARCHIVE = re.compile(
    r"https://(?:codeload\.)?(github|gitlab|bitbucket)\.(?:com|org)/([\w.-]{1,100}/[\w.-]{1,100})"
    r"/(?:tar\.gz|archive|-/archive|get|repository/archive)[./]"
)
"""Address of the archive of a commit, as package managers take repositories of forges."""
_DIGEST_BYTES = {"sha512": 64, "sha256": 32}
"""Supported algorithms, the strongest first."""
_VERSION = re.compile(r"v?([0-9]+\.[0-9]+\.[0-9]+(?:[-+][0-9A-Za-z.+-]+)?)")


class Origin(NamedTuple):
    """Files and registry of a package."""

    artifacts: tuple[Artifact, ...]
    registry: str


def read_origin(name: str, resolved: str, integrity: str) -> Origin:
    """Files and registry, from the tarball's URL and its integrity (`sha512-BASE64`).

    The registry of a package from git is its repository, and that of a file or folder is `file:PATH`: the public
    registry may have another package of that name.
    """
    if resolved.startswith("file:"):
        return Origin((), f"file:{resolved.removeprefix('file:').partition('#')[0]}")
    if repository := _FORGE_ARCHIVE.match(resolved):
        return Origin((), f"git+https://{_FORGES[repository[1]]}/{repository[2]}")
    url = clean_address(resolved, ("https", "http"))
    digest = read_integrity(integrity)
    artifacts = (Artifact(url, digest),) if url or digest else ()
    return Origin(artifacts, _registry_of(name, url) if url else clean_address(resolved, _GIT_SCHEMES))


def foreign_origin(specifier: str) -> str:
    """The origin of a package that is in no registry: `git+URL` or `file:PATH`, from what a project lists for it.

    Empty for a version, a range, a tag, an alias (`npm:other@1`), and what refers to another list.
    """
    kind, colon, rest = specifier.partition(":")
    if specifier.startswith((".", "/", "~/")) or (colon and kind in _FOLDERS):
        return f"file:{rest or specifier}"
    if colon and kind in _FORGES:
        return f"git+https://{_FORGES[kind]}/{rest.partition('#')[0]}"
    if _SHORTHAND.fullmatch(specifier):
        return f"git+https://github.com/{specifier.partition('#')[0]}"
    if kind in _GIT_SCHEMES or kind == "ssh" or re.match(r"https?://[^#]{1,500}\.git(?:#|$)", specifier):
        return repository_address(specifier)
    return f"file:{clean_address(specifier, ('https', 'http'))}" if kind in {"http", "https"} else ""


def read_integrity(integrity: str) -> str:
    """The strongest supported digest of a Subresource Integrity string, as `sha512:HEX`; empty if it has none."""
    digests = {}
    for part in integrity.split():
        algorithm, _, encoded = part.partition("?")[0].partition("-")
        try:
            digests[algorithm] = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            continue
    for algorithm, size in _DIGEST_BYTES.items():
        if len(digests.get(algorithm, b"")) == size:
            return f"{algorithm}:{digests[algorithm].hex()}"
    return ""


def clean_version(version: str) -> str:
    """A semantic version; empty if `version` is something else, such as a URL, a path or a range."""
    found = _VERSION.fullmatch(version)
    return found[1] if found else ""


def real_name(alias: str, specifier: str) -> str:
    """The package's own name: `mitt` for the alias `events` with the specifier `npm:mitt@3`."""
    if not specifier.startswith("npm:"):
        return alias
    name, version = split_at(specifier.removeprefix("npm:"))
    return alias if not version and clean_version(name) else name


def split_at(text: str) -> tuple[str, str]:
    """Split `NAME@REST`, where a scoped name begins with an @ itself."""
    at = text.find("@", 1)
    return (text, "") if at < 0 else (text[:at], text[at + 1 :])


def _registry_of(name: str, url: str) -> str:
    """Address of the registry that serves a tarball; empty for the public one."""
    scheme, host = urlsplit(url)[:2]
    domain = host.partition(":")[0].lower()
    if any(domain == own or domain.endswith(f".{own}") for own in _OWN_DOMAINS):
        return ""
    for path in (f"/{name}/-/", f"/{name.replace('/', '%2f')}/-/", f"/{name.replace('/', '%2F')}/-/"):
        base, found, _ = url.partition(path)
        if found:
            return f"{base}/"
    return f"{scheme}://{host}/"
