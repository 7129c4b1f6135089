"""Weights of the ranking features.

Fitted to rank the answering section first (listwise softmax) on 183 questions about five libraries, then rounded. On
102 other questions equal weights do as well, and weights fitted without one library do worse on it: another fit gains
nothing. `benchmarks/retrieval.py` shows the contribution of each feature with its weight set to 0.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class FeatureWeights:
    """Weight of each feature; a perfect answer scores about 1."""

    words: float = 0.22
    """Query terms in the chunk and its title path (BM25F)."""
    section_words: float = 0.31
    """Query terms in the whole section."""
    pairs: float = 0.06
    """Pairs of neighbouring words in the chunk."""
    document_pairs: float = 0.10
    """Pairs of neighbouring words anywhere in the document."""
    meaning: float = 0.13
    """Similarity of the chunk to the query, above chance."""
    section_meaning: float = 0.15
    """Similarity of the nearest chunk in the section."""
    document_meaning: float = 0.09
    """Similarity of the document as a whole."""
    tokens: float = 0.30
    """Similarity of the best candidates' word pieces to the query's (late interaction), above the least of them."""
    repeat: float = 0.12
    """Deduction for every better chunk of the same section: other sections may answer too."""
    preference: float = 0.05
    """Boost of a chunk if the query names its cartridge."""
    history: float = 0.15
    """Deduction for what documents the past: changelogs, and copies of earlier versions."""
    slips: float = 0.8
    """Factor on the weight of a term that corrects a typo."""

    @property
    def lexical(self) -> float:
        """Largest score from lexical features alone."""
        return self.words + self.section_words + self.pairs + self.document_pairs

    @property
    def semantic(self) -> float:
        """Largest score from semantic features alone."""
        return self.meaning + self.section_meaning + self.document_meaning


DEFAULT_WEIGHTS = FeatureWeights()
