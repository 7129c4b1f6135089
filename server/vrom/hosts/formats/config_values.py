"""Look up values in a parsed configuration file, JSON or TOML."""

from collections.abc import Sequence
from typing import Any


def value_at(document: Any, path: Sequence[str]) -> Any:
    """The value at a path of keys; None if a key is missing or a value on the path isn't an object."""
    for key in path:
        if not isinstance(document, dict) or key not in document:
            return None
        document = document[key]
    return document
