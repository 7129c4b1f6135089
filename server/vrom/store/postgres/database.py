"""Connections to the database: a pool, a limit on how long anything takes, and a circuit breaker."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from vrom.errors import InvalidArgumentError, StoreError, StoreUnavailableError
from vrom.store.breaker import BREAK_SECONDS, CONNECT_SECONDS, SLOW, STATEMENT_SECONDS, UNREACHABLE, Breaker
from vrom.store.postgres.arrays import Numbers, register_numbers
from vrom.store.postgres.schema import EMPTY, READER

if TYPE_CHECKING:
    from psycopg import Connection

T = TypeVar("T")
_log = logging.getLogger(__name__)

CONNECTIONS = 8

_SESSION = f"""
SELECT set_config('statement_timeout', '{int(STATEMENT_SECONDS * 1000)}', false),
    set_config('default_transaction_read_only', 'on', false), set_config('jit', 'off', false),
    set_config('max_parallel_workers_per_gather', '0', false),
    set_config('plan_cache_mode', 'force_generic_plan', false)
"""
"""What a server asks is small and often the same: planning and compiling it would take longer than running it."""


_LOADING = """
SELECT set_config('statement_timeout', '0', false), set_config('idle_in_transaction_session_timeout', '0', false),
    set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false),
    set_config('tcp_keepalives_count', '3', false)
"""
"""A load may wait for a download; but of a machine that has vanished, the server ends the transaction in a minute."""


def checked_url(url: str, *, is_argument: bool) -> str:
    """Connection string of a database. Raises `InvalidArgumentError` if it isn't one, or a password is an argument.

    Arguments are in the list of processes and in histories of shells.
    """
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise InvalidArgumentError(
            "The store's address can't be read, expected postgresql://USER@HOST:PORT/DATABASE or "
            "milvus://HOST:PORT/DATABASE."
        ) from None  # its message would repeat the address, and a password in it
    if is_argument and parts.get("password"):
        raise InvalidArgumentError(
            "Give the password by PGPASSWORD, a file named by PGPASSFILE, or the whole address by VROM_STORE or a "
            "file named by VROM_STORE_FILE: arguments can be read by others."
        )
    return url


class Database:
    """The database as a server reads it: only SELECT, every statement bounded to spaces and to `STATEMENT_SECONDS`.

    The server ends a statement that takes longer, and this side half a second later if the server doesn't.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._pool = ConnectionPool(
            make_conninfo(url, connect_timeout=CONNECT_SECONDS, application_name="vrom serve"),
            kwargs={"autocommit": True},
            min_size=1,
            max_size=CONNECTIONS,
            open=False,
            timeout=CONNECT_SECONDS,
            reconnect_timeout=BREAK_SECONDS,
            configure=_configure,
            name="vrom-store",
        )
        self._clock = clock
        self.breaker = Breaker(clock)
        self._lock = threading.Lock()
        self._is_open = False
        self._watchdog = Watchdog()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close(timeout=1)

    def read(self, statement: str, parameters: Mapping[str, Any], spaces: Sequence[int]) -> list[tuple[Any, ...]]:
        """Rows of one statement, in one round trip. Of every table only rows in `spaces` are seen.

        The statement has them as `%(spaces)s`; row-level security compares them as well. Raises
        `StoreUnavailableError` if the database can't be reached, or takes too long.
        """
        numbers = list(spaces)

        def ask(connection: "Connection[Any]") -> list[tuple[Any, ...]]:
            with connection.pipeline():  # what is in one pipeline is one transaction
                connection.execute("SELECT set_config('vrom.spaces', %s, true)", [_array(numbers)])
                given = {**parameters, "spaces": Numbers(numbers)}
                cursor = connection.execute(statement.encode(), given, prepare=True, binary=True)
            return cursor.fetchall()

        return self._run(ask)

    def _run(self, work: "Callable[[Connection[Any]], T]") -> T:
        self.breaker.check()
        begun = self._clock()
        while True:
            try:
                with self._connection() as connection, self._watchdog.watching(connection.fileno()):
                    result = work(connection)
            except psycopg.errors.QueryCanceled as error:
                raise self.breaker.trip(SLOW, _reason(error)) from error
            except (psycopg.OperationalError, PoolTimeout, PoolClosed, OSError) as error:
                # Of a server that was started again, each old connection fails once.
                if isinstance(error, psycopg.OperationalError) and self._clock() - begun < CONNECT_SECONDS / 2:
                    time.sleep(0.05)
                    continue
                raise self.breaker.trip(UNREACHABLE, _reason(error)) from error
            except psycopg.errors.UndefinedTable as error:
                raise StoreError(EMPTY) from error
            except psycopg.Error as error:
                _log.error("The store refused a statement: %s %s", type(error).__name__, error.sqlstate)
                raise StoreError("The store can't answer: `vrom check --store` says why.") from error
            self.breaker.reset()
            return result

    @contextmanager
    def _connection(self) -> "Iterator[Connection[Any]]":
        with self._lock:
            if not self._is_open:
                self._pool.open(wait=False)
                self._is_open = True
        with self._pool.connection() as connection:
            yield connection


def connect(url: str) -> "Connection[Any]":
    """A connection for loading. Raises `StoreUnavailableError` if the database can't be reached."""
    from pgvector.psycopg import register_vector

    from vrom.store.postgres.schema import create_schema

    try:
        connection = psycopg.connect(
            make_conninfo(url, connect_timeout=10, application_name="vrom load"), autocommit=True
        )
    except psycopg.OperationalError as error:
        raise StoreUnavailableError(f"{UNREACHABLE} {reason_of(error, url)}") from error
    try:
        connection.execute(_LOADING)
        create_schema(connection)
        register_vector(connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, psycopg.errors.UndefinedFile | psycopg.errors.FeatureNotSupported):
            raise StoreError("The database server has no pgvector: install it (postgresql-18-pgvector).") from error
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            raise StoreError(f"The role may not load: {str(error).splitlines()[0]}.") from error
        raise
    return connection


def reason_of(error: Exception, url: str) -> str:
    """What the driver says, without a password."""
    reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
    password = str(conninfo_to_dict(url).get("password") or "")
    return reason.replace(password, "***") if password else reason


def _reason(error: Exception) -> str:
    return f"{type(error).__name__} {getattr(error, 'sqlstate', None) or ''}".rstrip()


def _configure(connection: "Connection[Any]") -> None:
    register_numbers(connection)
    connection.execute(_SESSION)
    may = connection.execute(
        "SELECT pg_has_role(current_user, oid, 'SET') FROM pg_roles WHERE rolname = %s", [READER]
    ).fetchone()
    if may == (True,):
        connection.execute(f"SET ROLE {READER}")


def _array(numbers: Sequence[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


class Watchdog:
    """Thread that cuts connections whose server neither answers nor ends the statement: it may be stopped.

    One thread for all of them, since starting one takes as long as a query.
    """

    def __init__(self, seconds: float = STATEMENT_SECONDS + 0.5) -> None:
        self._seconds = seconds
        self._watched: dict[int, float] = {}
        self._wanted = threading.Event()
        self._begun = threading.Lock()

    @contextmanager
    def watching(self, descriptor: int) -> Iterator[None]:
        """Cut the connection if it is in use for too long."""
        if self._begun.acquire(blocking=False):
            threading.Thread(target=self._watch, name="vrom-store-watchdog", daemon=True).start()
        self._watched[descriptor] = time.monotonic() + self._seconds
        self._wanted.set()
        try:
            yield
        finally:
            self._watched.pop(descriptor, 0)

    def _watch(self) -> None:
        while self._wanted.wait():
            self._wanted.clear()
            while self._watched:
                time.sleep(0.25)
                now = time.monotonic()
                late = [descriptor for descriptor, until in list(self._watched.items()) if now > until]
                for descriptor in late:
                    if self._watched.pop(descriptor, 0):
                        _cut(descriptor)


def _cut(descriptor: int) -> None:
    with suppress(OSError):
        own = socket.socket(fileno=os.dup(descriptor))
        own.shutdown(socket.SHUT_RDWR)
        own.close()
