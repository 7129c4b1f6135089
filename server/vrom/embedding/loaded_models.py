"""Loaded models, each once however many cartridges share it."""

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
    """One model: loaded, or the reason why not and the state of its folder then."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    embedder: Embedder | None = None
    failure: ModelError | None = None
    seen: _Fingerprint = ()


class Embedders:
    """Models by what a manifest asks for; loaded on first use, from this machine only."""

    def __init__(self, store: ModelStore) -> None:
        self.store = store
        self._entries: dict[Recipe, _Entry] = {}
        self._lock = threading.Lock()

    def get(self, spec: EmbeddingSpec) -> Embedder:
        """The loaded model. Concurrent callers wait for one load.

        Raises `ModelUnknownError`, `ModelMissingError`, `ModelBrokenError`. A failure stands as long as the model's
        folder is unchanged, which costs a look at its entries a call; so a model pulled by another process is found by
        the next query.
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
        """Whether the model is in memory. Raises `ModelUnknownError`."""
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
        """What changes when the model's folder is put in place, mended, replaced or taken away."""
        try:
            files = sorted((self.store.folder / recipe.folder).rglob("*"))
            stats = [file.stat() for file in files]
        except OSError:
            return ()
        # The time of the last change of status too: a copy may keep the time of modification, and reuse an inode.
        return tuple((stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns) for stat in stats)
