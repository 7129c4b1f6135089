"""Documents as points: their vectors in two dimensions; and the health of the graph that searches them."""

import threading
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response

from vrom.answers.search import search_docs
from vrom.app.errors.client_errors import client_message
from vrom.app.explorer.pages import chunk_address, explorer_of, mode_of, page
from vrom.app.explorer.view.graph import plots_of
from vrom.app.explorer.view.plot import Point, legend_of, scale_points
from vrom.errors import InvalidArgumentError, PackageError, VromError
from vrom.evaluation.graph_health import GraphHealth, graph_health, stored_health
from vrom.format.hidden_text import visible
from vrom.index.cartridge import Cartridge
from vrom.library.damage import problem_of
from vrom.library.library import Library
from vrom.library.mount import Mount
from vrom.search.score.candidates import Mode

MOST_POINTS = 1500
"""Documents that are drawn, the largest first, and those that a search found."""
FOUND = 20
"""Hits that are lit."""
MEASURED = 20_000
"""Largest number of chunks whose graph is measured where the pages are read-only."""
_ALL_TOKENS = 20_000
_measuring = threading.Lock()


def show_map(request: Request) -> Response:
    """The documents of a cartridge; near points have similar contents. Hits of `query` are lit.

    For a cartridge in a database, the page says why there is no map, and what shows one.
    """
    explorer = explorer_of(request)
    library, given = explorer.library, request.query_params
    name, query = given.get("cartridge", ""), given.get("query", "")[:20_000]
    if not name:
        raise InvalidArgumentError("The address names no cartridge.")
    mode = mode_of(given.get("mode"))
    mount = library.mount(name)
    hits: list[dict[str, Any]] = []
    problem = ""
    with library.reading(name) as shelf:
        if not isinstance(shelf, Cartridge):
            return page(request, "inspect/no_map.html", id=shelf.id, name=name)
        cartridge = shelf
        if query.strip():
            try:
                hits = _hits(library, name, query, mode)
            except VromError as error:
                problem = client_message(error)
        ranks: dict[str, int] = {}
        for hit in hits:
            ranks.setdefault(hit["file"], hit["rank"])
        points = _lit(cartridge, ranks) if ranks else _unlit(cartridge)
        may_measure = explorer.changes is not None or cartridge.size <= MEASURED
    health, damage = None, ""
    try:
        health = _health(library, mount, cartridge, is_wanted=given.get("graph") == "1" and may_measure)
    except PackageError as error:
        damage = f"The graph can't be measured: {error if explorer.changes else problem_of(error)}"
    return page(
        request,
        "inspect/map.html",
        cartridge=cartridge,
        name=name,
        query=query,
        mode=mode,
        points=points,
        hits=hits,
        problem=problem,
        groups=legend_of(points),
        total=len(cartridge.documents),
        health=health,
        plots=plots_of(health) if health else None,
        damage=damage,
        may_measure=may_measure and not damage,
    )


def _hits(library: Library, name: str, query: str, mode: Mode) -> list[dict[str, Any]]:
    """Passages that a search in this cartridge finds, best first."""
    answer = search_docs(library, query, [name], top_k=FOUND, max_tokens=_ALL_TOKENS, mode=mode)
    return [
        {
            "rank": rank,
            "file": item.source_file,
            "path": item.heading_path[-4:],
            "link": chunk_address(name, item.source_file, item.chunk_id),
        }
        for rank, item in enumerate(answer.results, 1)
    ]


def _lit(cartridge: Cartridge, ranks: dict[str, int]) -> list[Point]:
    """The points, with those of these documents lit; answers name them without what people don't see."""
    files, _, _ = _places(cartridge)
    found = [at for at, file in enumerate(files) if visible(file) in ranks]
    return _points(cartridge, found, {files[at]: ranks[visible(files[at])] for at in found})


@lru_cache(maxsize=32)
def _unlit(cartridge: Cartridge) -> list[Point]:
    return _points(cartridge, [], {})


def _points(cartridge: Cartridge, found: list[int], ranks: dict[str, int]) -> list[Point]:
    files, sizes, places = _places(cartridge)
    drawn = list(dict.fromkeys([*np.argsort(-sizes, kind="stable")[:MOST_POINTS].tolist(), *found]))
    rows = [(files[at], visible(files[at]), int(sizes[at]), *places[at].tolist()) for at in drawn]
    return scale_points(rows, ranks)


@lru_cache(maxsize=32)
def _places(cartridge: Cartridge) -> tuple[list[str], NDArray[np.int64], NDArray[np.float32]]:
    """Name, number of chunks and place of each document."""
    places = flatten(np.asarray(cartridge.document_centres, dtype=np.float32))
    sizes = np.bincount(cartridge.outline.document_of, minlength=len(places))
    return [cartridge.documents.name(at) for at in range(len(places))], sizes, places


def _health(library: Library, mount: Mount, cartridge: Cartridge, *, is_wanted: bool) -> GraphHealth | None:
    """The graph's health, if it was measured before or is wanted; one measurement at a time."""
    if (found := stored_health(library.cache, cartridge.digest)) is not None or not is_wanted:
        return found
    with _measuring:
        return graph_health(mount.folder, library.cache, cartridge.digest, library.limits)


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
