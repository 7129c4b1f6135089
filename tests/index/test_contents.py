"""A package is read once; after that its contents are maps."""

import json
import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vrom.errors import PackageError
from vrom.format.limits import Limits
from vrom.format.read import read_package
from vrom.index import contents
from vrom.index import fingerprint as known
from vrom.index.cartridge import Cartridge
from vrom.index.contents import Opened, contents_fit, contents_of, open_contents
from vrom.index.lexical import bm25 as lexical
from vrom.index.outline import outline_of

PAGES = {"a.md": ["# A\n\nOne café.", "## B\n\nTwo.", "More of two."], "b.md": ["# C\n\nThree 数据."]}

pytestmark = pytest.mark.usefixtures("every_file_is_old")


@pytest.fixture
def folder(make_package):
    return make_package("docs", PAGES)


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def test_a_second_opening_reads_no_package(folder, cache, forbid_reading):
    first = Cartridge.open(folder, cache)
    forbid_reading()
    second = Cartridge.open(folder, cache)
    assert second.digest == first.digest
    assert list(second.chunks) == list(first.chunks) == list(read_package(folder).chunks)
    assert dict(second.documents) == {"a.md": [0, 1, 2], "b.md": [3]}
    assert not second.vectors.flags.owndata


def test_words_are_indexed_along_with_the_first_opening_and_kept_for_the_next(
    folder, cache, monkeypatch, forbid_reading
):
    words = open_contents(folder, cache).words
    forbid_reading()
    monkeypatch.setattr(lexical, "lexical_arrays", lambda *_: pytest.fail("words were indexed again"))
    opened = Cartridge.open(folder, cache)
    assert opened.lexical.pairs.tolist() == words["pairs"].tolist() != []


def test_words_of_many_chunks_are_indexed_when_they_are_asked_for(folder, cache, monkeypatch):
    monkeypatch.setattr(contents, "BLOCK", 3)
    opened = open_contents(folder, cache)
    assert opened.words is None
    assert Cartridge(folder, opened, cache).lexical.document_frequency("two") == 2


def test_contents_that_are_kept_are_not_made_again(folder, cache, monkeypatch):
    first = open_contents(folder, cache).contents
    monkeypatch.setattr(contents, "known_digest", lambda *_: None)
    monkeypatch.setattr(contents, "lexical_arrays", lambda *_: pytest.fail("made again"))
    again = open_contents(folder, cache).contents
    assert all(np.array_equal(again[name], first[name]) for name in first)


def test_opening_decodes_no_chunk_and_each_is_decoded_once(folder, cache):
    Cartridge.open(folder, cache)
    opened = Cartridge.open(folder, cache)
    assert opened.chunks.decoded == 0
    assert [opened.chunks[2].text, opened.chunks[2].text, opened.chunks[-1].chunk_id] == ["More of two."] * 2 + [3]
    assert opened.chunks.decoded == 2


def edited(folder):
    index = json.loads((folder / "index.json").read_text())
    metadata = json.loads(index["nodes"][0]["metadata"])
    index["nodes"][0]["metadata"] = json.dumps(metadata | {"text": "# A\n\nOne tea!!"})
    (folder / "index.json").write_text(json.dumps(index))


def edited_with_the_old_time(folder):
    stat = (folder / "index.json").stat()
    edited(folder)
    os.utime(folder / "index.json", ns=(stat.st_atime_ns, stat.st_mtime_ns))


def replaced(folder):
    raw = (folder / "index.json").read_text().replace("One caf", "One tea")
    (folder / "other").write_text(raw)
    (folder / "other").replace(folder / "index.json")


@pytest.mark.parametrize("change", [edited, edited_with_the_old_time, replaced])
def test_a_changed_package_is_read_again(folder, cache, change):
    before = Cartridge.open(folder, cache)
    change(folder)
    after = Cartridge.open(folder, cache)
    assert "One tea" in after.chunks[0].text
    assert after.digest != before.digest
    assert "One café" in before.chunks[0].text, "what is open stays as it was"


def test_nothing_is_noted_of_a_file_that_may_still_change_unseen(folder, cache, monkeypatch):
    monkeypatch.setattr(known, "_tick", lambda file: 3_600_000_000_000)
    open_contents(folder, cache)
    assert not (cache / "known").exists()


def test_where_seconds_are_counted_more_time_must_pass():
    whole, fine = 5_000_000_000, 5_000_000_001
    assert known._COARSE_TICK > 2_000_000_000 > known._TICK > 0
    assert whole % 1_000_000_000 == 0 != fine % 1_000_000_000


def test_chunks_that_stand_in_the_second_file_are_part_of_what_is_known(folder, cache):
    index = json.loads((folder / "index.json").read_text())
    chunks = [json.loads(node["metadata"]) for node in index["nodes"]]
    for node in index["nodes"]:
        node["metadata"] = None
    (folder / "index.json").write_text(json.dumps(index))
    (folder / "chunks.json").write_text(json.dumps(chunks))
    before = Cartridge.open(folder, cache)
    chunks[0]["text"] = "other"
    (folder / "chunks.json").write_text(json.dumps(chunks))
    after = Cartridge.open(folder, cache)
    assert (before.chunks[0].text, after.chunks[0].text) == ("# A\n\nOne café.", "other")
    assert before.digest != after.digest


def test_the_bound_holds_for_what_is_known_as_well(folder, cache):
    open_contents(folder, cache)
    with pytest.raises(PackageError, match="more than"):
        open_contents(folder, cache, Limits(file_bytes=100))


def test_another_metric_is_another_index(folder, cache):
    manifest = json.loads((folder / "manifest.json").read_text())
    before = Cartridge.open(folder, cache)
    manifest["hnsw_config"]["metric"] = "Euclidean"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    after = Cartridge.open(folder, cache)
    assert (before.dense.metric, after.dense.metric) == ("Cosine", "Euclidean")
    assert before.digest == after.digest


@pytest.mark.parametrize("kept", [b"", b"nonsense", b'{"digest": 3}', b'{"fingerprint": [], "digest": "../x"}', b"[]"])
def test_a_note_that_is_broken_costs_a_reading_and_nothing_else(folder, cache, kept):
    open_contents(folder, cache)
    (note,) = (cache / "known").iterdir()
    note.write_bytes(kept)
    assert len(Cartridge.open(folder, cache).chunks) == 4


def test_vectors_that_are_no_units_are_kept_beside_their_units(make_package, cache):
    folder = make_package("docs", PAGES)
    index = json.loads((folder / "index.json").read_text())
    for node in index["nodes"]:
        node["vector"] = [2 * x for x in node["vector"]]
    (folder / "index.json").write_text(json.dumps(index))
    opened = Cartridge.open(folder, cache)
    assert np.linalg.norm(opened.vectors, axis=1) == pytest.approx([2] * 4)
    assert np.linalg.norm(opened.dense.vectors, axis=1) == pytest.approx([1] * 4)


def shorter(array):
    return array[:-1]


def pointing_outside(array):
    return np.full_like(array, 2**30)


def pointing_below(array):
    return np.full_like(array, -1)


def of_another_type(array):
    return array.astype("<f8" if array.dtype != np.float64 else "<f4")


def of_two_dimensions(array):
    return array.reshape(1, -1)


@pytest.mark.parametrize("damage", [shorter, of_another_type, of_two_dimensions])
def test_contents_of_the_wrong_form_do_not_fit(folder, damage):
    package = read_package(folder)
    whole = contents_of(package)
    assert contents_fit(whole, package.manifest)
    free = {"chance"} if damage is of_another_type else {"vectors", "page_centres"} & {"vectors"}
    for name in sorted(
        whole.keys() - free - ({"chunk_bytes", "path_bytes", "name_bytes"} if damage is shorter else set())
    ):
        array = whole[name]
        if damage is of_two_dimensions and array.ndim == 2:
            continue
        assert not contents_fit(whole | {name: damage(array)}, package.manifest), name


@pytest.mark.parametrize("damage", [pointing_outside, pointing_below])
@pytest.mark.parametrize(
    "name", ["page_of", "section_of", "section_order", "page_order", "name_order", "section_starts", "page_starts"]
)
def test_contents_that_point_elsewhere_do_not_fit(folder, damage, name):
    package = read_package(folder)
    whole = contents_of(package)
    assert not contents_fit(whole | {name: damage(whole[name])}, package.manifest)


@pytest.mark.parametrize("starts", [[0, 2**40, 2**41], [-5, -4, -3], [2**62, 0, 2**62]])
def test_a_text_outside_the_store_is_an_error_when_it_is_read(folder, starts):
    package = read_package(folder)
    arrays = contents_of(package)
    starts = np.array([*starts, 0, len(arrays["chunk_bytes"])], dtype=np.int64)
    opened = Cartridge(folder, Opened(package.manifest, arrays | {"chunk_starts": starts}, package.digest))
    for i in range(3):
        with pytest.raises(PackageError, match="can't be read"):
            opened.chunks[i]


def test_a_chunk_that_is_another_is_an_error_when_it_is_read(folder):
    package = read_package(folder)
    arrays = contents_of(package)
    swapped = arrays["chunk_bytes"].tobytes().replace(b'"chunk_id": 1', b'"chunk_id": 3')
    arrays |= {"chunk_bytes": np.frombuffer(swapped, dtype=np.uint8)}
    opened = Cartridge(folder, Opened(package.manifest, arrays, package.digest))
    assert opened.chunks[0].chunk_id == 0
    with pytest.raises(PackageError, match="it says that it is chunk 3"):
        opened.chunks[1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(
    documents=st.dictionaries(
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=8),
        st.lists(st.text(st.characters(codec="utf-8"), max_size=30), min_size=1, max_size=4),
        max_size=5,
    )
)
def test_what_is_mapped_is_what_was_read(documents, write_package, tmp_path_factory):
    root = tmp_path_factory.mktemp("pages")
    folder = write_package(root, "docs", documents)
    package = read_package(folder)
    Cartridge.open(folder, root / "cache")
    opened = Cartridge.open(folder, root / "cache")
    assert list(opened.chunks) == list(package.chunks)
    assert list(opened.documents) == list(documents)
    assert all(
        name in opened.documents and name + "x" not in opened.documents
        for name in documents
        if name + "x" not in documents
    )
    assert opened.outline.paths[:] == outline_of(package.chunks, dict(opened.documents)).paths[:]
    assert np.array_equal(opened.vectors, package.vectors)
