"""Address of a dependency's repository, from its metadata."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

FORGES = frozenset(
    {"github.com", "gitlab.com", "codeberg.org", "bitbucket.org", "gitlab.gnome.org", "salsa.debian.org"}
)
"""Hosts whose repositories are read: metadata is untrusted, and could name a host of a private network."""
_LABELS = ("source", "source code", "repository", "code", "github", "gitlab", "homepage", "home", "home-page")
"""Labels of a repository's address, best first; punctuation is ignored."""
_SHORTHAND = re.compile(r"(?:(github|gitlab|bitbucket):)?([\w.-]+)/([\w.-]+)")
_SSH = re.compile(r"(?:ssh://)?git@([\w.-]+)[:/](.+)")
_NOT_OWNERS = {".", "..", "sponsors", "orgs", "users"}
_PART = re.compile(r"[\w.~-]{1,100}")
_MOST_PARTS = {"gitlab.com": 6, "gitlab.gnome.org": 6, "salsa.debian.org": 6}
"""Maximum parts of a repository's path; GitLab has groups within groups. Two elsewhere."""


@dataclass(frozen=True)
class Repository:
    """A repository, and the folder of a package in it."""

    url: str
    directory: str = ""
    """Folder of the package in a repository that has several; empty for the whole repository."""

    @property
    def host(self) -> str:
        """Host and port."""
        return urlsplit(self.url).netloc


def find_repository(
    links: Iterable[tuple[str, str]], directory: str = "", forges: Collection[str] = FORGES, scheme: str = "https"
) -> Repository | None:
    """The repository among labelled addresses, such as `("Source", "https://…")`.

    None if there is none on `forges`. It is fetched by `scheme`, whatever the metadata says.
    """
    by_label = {_normalise(label): url for label, url in reversed(list(links))}
    for label in map(_normalise, _LABELS):
        if label in by_label and (found := _parse(_expand(by_label[label]), forges, scheme)):
            return Repository(found, directory)
    return None


def links_of_package_json(manifest: Mapping[str, object]) -> tuple[list[tuple[str, str]], str]:
    """The labelled addresses in `package.json`, and the folder of the package in its repository."""
    field, directory = manifest.get("repository"), ""
    if isinstance(field, dict):
        named = str(field.get("directory") or "").strip("/").removeprefix("./")
        is_safe = all(_PART.fullmatch(part) and part not in {".", ".."} for part in named.split("/"))
        field, directory = field.get("url"), named if is_safe else ""
    links = {"repository": field, "homepage": manifest.get("homepage")}
    return [(label, url) for label, url in links.items() if isinstance(url, str)], directory


def _normalise(label: str) -> str:
    return re.sub(r"[^a-z]", "", label.lower())


def _expand(text: str) -> str:
    """The address that npm's shorthands mean: `github:a/b`, `a/b`, `git@github.com:a/b.git`, `git+https://…`."""
    if found := _SHORTHAND.fullmatch(text):
        host = {"gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}.get(found[1] or "", "github.com")
        return f"https://{host}/{found[2]}/{found[3]}"
    text = text.removeprefix("git+").removeprefix("ssh://") if "git@" in text else text.removeprefix("git+")
    if found := _SSH.fullmatch(text):
        return f"https://{found[1]}/{found[2]}"
    return re.sub(r"^(?:git|http):", "https:", text)


def _parse(url: str, forges: Collection[str], scheme: str) -> str:
    """The address of the repository itself, from that of any of its pages; empty if it isn't one on these hosts."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.lower().removeprefix("www.")
    except ValueError:
        return ""
    path = parts.path.split("/-/")[0].strip("/").split("/")
    kept = path[: _MOST_PARTS.get(host, 2)]
    is_repository = len(kept) >= 2 and all(_PART.fullmatch(part) for part in kept) and not _NOT_OWNERS & set(kept)
    if host not in forges or parts.scheme not in {"http", "https"} or not is_repository:
        return ""
    return f"{scheme}://{host}/{'/'.join(kept).removesuffix('.git')}"
