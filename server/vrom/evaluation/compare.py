"""Whether two runs really differ: the paired bootstrap (Efron & Tibshirani 1993; for retrieval, Sakai 2006)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SAMPLES = 10_000


@dataclass(frozen=True)
class Difference:
    """The mean difference of two runs over the same questions, and the interval that holds it 95 times in 100."""

    mean: float
    low: float
    high: float

    @property
    def real(self) -> bool:
        """Whether the interval leaves 0 out, so that chance is an unlikely reason."""
        return self.low > 0 or self.high < 0


def difference(before: Sequence[float], after: Sequence[float], seed: int = 0) -> Difference:
    """How much better `after` is than `before`; both hold one figure a question, in the same order."""
    gains = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    if len(gains) == 0:
        return Difference(0.0, 0.0, 0.0)
    picks = np.random.default_rng(seed).integers(0, len(gains), (SAMPLES, len(gains)))
    low, high = np.quantile(gains[picks].mean(axis=1), [0.025, 0.975])
    return Difference(float(gains.mean()), float(low), float(high))
