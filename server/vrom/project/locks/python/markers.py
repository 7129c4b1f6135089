"""Environment markers (PEP 508), for the Python that a project uses."""

from functools import lru_cache
from typing import Any

from packaging.markers import (
    InvalidMarker,
    Marker,
    UndefinedComparison,
    UndefinedEnvironmentName,
    default_environment,
)


def applies(marker: str, python: str = "", extras: frozenset[str] = frozenset()) -> bool:
    """Return True if a marker is satisfied on this machine by version `python`; an empty or unreadable one is.

    `python` is a version such as `3.12.4`, empty for the one that runs vrom. A marker about extras is satisfied if one
    of `extras` satisfies it.
    """
    parsed = _parse(marker.strip())
    if parsed is None:
        return True
    environment: dict[str, Any] = {**default_environment()}
    if python:
        environment |= {"python_full_version": python, "python_version": ".".join(python.split(".")[:2])}
    try:
        return any(parsed.evaluate({**environment, "extra": extra}) for extra in extras or {""})
    except (UndefinedComparison, UndefinedEnvironmentName, ValueError, RecursionError):
        return True


@lru_cache(maxsize=10_000)
def _parse(marker: str) -> Marker | None:
    try:
        return Marker(marker) if marker else None
    except (InvalidMarker, ValueError, RecursionError):
        return None
