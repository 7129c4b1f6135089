"""Ranking and answers use a cartridge through `Shelf` and `Store` alone: whoever keeps these keeps the answers."""

from dataclasses import replace

import pytest

from vrom.answers.passages.spans import spans_of
from vrom.index.cartridge import Cartridge
from vrom.search.features import LOCAL
from vrom.search.rank import rank
from vrom.search.shelf import Shelf

NAMES = {name for name in [*vars(Shelf), *Shelf.__annotations__] if not name.startswith("_")}
PAGES = {
    "kiln.md": ["# Kiln\n\nHow a kiln is fired.", "## Cone five\n\nStoneware matures at cone five.", "And it cools."],
    "glaze.md": ["# Glaze\n\nGlaze is glass.", "## Crawling\n\nA glaze crawls where dust is.", "Wipe the pot first."],
}


class Narrow:
    """A cartridge of which only what `Shelf` names is there."""

    def __init__(self, cartridge):
        self._cartridge = cartridge

    def __getattr__(self, name):
        if name not in NAMES:
            raise AttributeError(name)
        return getattr(self._cartridge, name)


class Elsewhere:
    """A store that alone knows the arrays."""

    def __init__(self):
        self.trips, self.read = 0, []

    def gather(self, asked, weights):
        self.trips += 1
        whole = [replace(one, cartridge=one.cartridge._cartridge) for one in asked]
        found = LOCAL.gather(whole, weights)
        return [replace(of, cartridge=one.cartridge) for of, one in zip(found, asked, strict=True)]

    def compare_pieces(self, wanted):
        self.trips += 1
        return LOCAL.compare_pieces([(replace(of, cartridge=of.cartridge._cartridge), ids) for of, ids in wanted])

    def read_ahead(self, hits):
        self.read += [hit.chunk_id for hit in hits]


@pytest.fixture
def cartridge(write_package, embedder, tmp_path):
    return Cartridge.open(write_package(tmp_path, "pottery", PAGES, embedder=embedder))


@pytest.fixture
def embedders(model_home):
    from vrom.embedding.loaded_models import Embedders
    from vrom.embedding.model_store import ModelStore

    return Embedders(ModelStore(model_home / "models"))


def said(ranking):
    spans = spans_of(ranking.hits, 1, 5)
    return (
        [(hit.chunk_id, hit.score) for hit in ranking.hits],
        ranking.notes,
        ranking.absent,
        [
            (span.chunk_ids, span.document.excerpt(*span.range), span.document.origin(span.hit.chunk_id))
            for span in spans
        ],
    )


@pytest.mark.parametrize("mode", ["hybrid", "semantic", "lexical"])
@pytest.mark.parametrize("query", ["Why does a glaze crawl?", "stonewear cone five", "kubernetes ingress", "cone_five"])
def test_a_shelf_elsewhere_is_ranked_and_read_as_a_local_one_in_one_trip(cartridge, embedders, query, mode):
    store = Elsewhere()
    local = rank([cartridge], query, mode=mode, embedders=embedders, limit=10)
    remote = rank([Narrow(cartridge)], query, mode=mode, embedders=embedders, limit=10, store=store)
    assert said(remote) == said(local)
    assert store.trips == 1
    assert store.read == [hit.chunk_id for hit in local.hits]
