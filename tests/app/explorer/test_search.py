"""Search as an agent gets it."""

import html
import re

import pytest

from vrom.answers.render import render
from vrom.answers.search import search_docs
from vrom.app.explorer.view.explain import explain
from vrom.search.rank import rank

MODES = ["hybrid", "semantic", "lexical"]


@pytest.fixture
def cartridge(library_of, make_package, embedder):
    documents = {
        f"{name}.md": [
            f"# {name}\n\nThe {name} is {what}.",
            f"## Care\n\nClean the {name} with water.",
            "## Care\n\nOften.",
        ]
        for name, what in {"kettle": "for water", "oven": "for bread", "lamp": "for light", "history": "old"}.items()
    }
    documents["api.md"] = ["# Switches\n\nOf all devices.", "## `dim_light(slowly=False)`\n\nDims it."]
    library = library_of(make_package("kitchen", documents, embedder=embedder).parent)
    return library, library.open("kitchen")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("query", ["how do I clean the kettle", "oven", "kitchen lamp", "watr for bred", "dim_light"])
def test_the_explained_hits_are_those_of_the_ranking_and_scores_are_sums(cartridge, mode, query):
    library, opened = cartridge
    ranking = rank([opened], query, mode=mode, embedders=library.embedders, limit=20)
    explained = explain(ranking, 20)
    assert [one.hit for one in explained] == ranking.hits
    for one in explained:
        assert sum(part.value for part in one.contributions) == pytest.approx(one.hit.score, abs=0.006)


def test_a_definition_says_that_it_is_one(cartridge):
    library, opened = cartridge
    first = explain(rank([opened], "dim_light", mode="hybrid", embedders=library.embedders, limit=20), 1)[0]
    assert [part.name for part in first.contributions] == ["definition"]


@pytest.mark.parametrize("mode", MODES)
def test_the_page_shows_exactly_what_the_tool_answers(cartridge, client_of, mode):
    library, opened = cartridge
    client = client_of(opened.folder.parent)
    query = {"q": "how do I clean the oven", "mode": mode, "top_k": "2", "budget": "300"}
    shown = re.search(
        r'<pre class="exact-text"[^>]*>(.*?)</pre>', client.get("/explorer/search", params=query).text, re.DOTALL
    )
    answer = search_docs(library, query["q"], mode=mode, top_k=2, max_tokens=300)
    assert shown
    assert html.unescape(shown[1]) == render(answer, "markdown")


def test_in_lexical_mode_nothing_is_embedded_to_choose_among_cartridges_either(client_of, make_package, monkeypatch):
    monkeypatch.setattr("vrom.library.library.SEARCHED", 1)
    asked = []
    monkeypatch.setattr("vrom.library.library.Library.embedding_of", lambda _library, _query, mode: asked.append(mode))
    make_package("kettle", {"a.md": ["# Kettle\n\nBoil water."]})
    client = client_of(make_package("oven", {"a.md": ["# Oven\n\nBake bread."]}).parent)
    client.get("/explorer/search?q=oven&mode=lexical")
    assert asked == ["lexical"]


def test_words_that_match_are_marked_and_hits_have_bars(kettle):
    text = kettle.get("/explorer/search?q=lid+of+the+kettle").text
    assert "<mark>lid</mark>" in text
    assert "<mark>of</mark>" not in text
    assert 'class="f words"' in text
    assert "in the answer" in text


def test_two_searches_stand_side_by_side(kettle):
    text = kettle.get("/explorer/search?q=lid&side=1&mode2=lexical&in2=nothing").text
    assert text.count('<section class="column"') == 2
    assert "No cartridge &#39;nothing&#39;" in text, "the problem of one column leaves the other"
    assert 'class="passage"' in text


def test_notes_of_the_answer_are_shown(client_of, make_package, embedder):
    texts = [f"# Part {i}\n\nHow to fill and boil and clean part {i} of the kettle." for i in range(80)]
    client = client_of(make_package("kettle", {"guide.md": texts}, embedder=embedder).parent)
    assert "Not in these pages" in client.get("/explorer/search?q=how+do+I+boil+with+Kubernetes").text


@pytest.mark.parametrize(
    "query", ["?q=", "?q=+", "", "?q=lid&mode=x&top_k=-1&budget=99999999999&in=%00", "?q=%ED%A0%80"]
)
def test_odd_queries_are_answered(kettle, query):
    assert kettle.get(f"/explorer/search{query}").status_code == 200


def test_a_passage_names_the_other_version_that_has_it(client_of, make_package):
    pages = {"kettle.md": ["# Whistle\n\nThe whistle blows when the water boils."]}
    for version in ("1.0", "2.0"):
        root = make_package(f"kettle@{version}", pages, vrom_id="kettle", version=version).parent
    asked = {"q": "whistle", "mode": "lexical", "in": "kettle@1.0, kettle@2.0"}
    found = html.unescape(client_of(root).get("/explorer/search", params=asked).text)
    assert re.search(r'<span class="quiet">same in kettle@[12][.]0</span>', found)
