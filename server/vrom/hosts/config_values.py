"""Looking into the document of a configuration file, whatever it was written in."""

from collections.abc import Sequence
from typing import Any


def value_at(document: Any, path: Sequence[str]) -> Any:
    """The value at a path of keys, or None where the path leads to nothing, or through what isn't an object."""
    for key in path:
        if not isinstance(document, dict) or key not in document:
            return None
        document = document[key]
    return document
