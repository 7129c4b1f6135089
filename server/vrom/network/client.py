"""Single HTTP request to an untrusted server: checked redirects, and errors classified as transient or permanent.

- Credentials belong to an origin (scheme, host, port) and are never sent to another one, even after a redirect.
- An address named by a public host never leads to this machine or a private network. The connection is made to the
  address that was checked, which prevents DNS rebinding.
- Redirects from https to http are refused.
- If asked to, a host that can't be reached is not tried again.
"""

import contextlib
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from vrom.errors import TransferError
from vrom.network.addresses import (
    IPAddress,
    IsPrivate,
    addresses_of,
    is_private_host,
    is_proxied,
    is_web,
    not_public,
    origin_of,
    without_credentials,
)
from vrom.network.connections import Connections
from vrom.network.unreachable import UnreachableHosts

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
        private_origins: Collection[str] | None = None,
        unreachable: UnreachableHosts | None = None,
    ) -> None:
        """`credentials` are headers by origin (see `origin_of`); `timeout` limits silence, in seconds.

        With `private_origins`, only these may be private: the other addresses are named by someone else than the user.
        With `unreachable`, hosts that don't accept connections are noted there, and not tried again.
        """
        self.sleep = sleep
        self._credentials = credentials or {}
        self._connections = Connections(timeout)
        self._is_private = is_private
        self._private_origins = private_origins
        self._unreachable = unreachable

    @contextlib.contextmanager
    def get(
        self, url: str, *, named_by: str = "", headers: Mapping[str, str] | None = None
    ) -> "Iterator[httpx2.Response]":
        """Send GET and yield a response with status 200, 206, 304 or 416, its body unread.

        `named_by` is the address that the user gave, if it differs from `url`. Raises `TransferError`; its `again` is
        true if a retry may succeed.
        """
        import httpx2

        may_be_private = self._may_be_private(named_by or url)
        with contextlib.ExitStack() as stack:
            for _ in range(MAX_REDIRECTS + 1):
                if self._unreachable:
                    self._unreachable.check(url)
                addresses = self._checked_addresses(url, named_by or url, may_be_private=may_be_private)
                try:
                    sent = self._connections.send(url, self._headers(url, headers or {}), addresses)
                    response = stack.enter_context(contextlib.closing(sent))
                    if self._unreachable:
                        self._unreachable.note_answer(url)
                    if not response.has_redirect_location:
                        _raise_for_status(response, url)
                        yield response
                        return
                    url = _target(url, response.headers["Location"])
                except (httpx2.TransportError, httpx2.DecodingError) as error:
                    reason = _reason(error, by_proxy=addresses is None)
                    if self._unreachable and isinstance(
                        error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError
                    ):
                        is_final = isinstance(error, httpx2.ConnectTimeout)
                        self._unreachable.note_failure(url, reason if addresses is None else "", is_final=is_final)
                    raise TransferError(f"{_shown(url)} {reason}", again=True) from error
            raise TransferError(f"{_shown(url)}: more than {MAX_REDIRECTS} redirects.")

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    def _headers(self, url: str, headers: Mapping[str, str]) -> dict[str, str]:
        return {**headers, **self._credentials.get(origin_of(url), {})}

    def _may_be_private(self, named_by: str) -> bool:
        if not is_web(named_by):
            raise TransferError(f"{_shown(named_by)} is not a web URL. Expected http or https.")
        if self._private_origins is not None and origin_of(named_by) not in self._private_origins:
            return False
        return is_private_host(urlsplit(named_by).hostname or "", self._is_private)

    def _checked_addresses(self, url: str, named_by: str, *, may_be_private: bool) -> list[IPAddress] | None:
        """Addresses that a request to `url` may be sent to; None if a proxy makes the connection."""
        if not is_web(url):
            raise TransferError(f"{_shown(url)} is not a web URL. Expected http or https.")
        addresses = addresses_of(urlsplit(url).hostname or "")
        if url == named_by and not may_be_private and any(map(self._is_private, addresses)):
            raise TransferError(
                f"{_shown(url)} is a private address, which only the project names. If you trust it, name its index in "
                "your own settings: UV_INDEX, ~/.config/uv/uv.toml, pip's settings or ~/.npmrc."
            )
        if not may_be_private and any(map(self._is_private, addresses)):
            raise TransferError(
                f"{_shown(named_by)} refers to {_shown(url)}, which is a private address. "
                "A public URL may not refer to private addresses. If you trust it, use the private URL directly."
            )
        return None if is_proxied(url) else addresses


def _raise_for_status(response: "httpx2.Response", url: str) -> None:
    status = response.status_code
    if status in {200, 206, 304, 416}:
        return
    about = f"{_shown(url)}: status {status} {response.reason_phrase}".rstrip()
    if status in {401, 403}:
        raise TransferError(f"{about}. If it needs a key, set VROM_API_KEY or use --header.", status=status)
    pause = _pause(response.headers.get("Retry-After", ""))
    if pause > LONGEST_PAUSE:
        raise TransferError(f"{about}. The server asks clients to wait {pause:.0f} seconds.", status=status)
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
    try:
        target = urljoin(url, location)
    except ValueError as error:
        raise TransferError(f"{_shown(url)} redirects to what is not a web URL.") from error
    if urlsplit(url).scheme == "https" and urlsplit(target).scheme == "http":
        raise TransferError(f"{_shown(url)} redirects from https to {_shown(target)}, which is not encrypted.")
    return target


def _shown(url: str) -> str:
    return without_credentials(url)[:300]


def _reason(error: Exception, *, by_proxy: bool) -> str:
    import httpx2

    said = str(error).strip().partition("\n")[0][:200] or type(error).__name__
    said = re.sub(r"^\[Errno -?[0-9]+\] ", "", said)
    if by_proxy and isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError):
        return (
            f"cannot be reached through the proxy that the environment names ({said}). Check HTTP_PROXY, HTTPS_PROXY "
            "and ALL_PROXY."
        )
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return f"cannot be reached ({said}). Check the URL and your network connection."
    return f"closed the connection: {said}."
