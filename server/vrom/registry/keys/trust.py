"""Trust on first use: a registry, under any spelling of its address, must keep the key that it had when first used.

Its serial number must not decrease, since an older, validly signed document could hide a version with a fix.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from vrom.errors import HubError, TrustError
from vrom.network.addresses import is_web, normalized
from vrom.registry.keys.signing import key_bytes
from vrom.storage.atomic import replace_file
from vrom.storage.waiting import locked


class Known(BaseModel):
    """Known key and serial number of a registry."""

    key: str
    """The public key at first use, or the one that the user trusted explicitly."""
    serial: int = 0
    """The highest serial number seen with this key."""


_FILE = TypeAdapter(dict[str, Known | str])


class KnownKeys:
    """`trust.json`: the public key and the highest serial number of each registry, by address."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def check(self, address: str, key: str | None, serial: int = 0, *, may_be_old: bool = False) -> bool:
        """Compare a registry's key and serial number with the known ones; True if a key was seen for the first time.

        `may_be_old` permits a lower serial number, for a stored copy. Raises `TrustError` if the key has changed or is
        missing, or the serial number has decreased.
        """
        address = _spelled(address)
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
        """Set the known key of a registry, and accept any serial number next.

        Raises `HubError` if it isn't a valid key.
        """
        try:
            key_bytes(key)
        except ValueError as error:
            raise HubError(f"{error}.") from error
        with self._changed() as known:
            known[_spelled(address)] = Known(key=key)

    def forget(self, address: str) -> bool:
        """Forget a registry's key; False if none was known."""
        with self._changed() as known:
            return known.pop(_spelled(address), None) is not None

    def all(self) -> dict[str, Known]:
        """The known keys and serial numbers, by the registry's address.

        Raises `TrustError` if the file is damaged or unreadable: treating it as empty would trust any registry.
        """
        try:
            read = _FILE.validate_json(self.file.read_bytes())
        except FileNotFoundError:
            return {}
        except ValidationError as error:
            raise TrustError(
                f"{self.file} is not a list of registry keys. Restore it, or delete it to reset all stored keys."
            ) from error
        except OSError as error:
            raise TrustError(
                f"Cannot read {self.file}: {error}. Restore it, or delete it to reset all stored keys."
            ) from error
        return {
            _spelled(address): Known(key=known) if isinstance(known, str) else known for address, known in read.items()
        }

    def _remember(self, address: str, seen: Known) -> None:
        with self._changed() as known:
            before = known.get(address)
            if before is None or (before.key == seen.key and before.serial < seen.serial):
                known[address] = seen

    @contextmanager
    def _changed(self) -> Iterator[dict[str, Known]]:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with locked(self.file.with_name(f".{self.file.name}.lock")):
                known = self.all()
                before = dict(known)
                yield known
                if known != before:
                    document = {address: one.model_dump() for address, one in known.items()}
                    replace_file(self.file, [orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)])
        except OSError as error:
            raise HubError(f"Cannot write {self.file}: {error.strerror or error}. Check permissions.") from error


def _spelled(address: str) -> str:
    """One spelling of a registry's address, so that another spelling isn't taken for a registry never seen before."""
    return normalized(address) if is_web(address) else str(Path(address).expanduser().absolute())


def _other_key(address: str, known: str, key: str | None) -> TrustError:
    found = f"signed with {key}" if key else "not signed"
    return TrustError(
        f"The key of {address} has changed: it was signed with {known} when first used, and is now {found}. "
        "Either its publisher changed the key, or someone is impersonating the registry. The registry was not used. "
        "Ask the publisher through another channel; if they confirm the change, accept it with "
        f"`vrom key {f'trust {address} {key}' if key else f'forget {address}'}`."
    )


def _gone_back(address: str, known: Known, serial: int) -> TrustError:
    found = f"serial number {_shown(serial)}" if serial else "no serial number"
    return TrustError(
        f"{address} returned an older list than before: {found}, after {_shown(known.serial)}. Either a cache is "
        "out of date, or the registry was restored from a backup, or someone is hiding newer versions. The registry "
        "was not used. Try again in a few minutes; if its publisher confirms that the older list is correct, accept it "
        f"with `vrom key trust {address} {known.key}`."
    )


def _shown(serial: int) -> str:
    """A serial number, with the time that it represents if it is a Unix time."""
    try:
        return f"{serial} ({datetime.fromtimestamp(serial, UTC):%Y-%m-%d %H:%M} UTC)"
    except (ValueError, OverflowError, OSError):
        return str(serial)
