"""A made-up cartridge of any size: words that nobody speaks, spread as words are, and vectors that lie in clusters.

Frequencies of words follow Zipf's law; a page has words of its own that its chunks share. A chunk's vector is the sum
of what all have in common, its area, its page and itself, with most of the variance in few directions, as in
embeddings of real documentation: the mean cosine of two chunks is 0.12, that of a chunk and its tenth neighbour 0.70.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrom.embedding.agreement import embedded_text, probes
from vrom.embedding.embedder import Embedder
from vrom.format.models import Chunk, ChunkStrategy, EmbeddingSpec, HnswConfig, Manifest, corpus_hash, estimate_tokens
from vrom.index.pack.write import write_packed

PER_PAGE, PER_SECTION, WORDS = 20, 4, 60
_SYLLABLES = [
    a + b
    for a in ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "br", "st", "tr"]
    for b in ("a", "e", "i", "o", "u")
]
_TOPIC = 12
_AT_ONCE = 40_000


@dataclass(frozen=True)
class Question:
    """Some words of one page, and a vector that lies near one of its chunks."""

    text: str
    vector: NDArray[np.float32]


def make(folder: Path, count: int, embedder: Embedder, spec: EmbeddingSpec, questions: int) -> list[Question]:
    """Write a cartridge of `count` chunks, and give questions about it.

    Three vectors are real embeddings, so that vrom sees that the model fits.
    """
    vectors, scatter = _vectors(count, embedder.dimensions)
    chunks = list(_chunks(count))
    manifest = Manifest(
        vrom_id=folder.name, version="1.0.0", description=f"{count:,} made-up chunks", source="made up",
        embedding_spec=spec, hnsw_config=HnswConfig(), vector_count=count, total_chunks=count,
        total_tokens=sum(estimate_tokens(chunk.text) for chunk in chunks),
        corpus_hash=corpus_hash(chunk.text for chunk in chunks), created_at="2026-01-01T00:00:00Z",
        chunk_strategy=ChunkStrategy.model_validate({"embedded": "title path and text"}),
    )  # fmt: skip
    asked = list(_questions(chunks, vectors, scatter, questions))
    ids = probes(np.array([len(chunk.text) for chunk in chunks]))
    vectors[ids] = embedder.embed([embedded_text(chunks[i], manifest) for i in ids])
    write_packed(folder, manifest, vectors, chunks)
    return asked


def _words(count: int, draw: np.random.Generator) -> list[str]:
    words = {"the": None, "of": None, "how": None, "to": None, "in": None}
    while len(words) < count:
        sizes = draw.integers(2, 5, count)
        picks = draw.integers(0, len(_SYLLABLES), (count, 4))
        words |= dict.fromkeys(
            "".join(_SYLLABLES[i] for i in row[:size]) for row, size in zip(picks.tolist(), sizes.tolist(), strict=True)
        )
    return list(words)[:count]


def _chunks(count: int) -> Iterator[Chunk]:
    draw = np.random.default_rng(1)
    vocabulary = max(5_000, min(count, 400_000))
    words = np.array(_words(vocabulary, draw), dtype=object)
    weights = 1 / (np.arange(vocabulary) + 2.7)
    cumulated = np.cumsum(weights / weights.sum())
    for first in range(0, count, _AT_ONCE):
        size = min(_AT_ONCE, count - first)
        ranks = np.minimum(np.searchsorted(cumulated, draw.random((size, WORDS))), vocabulary - 1)
        topics = draw.integers(200, vocabulary, (size // PER_PAGE + 1, _TOPIC))
        own = topics[np.arange(size)[:, None] // PER_PAGE, draw.integers(0, _TOPIC, (size, WORDS))]
        ranks = np.where(draw.random((size, WORDS)) < 0.15, own, ranks)
        for i, row in enumerate(ranks):
            yield _chunk(first + i, count, [str(word) for word in words[row]], words[topics[i // PER_PAGE]])


def _chunk(i: int, count: int, words: list[str], topic: NDArray[np.object_]) -> Chunk:
    page, place = divmod(i, PER_PAGE)
    title = f"{topic[0]} {topic[1]}".title()
    heading = f"{topic[2 + place // PER_SECTION]} {words[0]}".title()
    section = f"{topic[2 + place // PER_SECTION]} {page}".title()
    return Chunk(
        chunk_id=i,
        text=f"## {heading}\n\n{' '.join(words[:30])}.\n{' '.join(words[30:])}.",
        source_file=f"area{page % 97}/page{page}.md",
        section_heading=section,
        doc_title=title,
        heading_path=(title, section),
        url=f"https://docs.example/page{page}",
        prev_chunk_id=i - 1 if place else None,
        next_chunk_id=i + 1 if place + 1 < PER_PAGE and i + 1 < count else None,
    )


def _vectors(count: int, dim: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Unit rows, float32, (n, dim), and the directions that a chunk differs in from its page, (dim, dim)."""
    draw = np.random.default_rng(2)
    scale = ((np.arange(dim) + 4.0) ** -0.6).astype(np.float32)
    scatter = 0.8 * scale[:, None] * np.linalg.qr(draw.standard_normal((dim, dim)))[0].astype(np.float32)
    areas = draw.standard_normal((max(8, int(count**0.5) // 4), dim), dtype=np.float32)
    common = 0.6 * draw.standard_normal(dim, dtype=np.float32)
    vectors = np.empty((count, dim), dtype=np.float32)
    for first in range(0, count, _AT_ONCE):
        size = min(_AT_ONCE, count - first)
        pages = areas[draw.integers(0, len(areas), size // PER_PAGE + 1)]
        pages = pages + draw.standard_normal(pages.shape, dtype=np.float32)
        rows = common + pages[np.arange(size) // PER_PAGE] + draw.standard_normal((size, dim), dtype=np.float32)
        vectors[first : first + size] = _units(rows @ scatter)
    return vectors, scatter


def _units(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _questions(
    chunks: list[Chunk], vectors: NDArray[np.float32], scatter: NDArray[np.float32], count: int
) -> Iterator[Question]:
    """Seven words, of which two or three are the page's; the vector is about as near to a chunk as a question is."""
    draw = np.random.default_rng(3)
    for i in draw.integers(0, len(chunks), count).tolist():
        chunk = chunks[i]
        said = [word for word in chunk.text.replace(".", " ").split() if word.isalpha()]
        rare = sorted(said, key=len)[-2:]
        text = f"how to {rare[0]} the {said[5]} of {rare[1]} in {chunk.doc_title.split()[0].lower()}"
        length = np.linalg.norm(scatter, axis=1).max() * 3
        noise = (draw.standard_normal(len(scatter), dtype=np.float32) @ scatter) / length
        yield Question(text, _units((vectors[i] + noise)[None])[0])
