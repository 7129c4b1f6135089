"""Pydantic models of the format's files. Unknown keys are kept, as by the format's own readers."""

import hashlib
import math
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, FailFast, Field, StringConstraints

from vrom.format.hidden_text import visible_line

ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"

VromId = Annotated[str, StringConstraints(pattern=f"^{ID_PATTERN}$")]
"""Cartridge id. It is used as a folder name and in addresses, hence the restricted characters."""


def _one_line(text: object) -> object:
    return visible_line(text) if isinstance(text, str) else text


# Texts that reach models in listings, instructions and notes: one line each, without hidden characters, bounded.
_Line = BeforeValidator(_one_line)
Version = Annotated[str, StringConstraints(max_length=64, pattern=r"^[\w.+!~@/() -]*$"), _Line]
Description = Annotated[str, StringConstraints(max_length=10_000), _Line]
Source = Annotated[str, StringConstraints(max_length=10_000), _Line]
ModelName = Annotated[str, StringConstraints(max_length=200, pattern=r"^[\w.@:/+-]+$"), _Line]
Keyword = Annotated[str, StringConstraints(max_length=64, pattern=r"^[\w.:+ -]*$"), _Line]
"""A name from a fixed list, a time or a digest."""
FileName = Annotated[str, StringConstraints(max_length=200)]

Metric = Literal["Cosine", "Euclidean", "DotProduct"]

MAX_DIMENSIONS = 16_384


class _FormatModel(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, protected_namespaces=())


class EmbeddingSpec(_FormatModel):
    """Embedding model of the vectors, and their properties."""

    model: ModelName
    model_source: ModelName | None = None
    dimensions: int = Field(ge=1, le=MAX_DIMENSIONS)
    quantization: Keyword = "fp32"
    distance_metric: Keyword = "cosine"
    normalized: bool = True


class HnswConfig(_FormatModel):
    """Parameters of the graph, named as in the engine (arXiv 1603.09320)."""

    m: int = Field(default=16, ge=1, le=4096)
    m_max0: int = Field(default=32, ge=1, le=8192)
    ef_construction: int = Field(default=128, ge=1)
    ef_search: int = Field(default=40, ge=1)
    level_multiplier: float = Field(default=1 / math.log(16), gt=0, allow_inf_nan=False)
    metric: Metric = "Cosine"


class ChunkStrategy(_FormatModel):
    """Parameters of the chunking."""

    method: Description = "section_aware"
    max_tokens: int = 256
    overlap: int = 0
    preserve_code_blocks: bool = True
    linked_list_pointers: bool = True


class PackageFiles(_FormatModel):
    """Names of the package's files; older manifests lack them."""

    index: FileName = "index.json"
    chunks: FileName = "chunks.json"
    manifest: FileName = "manifest.json"


class FileDigests(_FormatModel):
    """SHA-256 of the package's other files, in hex."""

    index: str = Field(pattern=r"^[0-9a-f]{64}$")
    chunks: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """None if the package has no `chunks.json`."""


AWAITED = "awaited"
"""The value of the key `vectors` in the `build` record of a package whose vectors are still being made."""


class Manifest(_FormatModel):
    """Contents of `manifest.json`."""

    vrom_id: VromId
    version: Version
    description: Description = ""
    source: Source = ""
    embedding_spec: EmbeddingSpec
    hnsw_config: HnswConfig
    vector_count: int = Field(ge=0)
    total_tokens: int = Field(ge=0)
    total_chunks: int = Field(ge=0)
    corpus_hash: Keyword
    created_at: Keyword
    chunk_strategy: ChunkStrategy = ChunkStrategy()
    files: PackageFiles = PackageFiles()
    sha256: FileDigests | None = None
    """Written only by vrom, to detect changed files and files of another package."""

    @property
    def awaits_vectors(self) -> bool:
        """True if rows of zeros stand for the vectors, which are still being made: it can be searched by words."""
        build = (self.model_extra or {}).get("build")
        return isinstance(build, dict) and build.get("vectors") == AWAITED

    @property
    def created(self) -> datetime | None:
        """Creation time, or None if `created_at` isn't a valid time."""
        try:
            moment = datetime.fromisoformat(self.created_at)
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Chunk(_FormatModel):
    """Passage of documentation: a node's metadata in `index.json`, a list item in `chunks.json`.

    Chunks of a document form a linked list: `prev_chunk_id` and `next_chunk_id` never point into another document.
    `vrom build` adds keys that other readers ignore: `heading_path` (from the document's title to the innermost
    heading, see `path`), and `lead` and `tail`, the number of characters at the start and the end of `text` that are
    not part of the document: a reopened or closed fence, or a repeated table header.
    """

    chunk_id: int = Field(ge=0)
    text: str
    source_file: str = Field(default="", max_length=1000)
    section_heading: str = ""
    prev_chunk_id: int | None = None
    next_chunk_id: int | None = None
    url: str = ""
    doc_title: str = ""
    heading_path: Annotated[tuple[str, ...], FailFast()] = ()
    char_start: int = 0
    char_end: int = 0
    lead: int = Field(default=0, ge=0)
    tail: int = Field(default=0, ge=0)

    @property
    def path(self) -> tuple[str, ...]:
        """Title path, from the document's title to the innermost heading, as far as the package has it."""
        if self.heading_path:
            return self.heading_path
        return tuple(dict.fromkeys(part for part in (self.doc_title, self.section_heading) if part))


def estimate_tokens(text: str) -> int:
    """Token count as the format estimates it: characters // 4, at least 1."""
    return max(1, len(text) // 4)


def corpus_hash(texts: Iterable[str]) -> str:
    """First 16 hex digits of SHA-256 over all chunk texts, joined without a separator."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]
