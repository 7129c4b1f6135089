"""Similarity of a cartridge's chunks, sections and documents to one query."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vrom.index.outline import Outline


class QuerySimilarity(Protocol):
    """Similarity of a cartridge's chunks, sections and documents to one query; higher is nearer."""

    def nearest(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Ids of the `count` nearest chunks and their similarities, unordered."""

    def of_chunks(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarities of these chunks: float32, in their order."""

    def of_sections(self, outline: Outline, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarity of the nearest chunk in the section of each of these chunks: float32, in their order."""

    def of_documents(self, documents: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """Similarities of the mean directions of these documents: float32, in their order."""


@dataclass(frozen=True)
class EverySimilarity:
    """`QuerySimilarity` from the similarity of each chunk and of each document's mean direction."""

    chunks: NDArray[np.float32]
    """float32, (n,)."""
    documents: NDArray[np.float32]
    """float32, (documents,)."""

    def nearest(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Ids of the `count` nearest chunks and their similarities, unordered."""
        return highest(np.arange(len(self.chunks)), self.chunks, count)

    def of_chunks(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarities of these chunks: float32, in their order."""
        return self.chunks[ids]

    def of_sections(self, outline: Outline, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarity of the nearest chunk in the section of each of these chunks: float32, in their order."""
        return best_of_sections(self.chunks, outline, ids)

    def of_documents(self, documents: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """Similarities of the mean directions of these documents: float32, in their order."""
        return np.asarray(self.documents[documents])


def highest(
    ids: NDArray[np.int64], similarity: NDArray[np.float32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The `count` of these ids with the highest similarities, and those, unordered."""
    if count < len(ids):
        best = np.argpartition(similarity, len(ids) - count)[len(ids) - count :] if count else ids[:0]
        ids, similarity = ids[best], similarity[best]
    return ids, similarity


def best_of_sections(every: NDArray[np.float32], outline: Outline, ids: NDArray[np.int64]) -> NDArray[np.float32]:
    """Similarity of the nearest chunk in the section of each of the chunks `ids`: float32, in their order.

    `every` is the similarity of each chunk: float32, (n,).
    """
    best = np.maximum.reduceat(every[outline.section_order], outline.section_starts[:-1])
    return np.asarray(best[outline.section_of[ids]])
