"""Vectors from parsed JSON, as lists of Python numbers, and error messages for invalid vectors."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrom.errors import PackageBrokenError
from vrom.format.limits import Meter

FLOAT32_MAX = float(np.finfo(np.float32).max)


def parsed_vectors(file: Path, nodes: list[Any], dim: int, meter: Meter) -> NDArray[np.float32]:
    """Convert the nodes' vectors from parsed JSON: float32, (n, dim).

    Raises `PackageBrokenError` if any isn't `dim` numbers that are finite in float32.
    """
    meter.check_time(file, "nodes[].vector")
    vectors = np.empty((len(nodes), dim), dtype=np.float32)
    row = struct.Struct(f"={dim}f")  # more than twice as fast as numpy for a list of numbers
    rows, size = vectors.reshape(-1).data if vectors.size else bytearray(), row.size
    try:
        for i, node in enumerate(nodes):
            row.pack_into(rows, i * size, *node["vector"])
    except (struct.error, OverflowError, TypeError, ValueError, KeyError) as error:
        raise _not_a_vector(file, nodes, dim) from error
    if not np.isfinite(vectors).all():
        raise _not_a_vector(file, nodes, dim)
    return vectors


def _not_a_vector(file: Path, nodes: list[Any], dim: int) -> PackageBrokenError:
    for i, node in enumerate(nodes):
        vector = node.get("vector")
        if not isinstance(vector, list) or len(vector) != dim:
            found = f"{len(vector)} numbers" if isinstance(vector, list) else named(type(vector))
            return PackageBrokenError(file, f"nodes[{i}].vector", f"{found}, expected {dim} numbers")
        for j, value in enumerate(vector):
            if not isinstance(value, int | float) or isinstance(value, bool):
                return PackageBrokenError(file, f"nodes[{i}].vector[{j}]", f"{named(type(value))}, expected a number")
            if abs(value) > FLOAT32_MAX:
                return PackageBrokenError(file, f"nodes[{i}].vector[{j}]", f"{value:g} is not finite in float32")
    return PackageBrokenError(file, "nodes", "a vector can't be read as numbers")


def named(kind: type) -> str:
    """JSON name of a Python type, with its article."""
    names: dict[type, str] = {list: "a list", dict: "an object", int: "an integer", str: "a string", float: "a number"}
    return names.get(kind, "null" if kind is type(None) else kind.__name__)
