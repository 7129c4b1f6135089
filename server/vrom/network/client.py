"""Single HTTP request to an untrusted server: checked redirects, and errors classified as transient or permanent.

- Credentials belong to an origin (scheme, host, port) and are never sent to another one, even after a redirect.
- An address named by a public host never leads to this machine or a private network. The connected peer is checked as
  well, which prevents DNS rebinding.
- Redirects from https to http are refused.
"""

import contextlib
import ipaddress
import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from vrom import __version__
from vrom.errors import TransferError
from vrom.network.addresses import (
    IsPrivate,
    is_private_host,
    is_proxied,
    not_public,
    origin_of,
    reaches_private,
    without_credentials,
)

if TYPE_CHECKING:
    import httpx2

MAX_REDIRECTS = 5
LONGEST_PAUSE = 120.0
"""Longest `Retry-After` delay in seconds that is accepted; a longer one is an error."""

_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}


class Network:
    """HTTP client for addresses named by the user, or by a registry that the user chose."""

    def __init__(
        self,
        credentials: Mapping[str, Mapping[str, str]] | None = None,
        *,
        timeout: float = 30.0,
        is_private: IsPrivate = not_public,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`credentials` are headers by origin (see `origin_of`); `timeout` limits silence, in seconds."""
        self.sleep = sleep
        self._credentials = credentials or {}
        self._timeout = timeout
        self._is_private = is_private

    @contextlib.contextmanager
    def get(
        self, url: str, *, named_by: str = "", headers: Mapping[str, str] | None = None
    ) -> "Iterator[httpx2.Response]":
        """Send GET and yield a response with status 200, 206, 304 or 416, its body unread.

        `named_by` is the address that the user gave, if it differs from `url`. Raises `TransferError`; its `again` is
        true if a retry may succeed.
        """
        import httpx2

        named = urlsplit(named_by or url).hostname or ""
        may_be_private = is_private_host(named, self._is_private)
        with contextlib.ExitStack() as stack:
            for _ in range(MAX_REDIRECTS + 1):
                self._check(url, named_by or url, may_be_private=may_be_private)
                request = self._client.build_request("GET", url, headers=self._headers(url, headers or {}))
                try:
                    response = stack.enter_context(contextlib.closing(self._client.send(request, stream=True)))
                    is_named = urlsplit(url).hostname == named
                    self._check_peer(response, url, (True if is_named else None) if may_be_private else False)
                    if not response.has_redirect_location:
                        _raise_for_status(response, url)
                        yield response
                        return
                    url = _target(url, response.headers["Location"])
                except (httpx2.TransportError, httpx2.DecodingError) as error:
                    raise TransferError(f"{_shown(url)} {_reason(error)}", again=True) from error
            raise TransferError(f"{_shown(url)}: more than {MAX_REDIRECTS} redirects.")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @cached_property
    def _client(self) -> "httpx2.Client":
        import httpx2

        timeout = httpx2.Timeout(self._timeout, connect=min(self._timeout, 10.0))
        headers = {"User-Agent": f"vrom/{__version__}", "Accept-Encoding": "identity"}
        return httpx2.Client(timeout=timeout, headers=headers, follow_redirects=False)

    def _headers(self, url: str, headers: Mapping[str, str]) -> dict[str, str]:
        return {**headers, **self._credentials.get(origin_of(url), {})}

    def _check(self, url: str, named_by: str, *, may_be_private: bool) -> None:
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise TransferError(f"{_shown(url)} is not an address of the web, expected http or https.")
        if not may_be_private and reaches_private(urlsplit(url).hostname or "", self._is_private):
            raise TransferError(
                f"{_shown(named_by)} leads to {_shown(url)}, which is on this machine or in a private network. "
                "A public address may not reach there. If you trust it, name the private address itself."
            )

    def _check_peer(self, response: "httpx2.Response", url: str, expected: bool | None) -> None:
        """Compare the connected peer with the earlier DNS result: private if `expected`; None skips the check."""
        stream = response.extensions.get("network_stream")
        peer = stream.get_extra_info("server_addr") if stream and expected is not None and not is_proxied(url) else None
        if peer and self._is_private(ipaddress.ip_address(str(peer[0]).partition("%")[0])) is not expected:
            raise TransferError(
                f"{_shown(url)} was answered from {peer[0]}, which isn't what its name stood for before."
            )


def _raise_for_status(response: "httpx2.Response", url: str) -> None:
    status = response.status_code
    if status in {200, 206, 304, 416}:
        return
    about = f"{_shown(url)}: status {status} {response.reason_phrase}".rstrip()
    if status in {401, 403}:
        raise TransferError(f"{about}. Is a key needed? Give one with VROM_API_KEY or --header.", status=status)
    pause = _pause(response.headers.get("Retry-After", ""))
    if pause > LONGEST_PAUSE:
        raise TransferError(f"{about}. It asks to be left alone for {pause:.0f} seconds.", status=status)
    raise TransferError(f"{about}.", again=status in _TRANSIENT, pause=pause, status=status)


def _pause(retry_after: str) -> float:
    """Seconds in a `Retry-After` header (RFC 9110, section 10.2.3), given as a number or a date; 0 if invalid."""
    if retry_after.strip().isdigit():
        return float(retry_after)
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        moment = parsedate_to_datetime(retry_after)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    return 0.0


def _target(url: str, location: str) -> str:
    target = urljoin(url, location)
    if urlsplit(url).scheme == "https" and urlsplit(target).scheme == "http":
        raise TransferError(f"{_shown(url)} redirects from https to {_shown(target)}, which is not encrypted.")
    return target


def _shown(url: str) -> str:
    return without_credentials(url)[:300]


def _reason(error: Exception) -> str:
    import httpx2

    said = str(error).strip().partition("\n")[0][:200] or type(error).__name__
    said = re.sub(r"^\[Errno -?[0-9]+\] ", "", said)
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return f"can't be reached ({said}). Check the address, and whether this machine is on the network."
    return f"broke off: {said}."
