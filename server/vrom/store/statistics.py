"""What a server keeps of a cartridge in a store: statistics, outline and document names, but no text and no vectors.

With them a query's weights, an answer's spans and its citations need no round trip. They are about 1 kB a chunk.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import orjson
from numpy.typing import NDArray

from vrom.errors import StoreError
from vrom.index.cartridge import find_history
from vrom.index.document_table import Documents, documents_fit
from vrom.index.lexical.joined_words import joins_words
from vrom.index.lexical.names import NAME_ARRAYS, Names, names_fit
from vrom.index.lexical.spelling import Speller
from vrom.index.lexical.vocabulary import Vocabulary, vocabulary_fits
from vrom.index.outline import Outline, outline_fits

if TYPE_CHECKING:
    from vrom.index.cartridge import Cartridge
    from vrom.storage.array_file import Arrays

OUTLINE = (
    "page_of", "section_of", "bare", "section_order", "section_starts", "path_bytes", "path_starts", "page_order",
    "page_starts", "name_bytes", "name_starts", "name_order", "text_marks",
)  # fmt: skip
_DEFINED = "defined_"
Count = Literal["frequencies", "section_frequencies", "pair_frequencies"]
"""Numbers of postings: of each term in chunks and in sections, and of each pair in chunks."""
_COUNTS: tuple[Count, ...] = ("frequencies", "section_frequencies", "pair_frequencies")
_STARTS: dict[Count, str] = {name: f"{name}_starts" for name in _COUNTS}
"""Arrays that are kept of them in memory."""
_WORDS = ("term_hashes", "term_starts", "term_bytes", "spelled", "spelled_marks", "spelled_starts", "pairs")


def statistics_arrays(cartridge: "Cartridge") -> dict[str, NDArray[Any]]:
    """Arrays of `Statistics`, from an open cartridge."""
    from vrom.embedding.agreement import embedded_text, probes

    contents, words, lexical = cartridge.contents, cartridge.lexical.arrays, cartridge.lexical
    ids = probes(cartridge.chunks.lengths)
    texts = [embedded_text(cartridge.chunks[i], cartridge.manifest) for i in ids]
    arrays = {name: np.asarray(contents[name]) for name in OUTLINE}
    arrays |= {name: np.asarray(words[name]) for name in _WORDS}
    arrays |= {_DEFINED + name: np.asarray(words[name]) for name in NAME_ARRAYS}
    arrays["frequencies"] = np.diff(lexical.chunks.starts).astype(np.int32)
    arrays["section_frequencies"] = np.diff(lexical.sections.starts).astype(np.int32)
    arrays["pair_frequencies"] = np.diff(lexical.pair_starts).astype(np.int32)
    arrays["probes"] = np.asarray(cartridge.vectors[ids], dtype=np.float32)
    arrays["probe_texts"] = np.frombuffer(orjson.dumps(texts), dtype=np.uint8)
    if cartridge.tokens is not None:
        arrays["piece_weights"] = np.asarray(cartridge.tokens.weights)
    return arrays


def pack(arrays: "Arrays") -> bytes:
    """Arrays as compressed bytes."""
    packed = io.BytesIO()
    np.savez_compressed(packed, **dict(arrays))  # type: ignore[arg-type]
    return packed.getvalue()


@dataclass(frozen=True)
class Statistics:
    """Statistics of one cartridge version."""

    vocabulary: Vocabulary
    speller: Speller
    outline: Outline
    documents: Documents
    names: Names
    past: NDArray[np.bool_]
    """Documents about the past: bool, (documents,)."""
    arrays: "Arrays"
    size: int
    """Bytes of the arrays."""
    verdicts: dict[str, bool] = field(default_factory=dict)
    """Whether the vectors come from a model, by the model's digest."""

    @classmethod
    def of(cls, packed: bytes, chunks: int) -> "Statistics":
        """Statistics from what `pack` returned. Raises `StoreError` if the bytes aren't those of so many chunks."""
        try:
            with np.load(io.BytesIO(packed), allow_pickle=False) as loaded:
                arrays = {name: loaded[name] for name in loaded.files}
            for name in _COUNTS:
                arrays[_STARTS[name]] = _starts_of(arrays.pop(name))
            _ensure_fit(arrays, chunks)
            documents = Documents(arrays)
            vocabulary = Vocabulary(arrays)
            past = find_history(documents)
        except (ValueError, KeyError, OSError, UnicodeDecodeError) as error:
            raise StoreError(
                f"The statistics of a cartridge in the store can't be read: {error}. Load it again."
            ) from error
        size = sum(array.nbytes for array in arrays.values())
        names = Names(_names(arrays), chunks)
        return cls(vocabulary, Speller(arrays, vocabulary), Outline.of(arrays), documents, names, past, arrays, size)

    def document_frequency(self, term: str) -> int:
        """Number of chunks that contain a term."""
        found = self.vocabulary.find(term)
        return 0 if found < 0 else self.extent("frequencies", found)[1]

    @property
    def frequencies(self) -> NDArray[np.int64]:
        """Number of chunks that contain each term: int64, (terms,)."""
        starts: NDArray[np.int64] = self.arrays[_STARTS["frequencies"]].astype(np.int64)
        return starts[1:] - starts[:-1]

    @cached_property
    def joins_words(self) -> bool:
        """True if the text is in a language like German, which writes several words as one."""
        return joins_words(self.document_frequency, len(self.outline.document_of))

    def find_pair(self, pair: tuple[str, str]) -> int:
        """Number of a pair of neighbouring words, -1 if unknown."""
        first, second = (self.vocabulary.find(term) for term in pair)
        if first < 0 or second < 0:
            return -1
        pairs, key = self.arrays["pairs"], first << 32 | second
        at = int(np.searchsorted(pairs, key))
        return at if at < len(pairs) and pairs[at] == key else -1

    def pair_frequency(self, pair: tuple[str, str]) -> int:
        """Number of chunks in which the second term directly follows the first."""
        found = self.find_pair(pair)
        return 0 if found < 0 else self.extent("pair_frequencies", found)[1]

    def extent(self, name: Count, number: int) -> tuple[int, int]:
        """Place of the first posting of a term or pair among all of them, and their number."""
        starts = self.arrays[_STARTS[name]]
        start = int(starts[number])
        return start, int(starts[number + 1]) - start

    @property
    def probe_texts(self) -> Sequence[str]:
        """Texts of the chunks that tell which model made the vectors."""
        return [str(text) for text in orjson.loads(self.arrays["probe_texts"].tobytes())]

    def section_paths(self) -> Iterator[tuple[str, ...]]:
        """Title path of every section."""
        return self.outline.section_paths()


def _names(arrays: "Arrays") -> dict[str, NDArray[Any]]:
    """Arrays of `Names`; documents have arrays of the same names."""
    return {name: arrays[_DEFINED + name] for name in NAME_ARRAYS}


def _starts_of(counts: NDArray[Any]) -> NDArray[Any]:
    """Beginnings of lists that follow one another, and the end of the last one."""
    if counts.ndim != 1 or counts.dtype != np.int32 or int(counts.min(initial=0)) < 0:
        raise ValueError("frequencies are no numbers of chunks")
    ends = np.cumsum(counts, dtype=np.int64)
    kind = np.int32 if int(ends[-1:].sum()) < 2**31 else np.int64
    return np.concatenate([[0], ends]).astype(kind)


def _ensure_fit(arrays: "Arrays", chunks: int) -> None:
    terms = len(arrays["term_hashes"])
    if not (
        outline_fits(arrays, chunks)
        and documents_fit(arrays)
        and vocabulary_fits(arrays)
        and names_fit(_names(arrays))
        and arrays["text_marks"].shape == (chunks,)
        and arrays[_STARTS["frequencies"]].shape == arrays[_STARTS["section_frequencies"]].shape == (terms + 1,)
        and arrays[_STARTS["pair_frequencies"]].shape == (len(arrays["pairs"]) + 1,)
        and len(arrays["spelled"]) == len(arrays["spelled_marks"])
        and len(arrays["spelled_starts"]) == 27
    ):
        raise ValueError("they don't fit each other")
