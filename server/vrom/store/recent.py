"""A cache of the most recently used values, bounded by their size."""

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The most recently used values, up to a number of bytes; the last one always stays."""

    def __init__(self, size: int) -> None:
        self._size, self._held = size, 0
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """The value of a key; None if it isn't held."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, key: K, value: V, size: int) -> None:
        """Hold a value of so many bytes, and drop what wasn't used for longest."""
        with self._lock:
            self._held += size - self._values.pop(key, (value, 0))[1]
            self._values[key] = value, size
            while self._held > self._size and len(self._values) > 1:
                self._held -= self._values.popitem(last=False)[1][1]
