"""Filter expressions. Every one that a server sends is bounded to spaces here."""

from collections.abc import Collection, Iterable

import orjson


def within(spaces: Collection[str], condition: str) -> str:
    """A condition for rows of these spaces only."""
    return f"{one_of('space', sorted(spaces))} and ({condition})"


def one_of(column: str, values: Iterable[int | str]) -> str:
    """A column has one of these values. Texts are quoted as in JSON, which Milvus reads."""
    return f"{column} in {orjson.dumps(list(values)).decode()}"
