"""Trust on first use: the key that a registry had when it was first used is the key it must have from then on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from vrom.errors import HubError, TrustError
from vrom.hub.signing import key_bytes
from vrom.package.replace import replace_file


class KnownKeys:
    """`trust.json`: the public key of each registry, by address."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def check(self, address: str, key: str | None) -> bool:
        """Compare the key that a registry is signed with now; the first time, remember it (then True is given).

        Raises `TrustError` when it is another, or there is none any more.
        """
        known = self.all().get(address)
        if known == key:
            return False
        if known:
            found = f"signed with {key}" if key else "not signed"
            raise TrustError(
                f"{address} was signed with {known} when it was first used, and now it is {found}. "
                "Either its publisher has a new key, or somebody else answers in its place. Nothing of it is used. "
                "Ask the publisher by another way than this registry; if the change is theirs, accept it with "
                f"`vrom key {f'trust {address} {key}' if key else f'forget {address}'}`."
            )
        self.trust(address, str(key))
        return True

    def trust(self, address: str, key: str) -> None:
        """Expect this key of a registry from now on. Raises `HubError` when it isn't a key."""
        try:
            key_bytes(key)
        except ValueError as error:
            raise HubError(f"{error}.") from error
        with self._changed() as keys:
            keys[address] = key

    def forget(self, address: str) -> bool:
        """Forget a registry's key; False when none was known."""
        with self._changed() as keys:
            return keys.pop(address, None) is not None

    def all(self) -> dict[str, str]:
        """Every known key, by the registry's address.

        Raises `TrustError` when the file is damaged: to take it for empty would be to trust anybody.
        """
        try:
            known = orjson.loads(self.file.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, orjson.JSONDecodeError) as error:
            raise TrustError(f"{self.file} can't be read ({error}). Restore it, or delete it to begin anew.") from error
        if not isinstance(known, dict) or not all(isinstance(key, str) for key in known.values()):
            raise TrustError(f"{self.file} doesn't hold keys by address. Restore it, or delete it to begin anew.")
        return known

    @contextmanager
    def _changed(self) -> Iterator[dict[str, str]]:
        from filelock import FileLock

        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.file.with_name(f".{self.file.name}.lock")):
                keys = self.all()
                before = dict(keys)
                yield keys
                if keys != before:
                    replace_file(self.file, [orjson.dumps(keys, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)])
        except OSError as error:
            raise HubError(f"{self.file} can't be written ({error.strerror or error}). Check permissions.") from error
