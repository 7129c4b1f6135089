"""Cache of loaded models; all cartridges share one instance of a model."""

import threading
from dataclasses import dataclass, field

from vrom.embedding.embedder import Embedder
from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import Recipe, resolve
from vrom.errors import ModelBrokenError, ModelError, ModelMissingError
from vrom.format.models import EmbeddingSpec

_Fingerprint = tuple[tuple[int, ...], ...]


@dataclass
class _Entry:
    """Cached model, or the error of the last attempt to load it with the folder's fingerprint at that time."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    embedder: Embedder | None = None
    failure: ModelError | None = None
    seen: _Fingerprint = ()


class Embedders:
    """Models by `EmbeddingSpec`, loaded on first use, from this machine only."""

    def __init__(self, store: ModelStore) -> None:
        self.store = store
        self._entries: dict[Recipe, _Entry] = {}
        self._lock = threading.Lock()

    def get(self, spec: EmbeddingSpec) -> Embedder:
        """Return the loaded model. Concurrent callers wait for one load.

        Raises `ModelUnknownError`, `ModelMissingError`, `ModelBrokenError`. An error is repeated as long as the model's
        folder is unchanged, which is checked on each call; so a model pulled by another process is found by the next
        query.
        """
        recipe = resolve(spec)
        with self._lock:
            entry = self._entries.setdefault(recipe, _Entry())
        if entry.embedder:
            return entry.embedder
        with entry.lock:
            if entry.embedder is None:
                self._load(entry, recipe, spec)
            assert entry.embedder is not None
            return entry.embedder

    def has(self, spec: EmbeddingSpec) -> bool:
        """Return true if the model is in memory. Raises `ModelUnknownError`."""
        entry = self._entries.get(resolve(spec))
        return entry is not None and entry.embedder is not None

    def _load(self, entry: _Entry, recipe: Recipe, spec: EmbeddingSpec) -> None:
        now = self._fingerprint(recipe)
        if entry.failure and entry.seen == now:
            raise type(entry.failure)(str(entry.failure))
        try:
            entry.embedder, entry.failure = self.store.open(spec), None
        except (ModelMissingError, ModelBrokenError) as error:
            entry.failure, entry.seen = error, now
            raise

    def _fingerprint(self, recipe: Recipe) -> _Fingerprint:
        """Fingerprint of the model's folder; changes when it is created, repaired, replaced or removed."""
        try:
            files = sorted((self.store.folder / recipe.folder).rglob("*"))
            stats = [file.stat() for file in files]
        except OSError:
            return ()
        # Includes the status change time, as a copy may keep the modification time and reuse an inode.
        return tuple((stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns) for stat in stats)
