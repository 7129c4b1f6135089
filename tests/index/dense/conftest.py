"""Unit vectors drawn at random, and queries."""

import numpy as np
import pytest

COUNT, DIM = 3_000, 32


@pytest.fixture(scope="module")
def vectors():
    rows = np.random.default_rng(3).standard_normal((COUNT, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def queries():
    rows = np.random.default_rng(4).standard_normal((50, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
