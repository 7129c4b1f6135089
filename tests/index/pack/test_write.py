"""A packed package gives the answers of the unpacked one, and is never taken for another."""

import json
import shutil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vrom.errors import PackageError
from vrom.format.companions import declared_companions
from vrom.format.manifest import read_manifest
from vrom.format.read import read_package
from vrom.index.cartridge import Cartridge
from vrom.index.pack.write import pack, write_packed
from vrom.search.rank import rank
from vrom.storage.array_file import open_arrays, save_arrays

PAGES = {
    "bread.md": ["# Bread\n\nBake bread with flour and time.", "## Starter\n\nFeed the starter with flour every day."],
    "knots.md": ["# Knots\n\nKnots for sailors.", "## Bowline\n\nThe bowline makes a loop that never slips."],
}

pytestmark = pytest.mark.usefixtures("every_file_is_old")


@pytest.fixture
def folder(make_package):
    return make_package("docs", PAGES)


@pytest.fixture
def packed(folder):
    pack(folder)
    return folder


def answers(cartridge, embedders, mode="lexical"):
    queries = ["feed the starter", "bowline", "bred with flour", "never slips"]
    rankings = [rank([cartridge], query, mode=mode, embedders=embedders, limit=10) for query in queries]
    return [[(hit.chunk_id, hit.score) for hit in ranking.hits] for ranking in rankings]


@pytest.fixture(scope="module")
def embedders(model_home):
    from vrom.embedding.loaded_models import Embedders
    from vrom.embedding.model_store import ModelStore

    return Embedders(ModelStore(model_home / "models"))


class TestPacking:
    def test_the_files_that_were_there_stay_and_companions_are_declared(self, folder):
        before = (folder / "index.json").read_bytes()
        (folder / "pulled.json").write_text("{}")
        pack(folder)
        assert {file.name for file in folder.iterdir()} == {
            "manifest.json", "index.json", "contents.bin", "words.bin", "pulled.json"
        }  # fmt: skip
        assert (folder / "index.json").read_bytes() == before
        declared = declared_companions(read_manifest(folder))
        assert {name: one.bytes for name, one in declared.files.items()} == {
            "contents": (folder / "contents.bin").stat().st_size,
            "words": (folder / "words.bin").stat().st_size,
        }

    def test_twice_gives_the_same_bytes(self, packed):
        before = {file.name: file.read_bytes() for file in packed.iterdir()}
        pack(packed)
        assert {file.name: file.read_bytes() for file in packed.iterdir()} == before

    def test_a_large_package_carries_its_graph(self, folder, monkeypatch, embedders):
        monkeypatch.setattr("vrom.index.pack.write.EXACT_UP_TO", 1)
        monkeypatch.setattr("vrom.index.dense.dense_index.EXACT_UP_TO", 1)
        pack(folder)
        monkeypatch.setattr("vrom.index.dense.hnsw.build_graph", None)
        opened = Cartridge.open(folder)
        assert len(opened.dense.graph) == 4
        assert opened.dense.nearest(opened.dense.vectors[2], 1)[0].tolist() == [2]

    def test_a_graph_that_is_not_sound_is_passed_over(self, folder, tmp_path, monkeypatch):
        monkeypatch.setattr("vrom.index.pack.write.EXACT_UP_TO", 1)
        monkeypatch.setattr("vrom.index.dense.dense_index.EXACT_UP_TO", 1)
        pack(folder)
        raw = bytearray((folder / "graph.usearch").read_bytes())
        raw[-4:] = b"\xff" * 4  # where the last node may have a link
        raw[8 + 4 * 384] ^= 1
        (folder / "graph.usearch").unlink()
        (folder / "graph.usearch").write_bytes(bytes(raw))
        opened = Cartridge.open(folder, tmp_path / "cache")
        assert opened.dense.nearest(opened.dense.vectors[2], 1)[0].tolist() == [2]
        assert (tmp_path / "cache" / opened.digest[:32] / "graph-1.usearch").exists()

    def test_a_folder_with_other_things_is_left_alone(self, folder):
        (folder / "notes.txt").write_text("mine")
        with pytest.raises(PackageError, match=r"notes\.txt"):
            pack(folder)
        assert not (folder / "contents.bin").exists()

    def test_a_failure_leaves_the_folder_as_it_was(self, folder, monkeypatch):
        before = {file.name: file.read_bytes() for file in folder.iterdir()}
        monkeypatch.setattr("vrom.index.pack.write.lexical_arrays", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            pack(folder)
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
        assert [path.name for path in folder.parent.iterdir()] == ["docs"]


class TestOpening:
    def test_a_packed_package_is_opened_without_its_index(self, packed, tmp_path, monkeypatch, forbid_reading):
        forbid_reading()
        monkeypatch.setattr("vrom.index.lexical.bm25.lexical_arrays", None)
        opened = Cartridge.open(packed, tmp_path / "cache")
        assert opened.lexical.document_frequency("flour") == 2
        assert not opened.vectors.flags.owndata

    @pytest.mark.parametrize("mode", ["lexical", "hybrid", "semantic"])
    def test_it_gives_the_same_answers(self, make_package, embedder, embedders, mode):
        folder = make_package("docs", PAGES, embedder=embedder)
        before = answers(Cartridge.open(folder), embedders, mode)
        pack(folder)
        assert answers(Cartridge.open(folder), embedders, mode) == before
        assert any(before)

    def test_without_index_json_it_gives_the_same_answers(self, folder, packed, embedders, tmp_path):
        whole = answers(Cartridge.open(packed), embedders)
        (packed / "index.json").unlink()
        assert answers(Cartridge.open(packed), embedders) == whole

    def test_a_package_of_companions_alone_can_be_written(self, folder, tmp_path, embedders):
        package = read_package(folder)
        write_packed(tmp_path / "alone" / "docs", package.manifest, package.vectors, package.chunks)
        alone = Cartridge.open(tmp_path / "alone" / "docs")
        assert list(alone.chunks) == list(package.chunks)
        assert answers(alone, embedders) == answers(Cartridge.open(folder), embedders)

    def test_index_json_is_hashed_once(self, packed, tmp_path, monkeypatch):
        Cartridge.open(packed, tmp_path / "cache")
        monkeypatch.setattr("vrom.index.contents.read_bytes", lambda *_: pytest.fail("index.json was read again"))
        Cartridge.open(packed, tmp_path / "cache")

    def test_no_two_packages_share_what_is_kept(self, packed, make_package, tmp_path):
        """A manifest may claim any digest; what is made from its files must never serve another package."""
        shutil.copytree(packed, tmp_path / "other")
        one, other = (Cartridge.open(folder, tmp_path / "cache") for folder in (packed, tmp_path / "other"))
        assert one.digest != other.digest


def test_words_that_are_cut_otherwise_by_now_are_indexed_anew(packed, tmp_path, monkeypatch):
    monkeypatch.setattr("vrom.index.contents.LEXICAL_VERSION", 99)
    opened = Cartridge.open(packed, tmp_path / "cache")
    assert opened.lexical.document_frequency("flour") == 2
    assert [file.name for file in (tmp_path / "cache" / opened.digest[:32]).glob("words-*.bin")]


def index_edited(folder):
    file = folder / "index.json"
    raw = file.read_text().replace("never slips", "never slops")
    file.unlink()
    file.write_text(raw)


def contents_of_another(folder):
    found = open_arrays(folder / "contents.bin")
    save_arrays(folder / "contents.bin", found.arrays, found.about | {"corpus_hash": "0" * 16})


def words_of_another(folder):
    found = open_arrays(folder / "words.bin")
    save_arrays(folder / "words.bin", found.arrays, {"contents": "0" * 64})


def words_missing(folder):
    (folder / "words.bin").unlink()


def contents_cut_off(folder):
    raw = (folder / "contents.bin").read_bytes()
    (folder / "contents.bin").unlink()
    (folder / "contents.bin").write_bytes(raw[:-64])


def an_array_missing(folder):
    found = open_arrays(folder / "contents.bin")
    arrays = {name: array for name, array in found.arrays.items() if name != "page_of"}
    save_arrays(folder / "contents.bin", arrays, found.about)
    redeclared(folder)


def pages_beyond_all_pages(folder):
    found = open_arrays(folder / "contents.bin")
    save_arrays(folder / "contents.bin", {**found.arrays, "page_of": np.full(4, 99, dtype=np.int32)}, found.about)
    redeclared(folder)


def words_too_short(folder):
    found = open_arrays(folder / "words.bin")
    save_arrays(folder / "words.bin", {**found.arrays, "chunk_units": found.arrays["chunk_units"][:-1]}, found.about)
    redeclared(folder)


def redeclared(folder):
    """Sizes as they are, so that a stranger's lie is complete."""
    manifest = json.loads((folder / "manifest.json").read_text())
    for one in ("contents", "words"):
        manifest["companions"][one]["bytes"] = (folder / manifest["companions"][one]["file"]).stat().st_size
    (folder / "manifest.json").write_text(json.dumps(manifest))


def a_name_outside(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["companions"]["words"]["file"] = "../words.bin"
    (folder / "manifest.json").write_text(json.dumps(manifest))


STALE = [
    index_edited, contents_of_another, words_of_another, words_missing, contents_cut_off, an_array_missing,
    pages_beyond_all_pages, words_too_short, a_name_outside,
]  # fmt: skip


@pytest.mark.parametrize("damage", STALE)
def test_companions_that_do_not_belong_are_passed_over(packed, damage):
    damage(packed)
    opened = Cartridge.open(packed)
    assert list(opened.chunks) == list(read_package(packed).chunks)
    assert opened.lexical.document_frequency("flour") == 2


@pytest.mark.parametrize("damage", [one for one in STALE if one is not index_edited])
def test_where_there_is_nothing_else_the_package_is_refused(packed, damage):
    (packed / "index.json").unlink()
    damage(packed)
    with pytest.raises(PackageError):
        Cartridge.open(packed)


@pytest.mark.parametrize("declared", [None, 3, [], {}, {"version": 2}, {"version": 1, "contents": {"file": "x"}}])
def test_what_is_declared_in_another_way_is_ignored(packed, declared):
    manifest = json.loads((packed / "manifest.json").read_text()) | {"companions": declared}
    (packed / "manifest.json").write_text(json.dumps(manifest))
    assert len(Cartridge.open(packed).chunks) == 4


WORDS = st.lists(st.sampled_from(["one", "two", "three", "four", "#", "##", "`x_y`"]), max_size=8)
TEXTS = st.lists(WORDS, min_size=1, max_size=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(documents=st.dictionaries(st.sampled_from(["a.md", "b.md", "c.md"]), TEXTS, max_size=3))
def test_any_package_packed_gives_the_same_answers(documents, write_package, tmp_path_factory, embedders):
    root = tmp_path_factory.mktemp("pages")
    folder = write_package(
        root, "docs", {name: [" ".join(words) for words in texts] for name, texts in documents.items()}
    )

    def asked(cartridge):
        found = [rank([cartridge], query, mode="lexical", embedders=embedders, limit=9) for query in ("one", "two x_y")]
        return [[(hit.chunk_id, hit.score, hit.cartridge.chunks[hit.chunk_id]) for hit in one.hits] for one in found]

    before = asked(Cartridge.open(folder))
    pack(folder)
    assert asked(Cartridge.open(folder)) == before
