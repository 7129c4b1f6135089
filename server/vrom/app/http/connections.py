"""Limits on connections, below requests: headers that don't arrive, and too many connections of one address."""

import asyncio
from collections import Counter as Count
from typing import ClassVar

from prometheus_client import Counter
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_SECONDS = 30.0
"""Seconds for a client to send a request's headers."""
MOST_CONNECTIONS = 512
"""Connections of one address at a time, in one process. Behind a proxy, all clients share the proxy's address."""

closed_connections = Counter(
    "vrom_http_connections_closed", "Connections closed by the server, by reason.", ["reason"], registry=None
)


class LimitedConnection(H11Protocol):
    """uvicorn's protocol, closed if a request's headers don't arrive in time or its address has too many open."""

    _open: ClassVar[Count[str]] = Count()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Count the connection and wait for its first headers."""
        super().connection_made(transport)
        self._timer: asyncio.TimerHandle | None = None
        self._address = self.client[0] if self.client else ""
        self._open[self._address] += 1
        if self._open[self._address] > MOST_CONNECTIONS:
            self._close("address")
        else:
            self._wait_for_headers()

    def data_received(self, data: bytes) -> None:
        """Pass data on; headers that have begun and not ended are waited for until their time is over."""
        super().data_received(data)
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if is_answering:
            self._stop_waiting()
        elif self._timer is None and not self.transport.is_closing():
            self._wait_for_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        self._open[self._address] -= 1
        if self._open[self._address] <= 0:
            del self._open[self._address]
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Close a stream that a client only listens on; let an answer at work be finished."""
        is_listening = self.cycle is not None and not self.cycle.response_complete and self.scope["method"] == "GET"
        if is_listening:
            self.transport.close()
        else:
            super().shutdown()

    def _wait_for_headers(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(HEADER_SECONDS, self._close, "headers")

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close(self, reason: str) -> None:
        closed_connections.labels(reason).inc()
        self.transport.abort()
