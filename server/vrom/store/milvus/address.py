"""Address of a Milvus database: `milvus://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`, with TLS `milvus+tls://`."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from vrom.errors import InvalidArgumentError

PORT = 19530
_SCHEMES = {"milvus": "http", "milvus+tls": "https"}


@dataclass(frozen=True)
class Address:
    """Address of a database, with credentials."""

    uri: str
    """As the driver has it, without credentials."""
    database: str
    token: str = field(repr=False)
    """`USER:PASSWORD`, or an API key; empty for neither."""


def read_address(url: str) -> Address:
    """Read an address. Raises `InvalidArgumentError`, which doesn't repeat it, if it isn't one.

    A user without a password is an API key.
    """
    try:
        parts = urlsplit(url)
        scheme, host, port = _SCHEMES.get(parts.scheme), parts.hostname, parts.port or PORT
    except ValueError:
        scheme = host = None
    database = unquote(parts.path.strip("/")) if host else ""
    if not scheme or not host or "/" in database or parts.query or parts.fragment:
        raise InvalidArgumentError("The store's address can't be read, expected milvus://HOST:PORT/DATABASE.") from None
    secrets = [unquote(one) for one in (parts.username, parts.password) if one]
    name = f"[{host}]" if ":" in host else host
    return Address(f"{scheme}://{name}:{port}", database or "default", ":".join(secrets))


def checked_url(url: str, *, is_argument: bool) -> str:
    """An address. Raises `InvalidArgumentError` if it can't be read, or if credentials are in an argument.

    Arguments are in the list of processes and in histories of shells.
    """
    if read_address(url).token and is_argument:
        raise InvalidArgumentError(
            "Give an address with credentials by VROM_STORE or a file named by VROM_STORE_FILE: arguments can be read "
            "by others."
        )
    return url
