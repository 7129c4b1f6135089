"""Addresses of web pages: which of them lead to the same page, and which belong to a site's documentation."""

import mimetypes
import re
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, unquote, urlsplit

from vrom.network.addresses import is_web, normalized

LONGEST_URL = 2_000
"""Maximum characters; longer addresses are made by relative links that go round in circles."""
MOST_REPEATED = 3
"""Maximum number of times that a part of a path is repeated: `/a/b/a/b/a/b/` comes of such links, too."""

_TRACKING = re.compile(
    r"utm_\w+|[a-z]*clid|gclsrc|mc_[ce]id|_g[al]|_hs\w+|hsa_\w+|mkt_tok|igshid|ref|ref_src|ref_url|referr?er|"
    r"source_ref|trk|trkcampaign|cmpid|s_cid|spm|vero_id|oly_enc_id|wbraid|gbraid|phpsessid|jsessionid|sessionid",
    re.IGNORECASE,
)
"""Parameters of a query string that say where a reader came from, not what is read."""
_INDEX = re.compile(r"/(?:index|default)\.(?:x?html?|php|aspx?|jsp)$", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def without_tracking(url: str) -> str:
    """The URL without its fragment and without parameters that say where a reader came from.

    >>> without_tracking("https://docs.example/a?utm_source=x&page=2#top")
    'https://docs.example/a?page=2'
    """
    address = url.partition("#")[0]
    base, mark, query = address.partition("?")
    kept = [part for part in query.split("&") if part and not _TRACKING.fullmatch(part.partition("=")[0])]
    return base + mark + "&".join(kept) if kept else base


def page_key(url: str) -> str:
    """One string for all addresses of a page: scheme, default port, case of the host, index file and slash at the end
    make no difference, nor do the order of parameters and those of `without_tracking`.

    >>> page_key("HTTP://Docs.Example:80/a/index.html?b=1&a=2#c") == page_key("https://docs.example/a?a=2&b=1")
    True
    """
    parts = urlsplit(normalized(without_tracking(url)))
    path = _INDEX.sub("/", parts.path).rstrip("/")
    query = "&".join(f"{name}={value}" for name, value in sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return f"//{site_of(url)}{path}?{query}"


def site_of(url: str) -> str:
    """The host, and its port unless it is the default one of the scheme; `www.` makes no difference."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    return host if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme.lower())) else f"{host}:{parts.port}"


def document_name(url: str) -> str:
    """The document name of a web page: its path on the site, with the URL's query string, if any."""
    parts = urlsplit(url)
    path = unquote(parts.path).lstrip("/")
    name = path + "index" if not path or path.endswith("/") else path
    return f"{name}?{parts.query}" if parts.query else name


def is_below(url: str, scope: str) -> bool:
    """True if `url` is on the same site as `scope`, in its folder or below."""
    path, within = urlsplit(url).path, urlsplit(scope).path
    folder = within if "." not in PurePosixPath(within).name else within.rpartition("/")[0]
    folder = folder.rstrip("/")
    return site_of(url) == site_of(scope) and (path.rstrip("/") == folder or path.startswith(folder + "/"))


def is_page(url: str) -> bool:
    """True if a URL may be that of a page, by its suffix and length: not of an image or archive, nor made in a loop."""
    path = urlsplit(url).path
    if len(url) > LONGEST_URL or _is_repeating(path):
        return False
    kind, encoding = mimetypes.guess_type(path)
    return encoding is None and (kind is None or kind.startswith("text/") or kind.endswith("xml"))


def _is_repeating(path: str) -> bool:
    parts = [part for part in path.split("/") if part]
    return any(parts.count(part) > MOST_REPEATED for part in set(parts))


def is_valid(url: str) -> bool:
    """True for a web URL with a host and a valid port, so that the functions of this module take it."""
    try:
        page_key(url)
    except ValueError:
        return False
    return is_web(url)
