"""From a question to a vector that a cartridge's vectors can be compared with, or a note why there is none."""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vrom.errors import ModelError
from vrom.search.cartridge import Cartridge

if TYPE_CHECKING:
    from vrom.embedding.embedder import Embedder
    from vrom.embedding.pool import Embedders


def embed_query(
    cartridge: Cartridge, text: str, embedders: "Embedders", notes: list[str]
) -> NDArray[np.float32] | None:
    """`text` embedded by the cartridge's model: float32, (dim,), unit length.

    None, and a note, where the model can't be used or isn't the one that made the vectors.
    """
    if not cartridge.chunks:
        return None
    model = cartridge.manifest.embedding_spec.model
    try:
        embedder = embedders.get(cartridge.manifest.embedding_spec)
        if cartridge.was_made_with(embedder):
            return _embedded(embedder, text)
        note = (
            f"{cartridge.id} was searched by words only: its vectors were not made by {model}, the model its manifest "
            "names. Build it again, or pull it again."
        )
    except ModelError as error:
        note = f"Searched by words only, without {model}: {error}"
        if "vrom model pull" not in note:
            note += " `vrom model pull` fetches it."
    if note not in notes:
        notes.append(note)
    return None


@lru_cache(maxsize=256)
def _embedded(embedder: "Embedder", text: str) -> NDArray[np.float32]:
    """A question is often asked again: of the next cartridge, in the next mode, to read on."""
    vector: NDArray[np.float32] = embedder.embed([text])[0]
    return vector
