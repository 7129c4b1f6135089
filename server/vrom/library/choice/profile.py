"""Contents of a cartridge as they are known without opening it: its words, and the directions of its documents."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vrom.format.read import Vectors
from vrom.index.dense.dense_index import unit_rows
from vrom.index.tokenizer import tokenize, vocabulary_terms

if TYPE_CHECKING:
    from vrom.format.models import EmbeddingSpec, Manifest
    from vrom.index.cartridge import Cartridge

Hashes = NDArray[np.uint32]
"""CRC-32 of terms, ascending and distinct: uint32, (terms,). Two terms with the same one are taken for one."""

NO_CENTRES: Vectors = np.zeros((0, 1), dtype=np.float32)
CENTRES = 32
"""Largest number of centres of a cartridge: those of its documents, or of groups of documents if it has more."""
_ROUNDS = 5
_GROUPED = 2048
"""Documents that are grouped: 0.1 s."""
SCALE = 127
"""Length of a centre's row of int8."""


@dataclass(frozen=True)
class Profile:
    """One cartridge. Without terms and centres nothing but its description is known."""

    name: Hashes
    """Terms of the id."""
    about: Hashes
    """Terms of id and description."""
    terms: Hashes
    frequencies: NDArray[np.int64]
    """Number of chunks that contain each term: int64, (terms,)."""
    words: int
    """Number of different words, added up over the chunks."""
    spec: "EmbeddingSpec | None"
    """The model of the centres."""
    chance: float
    """Similarity of unrelated chunks."""
    centres: NDArray[np.int8]
    """int8, (centres, dim): unit rows times 127."""


def hashes_of(terms: Iterable[str]) -> Hashes:
    """Hashes of terms, each once, ascending."""
    return np.unique(np.array([hash_of(term) for term in terms], dtype=np.uint32))


def hash_of(term: str) -> int:
    """CRC-32 of a term, as in an index of words."""
    return zlib.crc32(term.encode("utf-8", "surrogatepass"))


def describe(cartridge_id: str, about: Iterable[str]) -> Profile:
    """Profile of a cartridge of which only the id and the terms of its description are known."""
    terms, frequencies = np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.int64)
    name, no_centres = hashes_of(tokenize(cartridge_id)), np.zeros((0, 1), dtype=np.int8)
    return Profile(name, hashes_of(about), terms, frequencies, 0, None, 0.0, no_centres)


def profile_of(cartridge: "Cartridge") -> Profile:
    """Profile of an open cartridge."""
    lexical = cartridge.lexical
    starts = np.asarray(lexical.chunks.starts, dtype=np.int64)
    hashes, frequencies = np.array(lexical.vocabulary.hashes), starts[1:] - starts[:-1]
    return make_profile(cartridge.manifest, hashes, frequencies, cartridge.document_centres, cartridge.chance)


def make_profile(
    manifest: "Manifest", hashes: Hashes, frequencies: NDArray[np.integer[Any]], centres: Vectors, chance: float
) -> Profile:
    """Profile from the hashes of a cartridge's terms, ascending, and the number of chunks that contain each.

    `centres` are the mean directions of its documents: float32, (documents, dim).
    """
    about = vocabulary_terms([manifest.vrom_id, manifest.description, manifest.source])
    profile = describe(manifest.vrom_id, about)
    terms, starts = np.unique(hashes, return_index=True)
    counts = np.add.reduceat(np.maximum(frequencies, 1).astype(np.int64), starts) if len(starts) else starts
    profile = replace(profile, terms=terms, frequencies=counts, words=int(counts.sum()), chance=chance)
    if manifest.awaits_vectors or not len(centres):
        return profile
    return replace(profile, spec=manifest.embedding_spec, centres=_small(centres))


def without_centres(profile: Profile) -> Profile:
    """The same profile, to be chosen by words alone."""
    return replace(profile, spec=None, centres=profile.centres[:0])


def _small(centres: Vectors) -> NDArray[np.int8]:
    whole = unit_rows(np.nan_to_num(np.asarray(centres, dtype=np.float32), posinf=0, neginf=0))
    return np.rint(grouped(whole, CENTRES) * SCALE).astype(np.int8)


def grouped(rows: Vectors, count: int) -> Vectors:
    """At most `count` directions that many of the rows lie near to, by k-means; of very many rows, some are taken."""
    if len(rows) <= count:
        return rows
    rows = _evenly(rows, min(len(rows), _GROUPED))
    centres = _evenly(rows, count)
    for _ in range(_ROUNDS):
        # Row by row in this thread, as in `DenseIndex.similarity`: BLAS would wait for a busy core.
        nearest = np.argmax(np.vecdot(rows[:, None], centres[None]), axis=1)
        order = np.argsort(nearest, kind="stable")
        starts = np.unique(nearest[order], return_index=True)[1]
        centres = unit_rows(np.add.reduceat(rows[order], starts, axis=0))
    return centres


def _evenly(rows: Vectors, count: int) -> Vectors:
    return rows[np.linspace(0, len(rows) - 1, count).astype(np.int64)]
