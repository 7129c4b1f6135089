"""Connections to Milvus: a limit on how long anything takes, a circuit breaker, and several requests at a time."""

import logging
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from vrom.errors import StoreError, StoreUnavailableError
from vrom.store.breaker import CONNECT_SECONDS, SLOW, STATEMENT_SECONDS, UNREACHABLE, Breaker
from vrom.store.milvus.address import Address, read_address
from vrom.store.milvus.catalogue import ABOUT, ensure_version, find_row, put_change
from vrom.store.milvus.expressions import within
from vrom.store.milvus.schema import CATALOGUE, EMPTY, VERSION, create_collections, ensure_known

if TYPE_CHECKING:
    from pymilvus import MilvusClient

T = TypeVar("T")
_log = logging.getLogger(__name__)

AT_ONCE = 8
"""Requests of a server at the same time."""
LOAD_SECONDS = 60.0
"""Longest time of one request while loading."""
MOST = 16_384
"""Most rows of a search: Milvus' limit."""
_OPTIONS = {"grpc.use_local_subchannel_pool": 1, "grpc.max_reconnect_backoff_ms": 1000}
"""A new client connects anew: else it would share, for up to two minutes, the failure of the one before."""
_NO_COLLECTION = 100
_SLOW_CODES = {"DEADLINE_EXCEEDED", "CANCELLED"}
_UNREACHABLE_CODES = {"UNAVAILABLE", "UNAUTHENTICATED", "PERMISSION_DENIED", "UNKNOWN"}
_NOT_READY = {1, 2, 3, 4, 8, 9, 103, *range(500, 600), *range(900, 1000)}
"""Milvus' codes for a service, a channel or a node that isn't ready, and for a limit of its load."""


@dataclass(frozen=True)
class Scored:
    """Rows that a search found."""

    ids: NDArray[np.int64]
    scores: NDArray[np.float32]
    is_cut: bool
    """True if there may be more."""


class Database:
    """The database as a server reads it: every request bounded to spaces and to `STATEMENT_SECONDS`."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._address = read_address(url)
        self.breaker = Breaker(clock)
        self._lock = threading.Lock()
        self._client: MilvusClient | None = None
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="vrom-store")

    def close(self) -> None:
        """Close the connection."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._drop()

    def together(self, requests: Sequence[Callable[[], T]]) -> list[T]:
        """Results of requests that are sent at the same time. Raises what the first that fails does."""
        if len(requests) < 2:
            return [request() for request in requests]
        return [future.result() for future in [self._pool.submit(request) for request in requests]]

    def search(
        self, collection: str, query: Any, limit: int, spaces: Collection[str], condition: str, *, is_new: bool
    ) -> Scored:
        """Rows in `spaces` with the highest inner products, unordered. `is_new` waits for what was just written.

        Raises `StoreUnavailableError` if the database can't be reached, or takes too long.
        """

        def ask(client: "MilvusClient") -> Scored:
            (hits,) = client.search(
                collection, data=[query], anns_field="vector", limit=limit, filter=within(spaces, condition),
                search_params={"metric_type": "IP"}, consistency_level=_consistency(is_new), timeout=STATEMENT_SECONDS,
            )  # fmt: skip
            ids = np.array(hits.ids, dtype=np.int64)
            return Scored(ids, np.array(hits.distances, dtype=np.float32), len(ids) >= limit)

        return self._run(ask)

    def query(
        self, collection: str, columns: Sequence[str], spaces: Collection[str], condition: str, *, is_new: bool
    ) -> list[dict[str, Any]]:
        """Rows in `spaces`. Raises `StoreUnavailableError` if the database can't be reached, or takes too long."""
        return self.read_every_space(collection, columns, within(spaces, condition), is_new=is_new)

    def read_every_space(
        self, collection: str, columns: Sequence[str], condition: str, *, is_new: bool
    ) -> list[dict[str, Any]]:
        """Rows of any space: of the catalogue, from which a caller is shown its own."""

        def ask(client: "MilvusClient") -> list[dict[str, Any]]:
            level = _consistency(is_new)
            options = {"output_fields": list(columns), "consistency_level": level, "timeout": STATEMENT_SECONDS}
            return list(client.query(collection, filter=condition, **options))

        return self._run(ask)

    def _run(self, work: "Callable[[MilvusClient], T]") -> T:
        self.breaker.check()
        try:
            result = work(self._connected())
        except failures() as error:
            raise self._failure(error) from None  # the driver's messages hold the address
        self.breaker.reset()
        return result

    def _failure(self, error: Exception) -> StoreError:
        problem, reason = read_error(error)
        if not problem:
            _log.error("The store refused a request: %s", reason)
            missing = getattr(error, "code", None) == _NO_COLLECTION
            return StoreError(EMPTY if missing else "The store can't answer: `vrom check --store` says why.")
        if problem == UNREACHABLE:
            self._drop(3 * STATEMENT_SECONDS)
        return self.breaker.trip(problem, reason)

    def _connected(self) -> "MilvusClient":
        with self._lock:
            if self._client is None:
                self._client = connected(self._address, CONNECT_SECONDS)
            return self._client

    def _drop(self, seconds: float = 0) -> None:
        """Connect anew when next asked; close the connection after `seconds`, when no request uses it any more."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            closing = threading.Timer(seconds, _close, [client])
            closing.daemon = True
            closing.start()


def _close(client: "MilvusClient") -> None:
    with suppress(Exception):
        client.close()


def _consistency(is_new: bool) -> str:
    return "Strong" if is_new else "Bounded"


def connected(address: Address, seconds: float) -> "MilvusClient":
    """A client of its own connection."""
    client: MilvusClient = driver().MilvusClient(
        uri=address.uri, token=address.token, db_name=address.database, timeout=seconds, dedicated=True,
        grpc_options=_OPTIONS,
    )  # fmt: skip
    return client


@contextmanager
def connect(url: str) -> "Iterator[MilvusClient]":
    """A connection for loading, to a store that is created if need be.

    Raises `StoreUnavailableError` if the database can't be reached, `StoreError` if it refuses, or has collections of
    another version.
    """
    with _opened(url) as client:
        if client.has_collection(CATALOGUE):
            client.load_collection(CATALOGUE)
            about = find_row(client, ABOUT)
            ensure_known(about["number"] if about else VERSION)
        create_collections(client)
        if find_row(client, ABOUT) is None:
            put_change(client)
        yield client


@contextmanager
def connect_to_read(url: str) -> "Iterator[MilvusClient]":
    """A connection to a store that exists. Raises `StoreError` if it doesn't, or is of another version."""
    with _opened(url) as client:
        ensure_version(client)
        yield client


@contextmanager
def _opened(url: str) -> "Iterator[MilvusClient]":
    address, client = read_address(url), None
    try:
        client = connected(address, 10)
        yield client
    except failures() as error:
        problem, reason = read_error(error)
        raise (
            StoreUnavailableError(f"{problem} {reason}")
            if problem
            else StoreError(f"The store refused a request: {reason}")
        ) from None
    finally:
        if client is not None:
            client.close()


def read_error(error: Exception) -> tuple[str, str]:
    """Meaning of a failure for a caller, empty if the database refused the request; and its code, for a log."""
    code = getattr(error, "code", None)
    code = code() if callable(code) else code
    name = getattr(code, "name", "") if not isinstance(code, int) else ""
    reason = f"{type(error).__name__} {name or code}"
    text = str(getattr(error, "message", ""))
    if name in _SLOW_CODES or "DEADLINE_EXCEEDED" in text:
        return SLOW, reason
    if name in _UNREACHABLE_CODES or isinstance(error, OSError) or code in _NOT_READY:
        return UNREACHABLE, reason
    return "", reason


@cache
def driver() -> Any:
    """The module pymilvus, without what importing it does beside: it reads `.env` files, and logs addresses."""
    os.environ["PYTHON_DOTENV_DISABLED"] = "1"
    import pymilvus

    for name in ("pymilvus", "pymilvus.milvus_client"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return pymilvus


@cache
def failures() -> tuple[type[Exception], ...]:
    """Errors that the driver raises."""
    import grpc

    return (driver().MilvusException, grpc.RpcError, OSError)
