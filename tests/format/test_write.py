"""Writing a package: what other readers need is there, in the form they need, and nothing is ever half written."""

import hashlib
import json
import os
import re
import shutil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vrom.errors import PackageError
from vrom.format.models import Chunk, HnswConfig, corpus_hash
from vrom.format.read import Graph, read_chunks, read_manifest, read_package
from vrom.format.write import ensure_replaceable, write_package


@pytest.fixture
def read(package):
    return read_package(package)


def write(folder, read, **changed):
    parts = {"manifest": read.manifest, "vectors": read.vectors, "chunks": read.chunks, "graph": read.graph}
    write_package(folder, **(parts | changed))


def test_what_is_written_is_read_back(read, tmp_path):
    write(tmp_path / "copy", read)
    again = read_package(tmp_path / "copy")
    assert again.manifest == read.manifest.model_copy(update={"sha256": again.manifest.sha256})
    assert (again.vectors == read.vectors).all()
    assert again.chunks == read.chunks
    assert again.graph == read.graph


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    vectors=arrays.arrays(np.float32, (6, 384), elements=st.floats(width=32, allow_nan=False, allow_infinity=False)),
    texts=st.lists(st.text(st.characters(codec="utf-8")), min_size=6, max_size=6),
)
def test_every_number_and_every_text_survives(read, tmp_path, vectors, texts):
    chunks = [chunk.model_copy(update={"text": text}) for chunk, text in zip(read.chunks, texts, strict=True)]
    write(tmp_path / "copy", read, vectors=vectors, chunks=chunks)
    again = read_package(tmp_path / "copy")
    assert again.vectors.tobytes() == vectors.tobytes()
    assert [chunk.text for chunk in again.chunks] == texts
    assert [chunk.text for chunk in read_chunks(tmp_path / "copy", again.manifest)] == texts


def test_the_engine_finds_every_key_that_it_requires(read, tmp_path):
    """serde refuses a file that lacks one of these, or has another type."""
    write(tmp_path / "copy", read)
    index = json.loads((tmp_path / "copy" / "index.json").read_text())
    config = {
        "m": int,
        "m_max0": int,
        "ef_construction": int,
        "ef_search": int,
        "level_multiplier": float,
        "metric": str,
    }
    assert {key: type(value) for key, value in index["config"].items()} == config
    assert [type(index[key]) for key in ("nodes", "entry_point", "max_layer", "dim")] == [list, int, int, int]
    for node in index["nodes"]:
        assert list(node) == ["vector", "neighbors", "max_layer", "metadata"]
        assert {type(value) for value in node["vector"]} == {float}
        assert node["max_layer"] == len(node["neighbors"]) - 1
        assert type(node["metadata"]) is str


def test_the_browser_finds_everything_in_the_metadata(read, tmp_path):
    chunk = Chunk(chunk_id=0, text="T", heading_path=("A", "B"), char_start=3, char_end=4, doc_title="A", url="u")
    write(tmp_path / "copy", read, chunks=[chunk, *read.chunks[1:]])
    index = json.loads((tmp_path / "copy" / "index.json").read_text())
    assert json.loads(index["nodes"][0]["metadata"]) == {
        "chunk_id": 0, "text": "T", "source_file": "", "section_heading": "", "prev_chunk_id": None,
        "next_chunk_id": None, "url": "u", "doc_title": "A", "heading_path": ["A", "B"], "char_start": 3, "char_end": 4,
    }  # fmt: skip


def test_keys_that_only_some_readers_know_are_kept_in_both_lists(read, tmp_path):
    chunk = Chunk.model_validate(read.chunks[0].model_dump() | {"also_in": ["b.md"], "lead": 2})
    write(tmp_path / "copy", read, chunks=[chunk, *read.chunks[1:]])
    again = read_package(tmp_path / "copy")
    for kept in (again.chunks[0], read_chunks(tmp_path / "copy", again.manifest)[0]):
        assert (kept.model_extra["also_in"], kept.lead) == (["b.md"], 2)


def test_chunks_have_every_key_of_the_format(read, tmp_path):
    write(tmp_path / "copy", read)
    first = json.loads((tmp_path / "copy" / "chunks.json").read_text())[0]
    assert list(first) == [
        "chunk_id", "text", "source_file", "section_heading", "char_start", "char_end", "token_estimate",
        "prev_chunk_id", "next_chunk_id", "url", "doc_title",
    ]  # fmt: skip
    assert first["token_estimate"] == len(first["text"]) // 4


def test_the_manifest_has_every_key_of_the_format(read, tmp_path):
    write(tmp_path / "copy", read)
    written = json.loads((tmp_path / "copy" / "manifest.json").read_text())
    assert written["files"] == {"index": "index.json", "chunks": "chunks.json", "manifest": "manifest.json"}
    assert written["chunk_strategy"]["linked_list_pointers"] is True
    assert written["corpus_hash"] == corpus_hash(chunk.text for chunk in read.chunks)
    assert "model_source" not in written["embedding_spec"], "what isn't known isn't written as null"


def test_the_manifest_has_the_digests_of_the_other_files(read, tmp_path):
    write(tmp_path / "copy", read)
    digests = read_manifest(tmp_path / "copy").sha256
    for name in ("index", "chunks"):
        content = (tmp_path / "copy" / f"{name}.json").read_bytes()
        assert getattr(digests, name) == hashlib.sha256(content).hexdigest()


def test_numbers_are_no_longer_than_float32_needs(read, tmp_path):
    vectors = np.random.default_rng(1).standard_normal((6, 384)).astype(np.float32)
    write(tmp_path / "copy", read, vectors=vectors)
    text = (tmp_path / "copy" / "index.json").read_text()
    printed = re.search(r'"vector":\[([^]]*)\]', text)[1].split(",")
    shortest = [np.format_float_scientific(value, unique=True, trim="-") for value in vectors[0]]
    assert [significant(one) for one in printed] == [significant(one) for one in shortest]


def significant(number: str) -> str:
    return number.split("e")[0].replace("-", "").replace(".", "").strip("0")


def test_the_same_input_gives_the_same_bytes(read, tmp_path):
    write(tmp_path / "one", read)
    write(tmp_path / "two", read, vectors=np.asfortranarray(read.vectors))
    for name in ("index.json", "chunks.json", "manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_an_empty_package_is_written_and_read(read, tmp_path):
    empty = Graph(HnswConfig(), [], entry_point=None, max_layer=0)
    write(tmp_path / "copy", read, vectors=read.vectors[:0], chunks=[], graph=empty)
    again = read_package(tmp_path / "copy")
    assert again.vectors.shape == (0, 384)
    assert read_chunks(tmp_path / "copy", again.manifest) == []


def test_others_may_read_what_is_written(read, tmp_path):
    write(tmp_path / "copy", read)
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o777 & ~mask
    assert (tmp_path / "copy" / "index.json").stat().st_mode & 0o777 == 0o666 & ~mask


class TestWhatIsThereAlready:
    def test_an_older_package_gives_way(self, read, package):
        write(package, read, manifest=read.manifest.model_copy(update={"version": "2.0.0"}))
        assert read_manifest(package).version == "2.0.0"
        assert [entry.name for entry in package.parent.iterdir()] == ["guide"], "nothing is left beside it"

    def test_an_empty_folder_is_taken(self, read, tmp_path):
        (tmp_path / "copy").mkdir()
        write(tmp_path / "copy", read)
        assert read_manifest(tmp_path / "copy").version == "1.0.0"

    def test_missing_folders_above_it_are_made(self, read, tmp_path):
        write(tmp_path / "a" / "b" / "copy", read)
        assert read_manifest(tmp_path / "a" / "b" / "copy").version == "1.0.0"

    def test_a_link_goes_on_leading_to_the_package(self, read, package, tmp_path):
        (tmp_path / "link").symlink_to(package)
        write(tmp_path / "link", read, manifest=read.manifest.model_copy(update={"version": "2.0.0"}))
        assert (tmp_path / "link").is_symlink()
        assert read_manifest(package).version == "2.0.0"

    def test_a_folder_that_holds_anything_else_is_left_alone(self, read, tmp_path):
        (tmp_path / "project").mkdir()
        (tmp_path / "project" / "thesis.tex").write_text("years of work")
        with pytest.raises(PackageError, match=r"holds other things than a package \(thesis.tex\)"):
            write(tmp_path / "project", read)
        assert (tmp_path / "project" / "thesis.tex").read_text() == "years of work"

    def test_a_package_with_something_beside_it_is_left_alone(self, package):
        for name in ("a", "b", "c", "d"):
            (package / name).mkdir()
        with pytest.raises(PackageError, match=r"\(a, b, c, …\)"):
            ensure_replaceable(package)

    def test_a_file_is_left_alone(self, read, tmp_path):
        (tmp_path / "file").write_text("text")
        with pytest.raises(PackageError, match="is a file, expected a folder"):
            write(tmp_path / "file", read)

    def test_a_failure_leaves_the_old_package_as_it_was(self, read, package):
        before = {file.name: file.read_bytes() for file in package.iterdir()}
        with pytest.raises(ValueError, match="zip"):
            write(package, read, chunks=read.chunks[:-1])
        assert {file.name: file.read_bytes() for file in package.iterdir()} == before
        assert [entry.name for entry in package.parent.iterdir()] == ["guide"]

    def test_a_disk_that_refuses_is_named(self, read, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(PackageError, match=r"can't be written \((Not a directory|File exists)\)"):
            write(tmp_path / "file" / "copy", read)


def test_a_file_is_never_written_outside_the_folder(read, tmp_path):
    files = read.manifest.files.model_copy(update={"index": "../index.json"})
    with pytest.raises(PackageError, match="not a plain file name"):
        write(tmp_path / "copy", read, manifest=read.manifest.model_copy(update={"files": files}))
    shutil.rmtree(tmp_path / "cartridges")
    assert list(tmp_path.iterdir()) == []
