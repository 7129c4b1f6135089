"""Significance of the difference of two runs: paired bootstrap (Efron & Tibshirani 1993; for retrieval, Sakai 2006)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SAMPLES = 10_000


@dataclass(frozen=True)
class Difference:
    """Mean difference of two runs over the same queries, with its 95 % bootstrap confidence interval."""

    mean: float
    low: float
    high: float

    @property
    def real(self) -> bool:
        """True if the interval excludes 0."""
        return self.low > 0 or self.high < 0


def difference(before: Sequence[float], after: Sequence[float], seed: int = 0) -> Difference:
    """Mean of `after - before`; both hold one figure per query, in the same order."""
    gains = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    if len(gains) == 0:
        return Difference(0.0, 0.0, 0.0)
    picks = np.random.default_rng(seed).integers(0, len(gains), (SAMPLES, len(gains)))
    low, high = np.quantile(gains[picks].mean(axis=1), [0.025, 0.975])
    return Difference(float(gains.mean()), float(low), float(high))
