"""Cartridges of a database beside local ones, as tools see them."""

import asyncio
import json

import pytest
from mcp.client import Client
from mcp.types import PromptReference, ResourceTemplateReference

from vrom.answers.cartridges.listing import list_cartridges
from vrom.answers.context import get_chunk_context
from vrom.answers.read_document import read_document, table_of_contents
from vrom.answers.search import search_docs
from vrom.app.http.health import Readiness
from vrom.app.http.metrics import Metrics
from vrom.app.server import create_server
from vrom.errors import InvalidArgumentError, NotFoundError, StoreUnavailableError
from vrom.index.cartridge import Cartridge
from vrom.library.stored import VISIBLE, StoredMounts
from vrom.store.breaker import UNREACHABLE
from vrom.store.connect import open_store as open_store_at

QUERY = "Why does a glaze crawl?"


@pytest.fixture
def local(make_package, embedder):
    pages = {"sail.md": ["# Sail\n\nWipe the deck first.", "## Five knots\n\nFive knots every sailor ties."]}
    return make_package("sailing", pages, embedder=embedder).parent


@pytest.fixture
def make_library(library_of):
    def make(root, store):
        return library_of(root, stored=StoredMounts(store))

    return make


@pytest.fixture
def library(make_library, store, local):
    return make_library(local, store)


def see(*spaces):
    return VISIBLE.set(frozenset(spaces))


def test_every_tool_answers_as_if_the_cartridge_were_local(library, library_of, local, cartridge):
    together = library_of(local, cartridge.folder)
    for options in ({}, {"top_k": 2, "context_window": 1}, {"mode": "lexical"}, {"max_tokens": 300}):
        assert search_docs(library, QUERY, **options) == search_docs(together, QUERY, **options)
    first = search_docs(library, QUERY, top_k=1)
    assert first.next_cursor
    assert search_docs(library, QUERY, top_k=1, cursor=first.next_cursor) == search_docs(
        together, QUERY, top_k=1, cursor=first.next_cursor
    )
    for answer in (
        lambda one: get_chunk_context(one, "pottery", 1),
        lambda one: read_document(one, "pottery", "glaze.md", "Crawling"),
        lambda one: table_of_contents(one, "pottery"),
        list_cartridges,
    ):
        assert answer(library) == answer(together)


def test_the_same_cartridge_here_is_the_one_that_its_id_means(library, cartridge, write_package, embedder, local):
    write_package(local, "pottery", {"own.md": ["# Own\n\nOur own kiln."]}, embedder=embedder, version="0.1")
    library.refresh(force=True)
    assert library.mount("pottery").version == "0.1"
    assert library.mount("pottery@1.0.0").is_stored


def test_a_cursor_of_one_server_is_good_at_another_until_the_cartridge_changes(
    library, make_library, open_store, writer, write_package, embedder, local, tmp_path
):
    other = make_library(local, open_store())
    first = search_docs(library, QUERY, top_k=1)
    second = search_docs(other, QUERY, top_k=1, cursor=first.next_cursor)
    assert {one.chunk_id for one in second.results}.isdisjoint(one.chunk_id for one in first.results)
    pages = {"kiln.md": ["# Kiln\n\nA glaze crawls in a kiln of another kind."]}
    writer.load(Cartridge.open(write_package(tmp_path / "new", "pottery", pages, embedder=embedder)))
    library.stored._catalogue.look()
    with pytest.raises(InvalidArgumentError, match="changed"):
        search_docs(library, QUERY, top_k=1, cursor=first.next_cursor)


def test_what_is_unloaded_is_gone(library, store, writer):
    writer.unload("pottery")
    store.look()
    with pytest.raises(NotFoundError):
        search_docs(library, QUERY, ["pottery"])


def test_a_store_that_cannot_be_reached_leaves_the_local_cartridges_and_a_note(library, store, forget):
    search_docs(library, "five knots")
    store.engine.breaker.trip(UNREACHABLE, "for a test", float("inf"))
    forget(store)
    answer = search_docs(library, "five knots")
    assert answer.results[0].cartridge == "sailing"
    assert "The store can't be reached: 1 cartridge was not searched." in answer.notes
    with pytest.raises(StoreUnavailableError):
        search_docs(library, QUERY, ["pottery"])
    with pytest.raises(StoreUnavailableError):
        read_document(library, "pottery", "kiln.md")


def test_a_store_that_never_was_reached_is_said_so(make_library, local, engine):
    schemes = {"postgres": "postgresql", "milvus": "milvus"}
    pytest.importorskip({"postgres": "psycopg", "milvus": "pymilvus"}[engine])
    store = open_store_at(f"{schemes[engine]}://127.0.0.1:1/none")
    library = make_library(local, store)
    answer = search_docs(library, "five knots")
    assert answer.results
    assert "The store can't be reached. Its cartridges were not searched." in answer.notes
    with pytest.raises(NotFoundError, match="can't be reached"):
        search_docs(library, QUERY, ["pottery"])
    store.engine.close()


def test_probes_and_metrics_tell_whether_the_store_is_reachable(library, store, tmp_path, make_library):
    library.mounts()
    assert status_of(library) == (503, {"status": "opening", "cartridges": 2, "broken": 0, "store": "reachable"})
    assert "vrom_store_up 1.0" in metrics_of(library)
    store.engine.breaker.problem = UNREACHABLE
    assert status_of(library)[1]["store"] == "unreachable"
    assert "vrom_store_up 0.0" in metrics_of(library)
    only_stored = make_library(tmp_path / "nothing", store)
    assert status_of(only_stored) == (
        503, {"status": "store unreachable", "cartridges": 1, "broken": 0, "store": "unreachable"}
    )  # fmt: skip


def test_a_server_whose_cartridges_are_all_for_some_tokens_can_be_ready(
    make_library, store, writer, cartridge, tmp_path
):
    writer.load(cartridge, "team")
    writer.unload("pottery")
    store.look()
    library = make_library(tmp_path / "nothing", store)
    library.stored.everybody = frozenset({"public"})
    readiness = Readiness(library)
    readiness._open()
    answer = asyncio.run(readiness.readyz(None))
    assert answer.status_code == 200
    assert json.loads(answer.body)["cartridges"] == 0  # those that everybody sees


def status_of(library):
    answer = asyncio.run(Readiness(library).readyz(None))
    return answer.status_code, json.loads(answer.body)


def metrics_of(library):
    return asyncio.run(Metrics(library).page(None)).body.decode()


def test_a_caller_sees_the_cartridges_of_its_spaces_only(library, store, writer, write_package, embedder, tmp_path):
    pages = {"plan.md": ["# Plan\n\nThe zirconia plan of the team."]}
    secret = Cartridge.open(write_package(tmp_path / "secret", "plans", pages, embedder=embedder))
    newer = Cartridge.open(write_package(tmp_path / "newer", "pottery", pages, embedder=embedder, version="2.0.0"))
    writer.load(secret, "team")
    writer.load(newer, "team")
    store.look()
    token = see("public")
    try:
        assert [mount.name for mount in library.mounts(every_version=True)] == ["sailing", "pottery"]
        assert library.mount("pottery").version == "1.0.0"
        hidden = search_docs(library, "zirconia plan")
        assert '"zirconia"' in " ".join(hidden.notes)  # its frequency is of visible cartridges
        assert {one.cartridge for one in hidden.results} <= {"sailing", "pottery"}
        with pytest.raises(NotFoundError) as refused:
            search_docs(library, QUERY, ["plans"])
        assert "team" not in str(refused.value)
        assert "plans" not in str(refused.value).replace("'plans'", "", 1)
        assert "2.0.0" not in str(list_cartridges(library))
        VISIBLE.set(frozenset({"public", "team"}))
        assert library.mount("pottery").version == "2.0.0"
        assert search_docs(library, "zirconia plan").results[0].cartridge in {"plans", "pottery"}
    finally:
        VISIBLE.reset(token)


def test_completion_has_what_the_caller_sees(library, store, writer, write_package, embedder, tmp_path):
    pages = {"plan.md": ["# Plan\n\nThe zirconia plan of the team.", "## Zirconia.price(kilo)\n\nCosts of a kilo."]}
    writer.load(Cartridge.open(write_package(tmp_path / "secret", "plans", pages, embedder=embedder)), "team")
    store.look()
    server = create_server(library, warm=False)

    async def completed():
        async with Client(server) as client:
            template = ResourceTemplateReference(uri="vrom://{cartridge}/{+path}#{heading}")
            prompt = PromptReference(name="look_up")
            found = {}
            for name in ("cartridge", "path", "heading", "chunk_id"):
                for chosen in ("", "plans", "plans@1.0.0", "pottery"):
                    given = {"cartridge": chosen} if chosen else {}
                    answer = await client.complete(template, {"name": name, "value": ""}, given)
                    found[name, chosen] = answer.completion.values
            answer = await client.complete(prompt, {"name": "question", "value": "price"})
            return found | {("question", ""): answer.completion.values}

    answers = {}
    for spaces in (("public",), ("public", "team")):
        token = see(*spaces)
        try:
            answers[spaces] = asyncio.run(completed())
        finally:
            VISIBLE.reset(token)
    guest, member = answers.values()
    assert guest["cartridge", ""] == ["sailing", "pottery"]
    assert guest["path", "pottery"] == member["path", "pottery"] != []
    for name in ("path", "heading", "chunk_id"):
        assert guest[name, "plans"] == guest[name, "plans@1.0.0"] == []
    for trace in ("plan", "Plan", "price"):
        assert trace not in str(guest.values())
    assert set(member["cartridge", ""]) == {"sailing", "pottery", "plans"}
    assert member["path", "plans"] == ["plan.md"]
    assert "Zirconia.price(kilo)" in member["heading", "plans"]
    assert any("price" in name for name in member["question", ""])
    assert member["chunk_id", "plans"] == ["0", "1"]


class TestChoice:
    """With many cartridges a question goes to those that fit it best, wherever they are."""

    @pytest.fixture
    def library(self, library, writer, store, write_package, embedder, tmp_path, monkeypatch):
        monkeypatch.setattr("vrom.library.library.SEARCHED", 1)
        pages = {"plan.md": ["# Plan\n\nThe zirconia plan of the team: heat it slowly."]}
        secret = Cartridge.open(write_package(tmp_path / "secret", "plans", pages, embedder=embedder))
        writer.load(secret, "team")
        store.look()
        library.learn_contents()
        return library

    def chosen(self, library, question):
        return [mount.id for mount in library.select(None, question).mounts]

    def test_stored_and_local_ones_are_chosen_by_what_they_contain(self, library):
        assert self.chosen(library, "why does a glaze crawl") == ["pottery"]
        assert self.chosen(library, "which knots does a sailor tie") == ["sailing"]
        assert self.chosen(library, "zirconia") == ["plans"]

    def test_stored_ones_are_chosen_by_meaning_too(self, library, store, cartridge):
        (entry,) = (one for one in store.catalogue() if one.manifest.vrom_id == "pottery")
        assert store.centres(entry) == pytest.approx(cartridge.document_centres, abs=1e-3)
        for segment in library.choice.segments:
            assert all(len(centres.rows) for centres in segment.centres.values())
        stored = {mount.key for mount in library.mounts() if mount.is_stored}
        rows = {key for segment in library.choice.segments for key in segment.keys.tolist() if key in stored}
        assert rows == stored

    def test_a_caller_is_sent_to_no_cartridge_of_another_space(self, library):
        token = see("public")
        try:
            assert "plans" not in self.chosen(library, "the zirconia plan of the team")
        finally:
            VISIBLE.reset(token)

    def test_another_server_of_this_machine_reads_nothing(self, library, make_library, local, open_store, monkeypatch):
        other = make_library(local, open_store())
        monkeypatch.setattr(StoredMounts, "profile", lambda *_: pytest.fail("a cartridge was read"))
        other.learn_contents()
        assert self.chosen(other, "why does a glaze crawl") == ["pottery"]
