"""Which addresses of the network are whose: origins that share credentials, and hosts that the public can't reach."""

import ipaddress
import socket
import urllib.request
from collections.abc import Callable
from urllib.parse import urlsplit

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IsPrivate = Callable[[IPAddress], bool]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def origin_of(url: str) -> str:
    """Scheme, host and port: what may share credentials.

    >>> origin_of("https://docs.example/registry.json")
    'https://docs.example:443'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{(parts.hostname or '').rstrip('.')}:{parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)}"


def without_credentials(url: str) -> str:
    """The address without a user name and password, to be shown and stored."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def not_public(address: IPAddress) -> bool:
    """Whether an address is this machine's, a private network's, or otherwise not one of the internet."""
    if isinstance(address, ipaddress.IPv6Address):
        embedded = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            embedded = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if embedded:
            return not_public(embedded)
    return not address.is_global or address.is_multicast


def addresses_of(host: str) -> list[IPAddress]:
    """What a host name stands for now; empty where that can't be known, as behind a proxy without DNS."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def reaches_private(host: str, is_private: IsPrivate = not_public) -> bool:
    """Whether any address that a host name stands for is private."""
    return any(is_private(address) for address in addresses_of(host))


def is_private_host(host: str, is_private: IsPrivate = not_public) -> bool:
    """Whether a host is wholly private: one that is public as well gets no private host's rights."""
    found = addresses_of(host)
    return bool(found) and all(is_private(address) for address in found)


def is_proxied(url: str) -> bool:
    """Whether the user's settings send this address through a proxy, which then connects in our place."""
    parts = urlsplit(url)
    proxies = urllib.request.getproxies()
    if not {parts.scheme, "all"} & proxies.keys():
        return False
    return not urllib.request.proxy_bypass(parts.hostname or "")
