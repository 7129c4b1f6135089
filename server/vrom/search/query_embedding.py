"""Query embedding with a cartridge's model, or a note with the reason why it isn't possible."""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vrom.embedding.agreement import query_text
from vrom.embedding.recipes import resolve
from vrom.errors import ModelError, ModelMissingError, ModelUnknownError
from vrom.format.models import EmbeddingSpec
from vrom.search.shelf import Shelf

if TYPE_CHECKING:
    from vrom.embedding.loaded_models import Embedders
    from vrom.embedding.token_vectors import TokenVectors

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EmbeddedQuery:
    """Query as a cartridge is asked for it."""

    vector: NDArray[np.float32]
    """float32, (dim,), unit length; pooled by the cartridge's rarity of word pieces if it has one."""
    tokens: "TokenVectors | None" = None
    """Word pieces of the query, if the cartridge has those of its chunks."""


def embed_query(cartridge: Shelf, text: str, embedders: "Embedders", notes: list[str]) -> EmbeddedQuery | None:
    """Embed `text` with the cartridge's model.

    None, and a note in `notes`, if the model can't be used or didn't make the cartridge's vectors; None without a note
    if the cartridge is empty.
    """
    if not cartridge.size:
        return None
    spec = cartridge.manifest.embedding_spec
    if cartridge.manifest.awaits_vectors:
        notes.append(f"{cartridge.id} is searched by words for now: its vectors are still being made.")
        return None
    try:
        embedder = embedders.get(spec)
        if cartridge.was_made_with(embedder):
            text = query_text(text, cartridge.manifest)
            weights = cartridge.piece_weights
            if weights is None or not embedder.vocabulary:
                return EmbeddedQuery(embedder.embed_query(text))
            tokens = embedder.query_tokens(text)
            return EmbeddedQuery(tokens.pooled(weights), tokens)
        note = (
            f"{cartridge.id} was searched by words only: its vectors were not made by {embedder.model}, the model its "
            "manifest names. Build it again, or pull it again."
        )
    except ModelUnknownError as error:
        # Without the manifest's own words for it: a note is the server speaking.
        _log.warning("%s: %s", cartridge.id, error)
        note = f"{cartridge.id} was searched by words only: its model is not known here. `vrom doctor` says more."
    except ModelMissingError:
        recipe = resolve(spec)
        missing = f"the model {recipe.model} is not on this machine. `{recipe.pull_command}` fetches it."
        note = f"Searched by words only: {missing}"
    except ModelError as error:
        _log.warning("%s", error)  # includes paths, which clients must not see
        model = resolve(spec).model
        note = f"Searched by words only: the model {model} can't be used here. `vrom doctor` says why."
    if note not in notes:
        notes.append(note)
    return None


def embed_for_any(text: str, spec: EmbeddingSpec, embedders: "Embedders") -> NDArray[np.float32] | None:
    """Embed `text` with a model, whatever cartridge is asked: float32, (dim,), of unit length.

    None if the model can't be used.
    """
    try:
        embedder = embedders.get(spec)
        text = resolve(spec).prefixes.query + text
        return embedder.query_tokens(text).mean if embedder.vocabulary else embedder.embed_query(text)
    except ModelError:
        return None
