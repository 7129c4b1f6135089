"""Documents as points: their vectors in two dimensions."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response

from vrom.app.explorer.pages import explorer_of, page
from vrom.app.explorer.view.plot import Point, legend_of, scale_points
from vrom.errors import InvalidArgumentError
from vrom.format.hidden_text import visible
from vrom.index.cartridge import Cartridge

MOST_POINTS = 1500
"""Documents that are drawn, the largest first."""


def show_map(request: Request) -> Response:
    """The documents of a cartridge; near points have similar contents."""
    library = explorer_of(request).library
    name = request.query_params.get("cartridge", "")
    if not name:
        raise InvalidArgumentError("The address names no cartridge.")
    with library.reading(name) as cartridge:
        points = _points(cartridge)
    return page(
        request,
        "inspect/map.html",
        cartridge=cartridge,
        points=points,
        groups=legend_of(points),
        total=len(cartridge.documents),
    )


@lru_cache(maxsize=32)
def _points(cartridge: Cartridge) -> list[Point]:
    places = flatten(np.asarray(cartridge.document_centres, dtype=np.float32))
    sizes = np.bincount(cartridge.outline.document_of, minlength=len(places))
    drawn = np.argsort(-sizes, kind="stable")[:MOST_POINTS].tolist()
    files = {at: cartridge.documents.name(at) for at in drawn}
    return scale_points([(files[at], visible(files[at]), int(sizes[at]), *places[at].tolist()) for at in drawn])


def flatten(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Project vectors, float32, (n, dim), onto their first two principal components: float32, (n, 2).

    The sign of each component is fixed, so that the same vectors always give the same picture.
    """
    if len(vectors) < 2:
        return np.zeros((len(vectors), 2), dtype=np.float32)
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    found = axes[:, ::-1][:, :2]
    signs = np.sign(found[np.abs(found).argmax(axis=0), [0, 1][: found.shape[1]]])
    projected = centred @ (found * np.where(signs == 0, 1, signs))
    if projected.shape[1] < 2:
        projected = np.pad(projected, ((0, 0), (0, 1)))
    return np.asarray(projected, dtype=np.float32)
