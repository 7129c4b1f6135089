"""Connections to IP addresses that were checked before, so that no later DNS answer can change where a request goes."""

import ipaddress
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from vrom import __version__
from vrom.errors import TransferError
from vrom.network.addresses import IPAddress

if TYPE_CHECKING:
    import ssl

    import httpx2

MOST_ADDRESSES = 4
"""Maximum number of addresses of one host that are tried."""

CONNECT_TIMEOUT = 10.0
"""Seconds."""


class Connections:
    """HTTP clients, one for each host: a kept connection is only used again for the name that it was made for."""

    def __init__(self, timeout: float) -> None:
        """`timeout` limits silence, in seconds."""
        self._timeout = timeout
        self._clients: dict[str, httpx2.Client] = {}

    def send(self, url: str, headers: Mapping[str, str], addresses: Sequence[IPAddress] | None) -> "httpx2.Response":
        """Send GET and return the response, its body unread.

        The connection is made to the first of `addresses` that accepts it; with None, by the proxy that the environment
        names. Raises `httpx2.TransportError`, and `TransferError` for proxy or certificate settings that can't be used.
        """
        host = urlsplit(url).netloc.rpartition("@")[2]
        client = self._client(host)
        if addresses is None:
            return self._send_by_proxy(client, url, headers)
        return self._send_to(client, url, {**headers, "Host": host}, addresses[:MOST_ADDRESSES])

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    @staticmethod
    def _send_by_proxy(client: "httpx2.Client", url: str, headers: Mapping[str, str]) -> "httpx2.Response":
        import httpx2
        import socksio

        try:
            return client.send(client.build_request("GET", url, headers=headers), stream=True)
        except socksio.SOCKSError as error:  # the client lets it through
            raise httpx2.ProxyError(f"invalid response from the SOCKS proxy: {error}") from error

    def _send_to(
        self, client: "httpx2.Client", url: str, headers: Mapping[str, str], addresses: Sequence[IPAddress]
    ) -> "httpx2.Response":
        import httpx2

        failure: Exception = httpx2.ConnectError("the host name has no address")
        for address in addresses:
            # The certificate is compared with the host's name, not with the address.
            extensions = {"sni_hostname": urlsplit(url).hostname}
            request = client.build_request("GET", _at(url, address), headers=headers, extensions=extensions)
            try:
                response = client.send(request, stream=True)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                failure = error
            else:
                response.request = client.build_request("GET", url, headers=headers)  # `response.url` names the host
                return response
        raise failure

    def _client(self, host: str) -> "httpx2.Client":
        import httpx2

        if host not in self._clients:
            timeout = httpx2.Timeout(self._timeout, connect=min(self._timeout, CONNECT_TIMEOUT))
            headers = {"User-Agent": f"vrom/{__version__}", "Accept-Encoding": "identity"}
            try:
                self._clients[host] = httpx2.Client(timeout=timeout, headers=headers, verify=self._certificates)
            except (ValueError, ImportError, httpx2.InvalidURL) as error:
                raise TransferError(
                    f"The proxy settings in the environment are invalid: {error}. Expected a URL such as "
                    "http://proxy.example:3128 in HTTP_PROXY, HTTPS_PROXY and ALL_PROXY."
                ) from error
        return self._clients[host]

    @cached_property
    def _certificates(self) -> "ssl.SSLContext":
        """Trusted certificates: those of the system, or of the files that the environment names."""
        import httpx2

        try:
            return httpx2.create_ssl_context()
        except OSError as error:
            raise TransferError(
                f"Cannot read the certificates in SSL_CERT_FILE or SSL_CERT_DIR: {error.strerror or error}. "
                "Fix the variable, or unset it to use the system certificates."
            ) from error


def _at(url: str, address: IPAddress) -> str:
    """The URL with its host replaced by an address."""
    parts = urlsplit(url)
    host = f"[{address}]" if isinstance(address, ipaddress.IPv6Address) else str(address)
    return parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host).geturl()
