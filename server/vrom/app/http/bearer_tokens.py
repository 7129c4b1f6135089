"""Bearer tokens of HTTP clients. Only their SHA-256 hashes are stored.

A token has 256 random bits and, unlike a password, can't be guessed, so a fast hash is sufficient. The file has one
token per line in the format of `sha256sum`, hash and name, and `spaces=A+B` if it sees spaces of a store; lines that
begin with `#` are comments.
"""

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from vrom.errors import InvalidArgumentError, NotFoundError
from vrom.storage.atomic import replace_file

logger = logging.getLogger(__name__)

_LINE = re.compile(r"(?:sha256:)?([0-9a-fA-F]{64})(?:\s+([\w.@-]{1,64}))?(?:\s+spaces=([\w.@+-]{1,2000}))?")
_NAME = re.compile(r"[\w.@-]{1,64}", re.ASCII)


@dataclass(frozen=True)
class Token:
    """An accepted token: its name, and its SHA-256 in hexadecimal."""

    name: str
    digest: str
    spaces: tuple[str, ...] = ()
    """Spaces of a store that its client sees besides the public one."""


def digest_of(token: str) -> str:
    """SHA-256 of a token, in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def parse_tokens(text: str, where: str) -> list[Token]:
    """Parse tokens separated by line ends or commas. `where` names the text in errors.

    Raises `InvalidArgumentError` for an invalid entry.
    """
    found: list[Token] = []
    for number, line in enumerate(re.split(r"[\n,]", text), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            # the line isn't quoted: it may be a token in plain text
            problem = f"{where}, entry {number}: expected a SHA-256 hash (64 hexadecimal digits) and a name."
            raise InvalidArgumentError(f"{problem} `vrom token new NAME` makes one.")
        spaces = tuple(filter(None, (match[3] or "").split("+")))
        found.append(Token(match[2] or f"token-{len(found) + 1}", match[1].lower(), spaces))
    return found


class KnownTokens:
    """The tokens of a file and those `given`. The file is read again when it changes: removals apply at once."""

    def __init__(self, file: Path, given: Iterable[Token] = ()) -> None:
        self.file = file
        self._given = tuple(given)
        self._seen: tuple[int, int, int] | None = None
        self._kept: list[Token] = []

    def all(self) -> list[Token]:
        """All tokens. Raises `InvalidArgumentError` if the file can't be read or is invalid."""
        return [*self._given, *self._in_file()]

    def find(self, token: str) -> Token | None:
        """The entry of `token`, compared with each in constant time; None if unknown.

        If the file can't be read, the error is logged and only the `given` tokens are known.
        """
        try:
            known = self.all()
        except InvalidArgumentError as error:
            logger.error("%s", error)  # noqa: TRY400 - the message says it all
            known = list(self._given)
        digest = digest_of(token)
        found = None
        for entry in known:
            if hmac.compare_digest(entry.digest, digest):
                found = entry
        return found

    def add(self, name: str, spaces: Iterable[str] = ()) -> str:
        """Create a token, store its hash under `name`, and return the token, which can't be retrieved later.

        `spaces` are those of a store that its client sees besides the public one. Raises `InvalidArgumentError` if the
        name is taken, or a name isn't 1 to 64 letters, digits, `.`, `_`, `-` or `@`.
        """
        if wrong := [one for one in (name, *spaces) if not _NAME.fullmatch(one)]:
            name = wrong[0]
            raise InvalidArgumentError(f"name {name!r}: expected 1 to 64 letters, digits, '.', '_', '-' or '@'.")
        if name in {entry.name for entry in self.all()}:
            raise InvalidArgumentError(
                f"There is a token named {name!r} already. Remove it first, or choose another name."
            )
        token = f"vrom_{secrets.token_urlsafe(32)}"
        seen = f"  spaces={'+'.join(spaces)}" if spaces else ""
        self._rewrite(lambda lines: [*lines, f"{digest_of(token)}  {name}{seen}"])
        return token

    def remove(self, name: str) -> None:
        """Remove a token from the file. Raises `NotFoundError` if there is none of that name."""
        kept = {entry.name: entry.digest for entry in self._in_file()}
        if name not in kept:
            raise NotFoundError("token", name, kept)
        self._rewrite(lambda lines: [line for line in lines if kept[name] not in line.lower()])

    def _in_file(self) -> list[Token]:
        try:
            stat = self.file.stat()
            seen = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
            if seen != self._seen:
                self._kept = parse_tokens(self.file.read_text("utf-8"), str(self.file))
                self._seen = seen
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidArgumentError(f"{self.file}: the tokens can't be read ({error}).") from error
        return self._kept

    def _rewrite(self, change: Callable[[list[str]], list[str]]) -> None:
        """Replace the file atomically with its changed lines, readable only by its owner."""
        lines = self.file.read_text("utf-8").splitlines() if self.file.exists() else []
        replace_file(self.file, (f"{line}\n".encode() for line in change(lines)), mode=0o600)
