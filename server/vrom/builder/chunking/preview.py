"""What a build would make of documents, without embedding them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from vrom.builder.chunking.chunker import chunk_documents
from vrom.builder.chunking.token_budget import TokenBudget
from vrom.builder.document import Document, Skipped
from vrom.builder.markdown.blocks import Block, parse_markdown
from vrom.builder.request import BuildRequest
from vrom.embedding.embedder import Embedder
from vrom.embedding.recipes import resolve
from vrom.format.models import Chunk, estimate_tokens

SAMPLES = 3
MOST_TOKENS = 256
"""Limit of a chunk where there is no model to state its own."""


@dataclass(frozen=True)
class Preview:
    """Figures of the package that a build would write, and some of its chunks."""

    pages: int
    sections: int
    chunks: int
    code_blocks: int
    tokens: int
    is_estimated: bool
    """True if tokens were estimated, because there is no model; then the build may cut elsewhere."""
    sample: Sequence[Chunk]
    uncut: Sequence[Skipped]
    """Documents that can't be cut."""


def make_budget(request: BuildRequest, embedder: Embedder | None) -> TokenBudget:
    """The budget that a build has with the request's model; without it, tokens are estimated.

    What the model needs before a passage takes some of its tokens.
    """
    if embedder is None:
        return TokenBudget(estimate_tokens, request.target, MOST_TOKENS)
    prefix = resolve(request.spec).prefixes.passage
    taken = embedder.count_tokens(prefix) - embedder.count_tokens("") if prefix else 0
    return TokenBudget(embedder.count_tokens, request.target, embedder.max_tokens - taken)


def preview_documents(
    documents: Sequence[Document], budget: TokenBudget, url_of: Callable[[str], str], *, is_estimated: bool
) -> Preview:
    """Cut documents as a build does, and count what comes of it."""
    uncut: list[Skipped] = []
    chunks = chunk_documents(documents, budget, url_of, skip=uncut.append)
    names = {one.name for one in uncut}
    cut = [document for document in documents if document.source_file not in names]
    kinds = [block.kind for document in cut for block in _walk(_blocks_of(document))]
    return Preview(
        pages=len(cut),
        sections=kinds.count("heading"),
        chunks=len(chunks),
        code_blocks=kinds.count("fence") + kinds.count("code"),
        tokens=sum(budget.count_tokens(chunk.text) for chunk in chunks),
        is_estimated=is_estimated,
        sample=_choose_sample(chunks),
        uncut=uncut,
    )


def _blocks_of(document: Document) -> Sequence[Block]:
    return (document.parsed or parse_markdown(document.text)).blocks


def _walk(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from _walk(block.children)


def _choose_sample(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Chunks from the begin, the middle and the end, without those that repeat others."""
    own = [chunk for chunk in chunks if "repeats" not in (chunk.model_extra or {})] or chunks
    places = dict.fromkeys(len(own) * (2 * number + 1) // (2 * SAMPLES) for number in range(SAMPLES))
    return [own[place] for place in places if place < len(own)]
