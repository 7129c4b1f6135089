"""Centres of a cartridge's documents, as a server reads them."""

from collections.abc import Sequence

import numpy as np

from vrom.format.read import Vectors
from vrom.store.postgres.database import Database

_CENTRES = """
SELECT centre::real[] FROM vrom.documents
WHERE cartridge = %(cartridge)s AND space = ANY (%(spaces)s::int[]) ORDER BY document
"""


def read_centres(database: Database, cartridge: int, spaces: Sequence[int]) -> Vectors:
    """Mean direction of each document's chunks: float32, (documents, dim). Raises `StoreError`."""
    rows = [row for (row,) in database.read(_CENTRES, {"cartridge": cartridge}, spaces)]
    return np.array(rows, dtype=np.float32) if rows else np.zeros((0, 1), dtype=np.float32)
