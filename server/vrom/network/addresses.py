"""Network addresses: origins that share credentials, and detection of private hosts."""

import ipaddress
import socket
import urllib.request
from collections.abc import Callable
from urllib.parse import quote, unquote, urljoin, urlsplit

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IsPrivate = Callable[[IPAddress], bool]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL: the scope of credentials.

    >>> origin_of("https://docs.example/registry.json")
    'https://docs.example:443'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{(parts.hostname or '').rstrip('.')}:{parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)}"


def without_credentials(url: str) -> str:
    """Remove user name and password from a URL, for display and storage; empty if it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def is_web(address: str) -> bool:
    """Return true for an http(s) URL with a host; false also for what no URL can be: `http://[`, port 99999."""
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def normalized(url: str) -> str:
    """Return one spelling of a URL, without credentials and fragment: see RFC 3986, section 6.2.

    >>> normalized("HTTPS://user@Docs.Example.:443/a/../b%7e#c")
    'https://docs.example/b~'
    """
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(scheme)) else f":{parts.port}"
    path = quote(unquote(parts.path), safe="/!$&'()*+,;=:@~") or "/"
    query = f"?{parts.query}" if parts.query else ""
    return urljoin(f"{scheme}://{host}{port}/", path.replace("//", "/")) + query


def not_public(address: IPAddress) -> bool:
    """Return true unless an address is a public unicast one: for this machine, private networks and such."""
    if isinstance(address, ipaddress.IPv6Address):
        embedded = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            embedded = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if embedded:
            return not_public(embedded)
    return not address.is_global or address.is_multicast


def addresses_of(host: str) -> list[IPAddress]:
    """Resolve a host name; empty if it can't be resolved, as behind a proxy without DNS."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def reaches_private(host: str, is_private: IsPrivate = not_public) -> bool:
    """Return true if any address of a host is private."""
    return any(is_private(address) for address in addresses_of(host))


def is_private_host(host: str, is_private: IsPrivate = not_public) -> bool:
    """Return true if all addresses of a host are private; a host with a public address as well is treated as public."""
    found = addresses_of(host)
    return bool(found) and all(is_private(address) for address in found)


def is_proxied(url: str) -> bool:
    """Return true if the proxy settings apply to this URL, so that a proxy makes the connection."""
    parts = urlsplit(url)
    proxies = urllib.request.getproxies()
    if not {parts.scheme, "all"} & proxies.keys():
        return False
    return not urllib.request.proxy_bypass(parts.hostname or "")
