"""Cache of embedded texts, so that a rebuild embeds only changed texts.

One SQLite file per model, safe to delete and safe for concurrent builds. If it can't be used, texts are embedded again.
Word pieces of texts, ten times as large as their vectors, are in a file of their own.
"""

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vrom.builder.embedding.stored_tokens import from_bytes, to_bytes
from vrom.embedding.token_vectors import TokenVectors
from vrom.format.read import Vectors

_T = TypeVar("_T")
_SECONDS_TO_WAIT = 60.0
LARGEST_TOKENS = 1_000_000_000
"""Bytes of word pieces that are kept, of some 55,000 texts; the oldest give way to new ones."""
_UNIT_TOLERANCE = 1e-3
_SCHEMAS = (
    "CREATE TABLE IF NOT EXISTS vectors (text BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS tokens (text BLOB PRIMARY KEY, vector BLOB NOT NULL, tokens BLOB NOT NULL)",
)

_DELETE_OLDEST = """
    DELETE FROM tokens WHERE rowid IN
    (SELECT rowid FROM tokens ORDER BY rowid LIMIT (SELECT count(*) / 10 + 1 FROM tokens))
"""


class EmbeddingCache:
    """Vectors of one model, by text."""

    def __init__(self, folder: Path, digest: str, dimensions: int) -> None:
        """`folder` holds the cache files; `digest` and `dimensions` are those of the model."""
        self.file = folder / f"{digest[:32]}.sqlite"
        self.tokens_file = folder / f"{digest[:32]}-tokens.sqlite"
        self._dimensions = dimensions

    def get(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The cached vectors, float32, (dim,), by text; texts that aren't cached are absent."""

        def select(connection: sqlite3.Connection) -> dict[str, NDArray[np.float32]]:
            found = {}
            for text in texts:
                row = connection.execute("SELECT vector FROM vectors WHERE text = ?", [_key(text)]).fetchone()
                if row and (vector := self._vector(row[0])) is not None:
                    found[text] = vector
            return found

        return self._run(select) or {}

    def put(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Store the vectors, float32, (n, dim), of texts."""
        rows = [(_key(text), vector.tobytes()) for text, vector in zip(texts, vectors, strict=True)]
        self._run(lambda connection: connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows))

    def get_tokens(self, texts: Sequence[str], vocabulary: int) -> dict[str, TokenVectors]:
        """The cached word pieces by text; texts that aren't cached are absent."""

        def select(connection: sqlite3.Connection) -> dict[str, TokenVectors]:
            found = {}
            for text in texts:
                row = connection.execute("SELECT vector, tokens FROM tokens WHERE text = ?", [_key(text)]).fetchone()
                if (
                    row
                    and (vector := self._vector(row[0])) is not None
                    and (tokens := from_bytes(row[1], vector, vocabulary))
                ):
                    found[text] = tokens
            return found

        return self._run(select, self.tokens_file) or {}

    def put_tokens(self, texts: Sequence[str], tokens: Sequence[TokenVectors]) -> None:
        """Store the word pieces of texts."""
        rows = [(_key(text), one.mean.tobytes(), to_bytes(one)) for text, one in zip(texts, tokens, strict=True)]
        insert = "INSERT OR REPLACE INTO tokens VALUES (?, ?, ?)"

        def store(connection: sqlite3.Connection) -> None:
            pages, free, size = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
            if (pages - free) * size > LARGEST_TOKENS:
                connection.execute(_DELETE_OLDEST)
            connection.executemany(insert, rows)

        self._run(store, self.tokens_file)

    def _run(self, action: Callable[[sqlite3.Connection], _T], file: Path | None = None) -> _T | None:
        """Run `action` in a transaction and return its result; None if the cache can't be used."""
        file = file or self.file
        for _ in range(2):
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                opened = sqlite3.connect(file, timeout=_SECONDS_TO_WAIT)
                with contextlib.closing(opened) as connection, connection:
                    connection.execute(_SCHEMAS[file == self.tokens_file])
                    return action(connection)
            except (OSError, sqlite3.OperationalError):
                return None  # locked, full or read-only
            except sqlite3.DatabaseError:  # damaged, or not a database
                with contextlib.suppress(OSError):
                    file.unlink(missing_ok=True)
        return None

    def _vector(self, blob: bytes) -> NDArray[np.float32] | None:
        """A stored vector; None if it isn't a unit vector of the model's dimensions."""
        if len(blob) != 4 * self._dimensions:
            return None
        vector = np.frombuffer(blob, dtype=np.float32)
        return vector if abs(float(np.linalg.norm(vector)) - 1) <= _UNIT_TOLERANCE else None


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
