"""Trust on first use: the key that a registry had when it was first used is the key it must have from then on, and its
serial number may not go back: an older list, properly signed, could hide a version that mends something.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from vrom.errors import HubError, TrustError
from vrom.registry.signing import key_bytes
from vrom.storage.atomic import replace_file


class Known(BaseModel):
    """What is remembered of a registry."""

    key: str
    """The public key that it was signed with first, or that the user has named."""
    serial: int = 0
    """The highest serial number that was seen under this key."""


_FILE = TypeAdapter(dict[str, Known | str])


class KnownKeys:
    """`trust.json`: the public key of each registry, by address, and how far its list had come."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def check(self, address: str, key: str | None, serial: int = 0, *, may_be_old: bool = False) -> bool:
        """Compare key and serial number of a registry with what is known; the first time, remember it (then True is
        given). `may_be_old` is for a copy that was stored here earlier.

        Raises `TrustError` when the key is another, or there is none any more, or the serial number has gone back.
        """
        known = self.all().get(address)
        if known is None:
            if key is None:
                return False
            self._remember(address, Known(key=key, serial=serial))
            return True
        if known.key != key:
            raise _other_key(address, known.key, key)
        if serial < known.serial and not may_be_old:
            raise _gone_back(address, known, serial)
        if serial > known.serial:
            self._remember(address, Known(key=key, serial=serial))
        return False

    def trust(self, address: str, key: str) -> None:
        """Expect this key of a registry from now on, with any serial number at first.

        Raises `HubError` when it isn't a key.
        """
        try:
            key_bytes(key)
        except ValueError as error:
            raise HubError(f"{error}.") from error
        with self._changed() as known:
            known[address] = Known(key=key)

    def forget(self, address: str) -> bool:
        """Forget a registry's key; False when none was known."""
        with self._changed() as known:
            return known.pop(address, None) is not None

    def all(self) -> dict[str, Known]:
        """Everything that is known, by the registry's address.

        Raises `TrustError` when the file is damaged: to take it for empty would be to trust anybody.
        """
        try:
            read = _FILE.validate_json(self.file.read_bytes())
        except FileNotFoundError:
            return {}
        except ValidationError as error:
            raise TrustError(
                f"{self.file} doesn't hold keys by address. Restore it, or delete it to begin anew."
            ) from error
        except OSError as error:
            raise TrustError(f"{self.file} can't be read ({error}). Restore it, or delete it to begin anew.") from error
        return {address: Known(key=known) if isinstance(known, str) else known for address, known in read.items()}

    def _remember(self, address: str, seen: Known) -> None:
        with self._changed() as known:
            before = known.get(address)
            if before is None or (before.key == seen.key and before.serial < seen.serial):
                known[address] = seen

    @contextmanager
    def _changed(self) -> Iterator[dict[str, Known]]:
        from filelock import FileLock

        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.file.with_name(f".{self.file.name}.lock")):
                known = self.all()
                before = dict(known)
                yield known
                if known != before:
                    document = {address: one.model_dump() for address, one in known.items()}
                    replace_file(self.file, [orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)])
        except OSError as error:
            raise HubError(f"{self.file} can't be written ({error.strerror or error}). Check permissions.") from error


def _other_key(address: str, known: str, key: str | None) -> TrustError:
    found = f"signed with {key}" if key else "not signed"
    return TrustError(
        f"{address} was signed with {known} when it was first used, and now it is {found}. "
        "Either its publisher has a new key, or somebody else answers in its place. Nothing of it is used. "
        "Ask the publisher by another way than this registry; if the change is theirs, accept it with "
        f"`vrom key {f'trust {address} {key}' if key else f'forget {address}'}`."
    )


def _gone_back(address: str, known: Known, serial: int) -> TrustError:
    found = f"now number {_shown(serial)}" if serial else "now one without a number"
    return TrustError(
        f"{address} gives an older list than it gave before: {found}, after number {_shown(known.serial)}. Either a "
        "cache on the way is behind, or the registry was restored from a copy, or somebody hides what is newer. "
        "Nothing of it is used. Try again in some minutes; if its publisher says that the older list is right, accept "
        f"it with `vrom key trust {address} {known.key}`."
    )


def _shown(serial: int) -> str:
    """A serial number, with the time that it may stand for."""
    try:
        return f"{serial} ({datetime.fromtimestamp(serial, UTC):%Y-%m-%d %H:%M} UTC)"
    except (ValueError, OverflowError, OSError):
        return str(serial)
