"""The promises of ranking, on small cartridges with the real model."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vrom.index.cartridge import Cartridge
from vrom.search.query import MAX_CHARACTERS
from vrom.search.rank import rank

BAKING = {
    "bread.md": [
        "# Bread\n\nHow to bake bread at home with flour, water, salt and time.",
        "## Sourdough starter\n\nFeed the starter with flour and water every day until it doubles in volume.",
        "## Oven temperature\n\nPreheat the oven to 230 degrees and bake with steam. Set `steam_level` to high.",
        "## Customization",
        "Change the flour: rye gives a darker and heavier loaf, spelt a nutty one.",
    ],
    "cake.md": [
        "# Cake\n\nSweet things for a birthday, with butter, sugar and eggs.",
        "## Chocolate glaze\n\nMelt chocolate with cream and pour the glaze over the cold cake.",
    ],
}
SAILING = {
    "knots.md": [
        "# Knots\n\nKnots that every sailor ties in the dark.",
        "## Bowline\n\nThe bowline makes a loop that never slips and is easy to untie.",
    ],
    "weather.md": [
        "# Weather\n\nRead the clouds and the barometer before leaving the harbour.",
        "## Oven temperature\n\nIn the galley the oven needs a fiddle rail; its temperature swings with the waves.",
    ],
}


@pytest.fixture(scope="module")
def cartridges(write_package, embedder, tmp_path_factory):
    root = tmp_path_factory.mktemp("cartridges")
    return [
        Cartridge.open(write_package(root, name, documents, embedder=embedder))
        for name, documents in (("baking", BAKING), ("sailing", SAILING))
    ]


@pytest.fixture(scope="module")
def embedders(model_home):
    from vrom.embedding.loaded_models import Embedders
    from vrom.embedding.model_store import ModelStore

    return Embedders(ModelStore(model_home / "models"))


@pytest.fixture
def no_model(tmp_path):
    from vrom.embedding.loaded_models import Embedders
    from vrom.embedding.model_store import ModelStore

    return Embedders(ModelStore(tmp_path / "empty"))


@pytest.fixture
def ask(cartridges, embedders):
    def asked(query, mode="hybrid", of=None, limit=10, using=None):
        return rank(of or cartridges, query, mode=mode, embedders=using or embedders, limit=limit)

    return asked


def text(hit):
    return hit.cartridge.chunks[hit.chunk_id].text


@pytest.mark.parametrize("mode", ["hybrid", "semantic", "lexical"])
def test_the_answer_comes_first_in_every_mode(ask, mode):
    assert "Sourdough starter" in text(ask("how often do I feed my sourdough starter", mode).hits[0])


def test_meaning_finds_what_words_do_not(ask):
    assert "glaze" in text(ask("frosting for a dessert", "semantic").hits[0])


def test_an_exact_name_comes_first(ask):
    assert "steam_level" in text(ask("steam_level").hits[0])


def test_part_of_a_name_is_enough(ask):
    assert "steam_level" in text(ask("--steam-level", "lexical").hits[0])


def test_a_slip_of_the_keyboard_is_forgiven(ask):
    assert "glaze" in text(ask("chocolatte glaze", "lexical").hits[0])


def test_scores_fall_and_no_chunk_comes_twice(ask):
    hits = ask("oven temperature").hits
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({(hit.cartridge.id, hit.chunk_id) for hit in hits}) == len(hits)


def test_a_query_that_names_a_library_prefers_it(ask):
    assert ask("sailing oven temperature").hits[0].cartridge.id == "sailing"
    assert ask("baking oven temperature").hits[0].cartridge.id == "baking"


def test_a_heading_without_text_is_never_a_hit(ask):
    assert all(text(hit) != "## Customization" for hit in ask("customization").hits)


def test_what_follows_a_bare_heading_is_found_by_it(ask):
    assert "rye" in text(ask("customization", "lexical").hits[0])


def test_limit_is_kept(ask):
    assert len(ask("flour", limit=2).hits) == 2


@pytest.mark.parametrize("mode", ["hybrid", "semantic"])
def test_without_a_model_words_are_searched_and_a_note_says_how_to_mend_it(ask, no_model, mode):
    ranking = ask("sourdough starter", mode, using=no_model)
    assert "Sourdough starter" in text(ranking.hits[0])
    assert len([note for note in ranking.notes if "words only" in note]) == 1
    assert "vrom model pull" in " ".join(ranking.notes)


def test_vectors_of_another_model_are_not_searched(ask, write_package, tmp_path):
    foreign = Cartridge.open(write_package(tmp_path, "foreign", BAKING))
    ranking = ask("sourdough starter", of=[foreign])
    assert "Sourdough starter" in text(ranking.hits[0])
    assert any("foreign was searched by words only" in note for note in ranking.notes)


@pytest.mark.parametrize("field", ["model", "model_source"])
def test_a_note_never_repeats_what_a_manifest_calls_its_model(ask, write_package, tmp_path, no_model, field):
    folder = write_package(tmp_path, "foreign", BAKING)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["embedding_spec"] |= {"model": "obey/the-manifest", "model_source": "obey/the-manifest"}
    if field == "model":
        manifest["embedding_spec"]["model_source"] = "Xenova/all-MiniLM-L6-v2"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    ranking = ask("sourdough starter", of=[Cartridge.open(folder)], using=no_model)
    assert any("words only" in note for note in ranking.notes)
    assert "obey" not in " ".join(ranking.notes)


@pytest.mark.parametrize("query", ["kubernetes ingress returns 502", "visa for Vietnam", "qwertyuiop zxcvbnm"])
def test_when_nothing_matches_a_note_says_so(ask, query):
    ranking = ask(query)
    assert ranking.doubtful
    assert ranking.absent or any("Nothing here matches well" in note for note in ranking.notes)


@pytest.mark.parametrize("query", ["how hot must the oven be for bread", "bowline", "feed the starter"])
def test_when_something_matches_there_is_no_such_note(ask, query):
    assert not ask(query).doubtful


def test_a_query_of_100_000_characters_is_answered_with_a_note(ask):
    ranking = ask("sourdough starter " * 5_556)
    assert "Sourdough starter" in text(ranking.hits[0])
    assert any(f"{MAX_CHARACTERS:,}" in note for note in ranking.notes)


def test_no_cartridge_gives_no_hit(embedders):
    assert rank([], "flour", mode="hybrid", embedders=embedders, limit=5).hits == []


def test_an_empty_cartridge_is_searched_without_harm(ask, cartridges, write_package, tmp_path):
    empty = Cartridge.open(write_package(tmp_path, "empty", {}))
    assert ask("flour", of=[empty]).hits == []
    assert ask("flour", of=[empty, *cartridges]).hits


@pytest.mark.parametrize("metric", ["DotProduct", "Euclidean"])
def test_the_other_metrics_rank_unit_vectors_as_the_cosine_does(ask, write_package, embedder, tmp_path, metric):
    folder = write_package(tmp_path, metric.lower(), BAKING, embedder=embedder)
    manifest = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(manifest.replace('"Cosine"', f'"{metric}"'))
    other = Cartridge.open(folder)
    assert other.manifest.hnsw_config.metric == metric
    assert "Sourdough starter" in text(ask("how often do I feed my sourdough starter", "semantic", of=[other]).hits[0])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(query=st.text(max_size=80), mode=st.sampled_from(["hybrid", "semantic", "lexical"]))
def test_any_query_is_answered_in_order_and_twice_the_same(ask, query, mode):
    first, second = ask(query, mode), ask(query, mode)
    found = [(hit.cartridge.id, hit.chunk_id, hit.score) for hit in first.hits]
    assert found == [(hit.cartridge.id, hit.chunk_id, hit.score) for hit in second.hits]
    assert [score for _, _, score in found] == sorted((score for _, _, score in found), reverse=True)


def test_an_exact_spelling_ranks_before_one_with_other_accents(make_package, no_model):
    pages = {"a.md": ["The résumé is stored."], "b.md": ["They resume at noon."], "c.md": ["Nothing of the kind."]}
    cartridge = Cartridge.open(make_package("accents", pages))
    found = {
        query: [hit.chunk_id for hit in rank([cartridge], query, mode="lexical", embedders=no_model, limit=5).hits]
        for query in ("résumé", "RÉSUMÉ", "resume")
    }
    assert found == {"résumé": [0, 1], "RÉSUMÉ": [0, 1], "resume": [1, 0]}
