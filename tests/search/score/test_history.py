import pytest

from vrom.embedding.loaded_models import Embedders
from vrom.embedding.model_store import ModelStore
from vrom.index.cartridge import Cartridge
from vrom.search.rank import rank
from vrom.search.score.history import asks_for_history

PAGES = {
    "HISTORY.md": ["# History\n\nThe whistle sounds when the kettle boils. The kettle boils, the whistle sounds."],
    "guide/kettle.md": ["# Kettles\n\nThe whistle sounds when the kettle boils, after two minutes or three."],
}


@pytest.mark.parametrize(
    "query",
    ["what changed in 2.0", "when was the whistle removed", "migrating from v1", "release notes", "new in kettle"],
)
def test_words_about_the_past_ask_for_it(query):
    assert asks_for_history(query)


@pytest.mark.parametrize("query", ["how do I boil water", "renew a token", "versions of a package", "exchange rates"])
def test_other_words_do_not(query):
    assert not asks_for_history(query)


QUERIES = {
    "whistle when the kettle boils": "guide/kettle.md",
    "history: whistle when the kettle boils": "HISTORY.md",
}


@pytest.mark.parametrize(("query", "first"), QUERIES.items())
def test_a_guide_is_ranked_before_a_changelog_unless_the_query_is_about_changes(make_package, model_home, query, first):
    cartridge = Cartridge.open(make_package("kettle", PAGES))
    embedders = Embedders(ModelStore(model_home / "models"))
    ranking = rank([cartridge], query, mode="lexical", embedders=embedders, limit=5)
    assert cartridge.chunks[ranking.hits[0].chunk_id].source_file == first
