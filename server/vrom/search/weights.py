"""Weights of the ranking features.

Fitted to rank the answering section first (listwise softmax) on 183 questions about five libraries, then rounded. On
102 other questions equal weights do as well, and weights fitted again with one library left out do worse on it: this is
a plateau; another fit gains nothing. `benchmarks/retrieval.py` shows what each part brings: set it to 0 and see.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class FeatureWeights:
    """One weight a feature; a perfect answer scores about 1."""

    words: float = 0.22
    """Words of the query in the chunk and its title path (BM25F)."""
    section_words: float = 0.31
    """The same in the whole section."""
    pairs: float = 0.06
    """Pairs of neighbouring words in the chunk."""
    page_pairs: float = 0.10
    """The same anywhere on the page."""
    meaning: float = 0.13
    """Nearness of the chunk to the question, above chance."""
    section_meaning: float = 0.15
    """That of the nearest chunk of its section."""
    page_meaning: float = 0.09
    """That of the page as a whole."""
    repeat: float = 0.12
    """What a chunk loses for every better one of its own section: other sections may answer too."""
    preference: float = 0.05
    """What a chunk gains when the question names its cartridge."""
    slips: float = 0.8
    """What a word counts that is only the nearest known one to what was typed."""

    @property
    def lexical(self) -> float:
        """What words alone can give."""
        return self.words + self.section_words + self.pairs + self.page_pairs

    @property
    def semantic(self) -> float:
        """What meaning alone can give."""
        return self.meaning + self.section_meaning + self.page_meaning


DEFAULT_WEIGHTS = FeatureWeights()
