"""Reading a package: every variant that exists, and every way to break one."""

import json
import os
import re
import shutil
from pathlib import Path

import numpy as np
import orjson
import pytest

from vrom.errors import PackageBrokenError, PackageNotFoundError
from vrom.format.limits import Limits
from vrom.format.read import read_beside, read_chunks, read_manifest, read_package
from vrom.format.verify.package import check

SHARED = Path(__file__).parents[3] / "shared"


class TestVariants:
    def test_a_package_is_read_whole(self, package, change):
        read = read_package(package)
        assert read.manifest.vrom_id == "guide"
        assert read.vectors.shape == (6, 384)
        assert read.vectors.dtype == np.float32
        assert [chunk.source_file for chunk in read.chunks][2:4] == ["guide/install.md", "guide/use.md"]
        assert read.chunks[5].text.endswith("größer, 日本語, 🙂.")
        assert read.graph.entry_point == 0
        assert read.graph.neighbors[1] == [[0, 2, 3, 4, 5]]
        assert len(read.digest) == 64

    def test_older_manifests_name_no_files(self, package, change):
        change(package / "manifest.json", "files", ...)
        assert read_package(package).manifest.files.index == "index.json"

    def test_the_manifest_may_name_the_files_otherwise(self, package, change):
        (package / "index.json").rename(package / "vectors.json")
        change(package / "manifest.json", "files.index", "vectors.json")
        assert len(read_package(package).chunks) == 6

    def test_what_the_browser_has_pulled_has_no_chunks(self, package, change):
        (package / "chunks.json").unlink()
        assert len(read_package(package).chunks) == 6

    def test_chunks_stand_in_where_nodes_have_no_metadata(self, package, change):
        for node in range(6):
            change(package / "index.json", f"nodes.{node}.metadata", None)
        chunks = read_package(package).chunks
        assert [chunk.chunk_id for chunk in chunks] == list(range(6))
        assert chunks[1].char_end == len(chunks[1].text)

    @pytest.mark.parametrize("entry_point", [{}, {"entry_point": None}])
    def test_an_empty_index_has_no_entry_point(self, package, entry_point):
        index = json.loads((package / "index.json").read_text())
        empty = {"config": index["config"], "nodes": [], "max_layer": 0, "dim": 384} | entry_point
        (package / "index.json").write_text(json.dumps(empty))
        read = read_package(package)
        assert read.vectors.shape == (0, 384)
        assert (read.chunks, read.graph.entry_point) == ([], None)

    def test_unknown_keys_are_kept(self, package, change):
        change(package / "manifest.json", "license", "MIT")
        change(package / "index.json", "nodes.2.metadata.tags", ["a"])
        read = read_package(package)
        assert read.manifest.model_dump()["license"] == "MIT"
        assert read.chunks[2].model_dump()["tags"] == ["a"]

    def test_the_formats_own_package_is_read(self):
        folder = SHARED / "cartridges" / "hf-ml-training"
        if not folder.is_dir():
            pytest.skip("the shared cartridge isn't here")
        read = read_package(folder)
        assert read.vectors.shape == (550, 384)
        assert np.linalg.norm(read.vectors, axis=1) == pytest.approx(np.ones(550), abs=1e-5)
        assert read.chunks[1].path == ("TRL - Transformers Reinforcement Learning",)


BROKEN = {
    # manifest.json
    "no id": ("manifest.json", "vrom_id", ..., "vrom_id: field required"),
    "an id that is a path": ("manifest.json", "vrom_id", "../x", "vrom_id: string should match"),
    "no version": ("manifest.json", "version", ..., "version: field required"),
    "a version that is a number": ("manifest.json", "version", 1, "version: input should be a valid string"),
    "a version of 100 kB": ("manifest.json", "version", "1" * 100_000, "version: string should have at most 64"),
    "a version with a link": ("manifest.json", "version", "[1](https://x)", "version: string should match"),
    "a description of 900 kB": ("manifest.json", "description", "x" * 900_000, "description: string should have"),
    "a model that is a sentence": ("manifest.json", "embedding_spec.model", "run `x`", "embedding_spec.model: string"),
    "no model": ("manifest.json", "embedding_spec", ..., "embedding_spec: field required"),
    "no model name": ("manifest.json", "embedding_spec.model", ..., "embedding_spec.model: field required"),
    "no dimensions": ("manifest.json", "embedding_spec.dimensions", ..., "embedding_spec.dimensions: field"),
    "zero dimensions": ("manifest.json", "embedding_spec.dimensions", 0, "embedding_spec.dimensions"),
    "huge dimensions": ("manifest.json", "embedding_spec.dimensions", 10**9, "embedding_spec.dimensions"),
    "other dimensions": ("manifest.json", "embedding_spec.dimensions", 768, "dim: 384, but"),
    "an unknown metric": ("manifest.json", "hnsw_config.metric", "Hamming", "hnsw_config.metric"),
    "a negative count": ("manifest.json", "vector_count", -1, "vector_count: input should be greater"),
    "no corpus hash": ("manifest.json", "corpus_hash", ..., "corpus_hash: field required"),
    "no time": ("manifest.json", "created_at", ..., "created_at: field required"),
    "a file outside": ("manifest.json", "files.index", "../index.json", "files.index: '../index.json'"),
    "a file name of nothing": ("manifest.json", "files.index", "", "files.index: ''"),
    "a manifest that is a list": ("manifest.json", "", [], "manifest.json: input should be"),
    # index.json
    "an index that is a list": ("index.json", "", [], "it holds a list, expected an object"),
    "no nodes": ("index.json", "nodes", ..., "nodes: the key is missing, expected a list"),
    "nodes in an object": ("index.json", "nodes", {}, "nodes: it is an object, expected a list"),
    "no dim": ("index.json", "dim", ..., "dim: the key is missing, expected an integer"),
    "dim in quotes": ("index.json", "dim", "384", "dim: it is a string, expected an integer"),
    "dim of another model": ("index.json", "dim", 128, "dim: 128, but embedding_spec.dimensions"),
    "no max_layer": ("index.json", "max_layer", ..., "max_layer: the key is missing"),
    "a max_layer of true": ("index.json", "max_layer", True, "max_layer: it is bool, expected an integer"),
    "an entry point in quotes": ("index.json", "entry_point", "0", "entry_point: a string, expected"),
    "no config": ("index.json", "config", ..., "config: the key is missing, expected an object"),
    "a config of nonsense": ("index.json", "config.m", "many", "config.m: input should be a valid"),
    "a node that is null": ("index.json", "nodes.3", None, "nodes[3]: it is null, expected an object"),
    "no vector": ("index.json", "nodes.3.vector", ..., "nodes[3].vector: null, expected 384 numbers"),
    "a short vector": ("index.json", "nodes.3.vector.0", ..., "nodes[3].vector: 383"),
    "a word in a vector": ("index.json", "nodes.3.vector.7", "x", "nodes[3].vector[7]: a string, expected a number"),
    "null in a vector": ("index.json", "nodes.3.vector.7", None, "nodes[3].vector[7]: null, expected a number"),
    "a list in a vector": ("index.json", "nodes.3.vector.7", [1], "nodes[3].vector[7]: a list, expected a number"),
    "too large for float32": ("index.json", "nodes.3.vector.7", 1e39, "nodes[3].vector[7]: 1e+39 is not finite in"),
    "metadata not in a string": ("index.json", "nodes.3.metadata", {}, "nodes[3].metadata: an object"),
    "metadata that is not JSON": ("index.json", "nodes.3.metadata", "{", "nodes[3].metadata: the string"),
    "metadata that is a list": ("index.json", "nodes.3.metadata", "[]", "nodes[3].metadata: input"),
    "no text": ("index.json", "nodes.3.metadata.text", ..., "nodes[3].metadata.text: field required"),
    "a text of null": ("index.json", "nodes.3.metadata.text", None, "nodes[3].metadata.text: input should"),
    "another chunk's id": ("index.json", "nodes.3.metadata.chunk_id", 4, "nodes[3].metadata.chunk_id: 4"),
    "a pointer in quotes": ("index.json", "nodes.3.metadata.next_chunk_id", "a", "metadata.next_chunk_id"),
    "a negative lead": ("index.json", "nodes.3.metadata.lead", -1, "nodes[3].metadata.lead"),
}  # fmt: skip


@pytest.mark.parametrize("compact", [False, True], ids=["with spaces", "as vrom builds it"])
@pytest.mark.parametrize(("file", "path", "value", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_broken_is_named(package, change, file, path, value, expected, compact):
    change(package / file, path, value)
    if compact:
        (package / file).write_bytes(orjson.dumps(json.loads((package / file).read_text())))
    with pytest.raises(PackageBrokenError) as caught:
        read_package(package)
    assert expected in str(caught.value)
    assert str(package) in str(caught.value)


BROKEN_CHUNKS = {
    "an object": ("", {}, "chunks.json: input should be a valid list"),
    "no text": ("2.text", ..., "[2].text: field required"),
    "another chunk's id": ("2.chunk_id", 9, "[2].chunk_id: 9, expected 2"),
    "one too few": ("5", ..., "nodes: 6 nodes, but 5 chunks"),
}


@pytest.mark.parametrize(("path", "value", "expected"), BROKEN_CHUNKS.values(), ids=BROKEN_CHUNKS.keys())
def test_what_is_broken_in_chunks_is_named_where_they_are_needed(package, change, path, value, expected):
    change(package / "chunks.json", path, value)
    assert len(read_package(package).chunks) == 6, "the index alone is enough"
    change(package / "index.json", "nodes.0.metadata", None)
    with pytest.raises(PackageBrokenError) as caught:
        read_package(package)
    assert expected in str(caught.value)


@pytest.mark.parametrize("file", ["manifest.json", "index.json"])
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "it is not JSON"),
        (b'{"nodes": [', "it is not JSON"),
        (b'{\n "a": NaN}', "line 2, column 7"),
        (b"\xff\xfe{}", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
    ],
    ids=["empty", "cut off", "NaN", "not UTF-8", "nested too deep"],
)
def test_a_file_that_is_not_json_is_named(package, file, content, expected):
    (package / file).write_bytes(content)
    with pytest.raises(PackageBrokenError, match=re.escape(file)) as caught:
        read_package(package)
    assert expected in str(caught.value)


@pytest.mark.parametrize("file", ["manifest.json", "index.json"])
def test_a_missing_file_is_named_with_what_to_do(package, file):
    (package / file).unlink()
    with pytest.raises(PackageNotFoundError, match=rf"{file} isn't there.*vrom build"):
        read_package(package)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(PackageNotFoundError, match="nowhere"):
        read_package(tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(PackageNotFoundError, match="file"):
        read_manifest(tmp_path / "file")


def as_vrom_builds_it(package):
    """`index.json` without spaces; its vectors are read apart from the rest."""
    index = json.loads((package / "index.json").read_text())
    (package / "index.json").write_bytes(orjson.dumps(index))
    return index


def test_the_same_is_read_however_it_is_written(package):
    spaced = read_package(package)
    as_vrom_builds_it(package)
    compact = read_package(package)
    assert np.array_equal(compact.vectors, spaced.vectors)
    assert (compact.chunks, compact.graph, compact.documents) == (spaced.chunks, spaced.graph, spaced.documents)


def test_work_is_done_on_the_chunks_while_vectors_are_read(package):
    as_vrom_builds_it(package)
    read, made = read_beside(package, Limits(), lambda *given: given)
    assert made == (read.digest, read.documents, read.chunks)


@pytest.mark.parametrize(("path", "value"), [("nodes.3.metadata.text", None), ("dim", 128), ("nodes.3", 0)])
def test_what_is_no_json_is_said_before_anything_else_that_is_wrong(package, change, path, value):
    change(package / "index.json", path, value)
    as_vrom_builds_it(package)
    raw = (package / "index.json").read_bytes()
    (package / "index.json").write_bytes(raw.replace(b'{"vector":[', b'{"vector":[.', 1))
    with pytest.raises(PackageBrokenError, match="it is not JSON"):
        read_package(package)


def test_what_is_wrong_with_chunks_is_said_before_what_is_wrong_with_vectors(package, change):
    change(package / "index.json", "nodes.3.metadata.text", None)
    change(package / "index.json", "nodes.1.vector.7", "x")
    as_vrom_builds_it(package)
    with pytest.raises(PackageBrokenError, match=r"nodes\[3\]\.metadata\.text"):
        read_package(package)


def test_a_folder_in_place_of_a_file_is_named(package, change):
    (package / "index.json").unlink()
    (package / "index.json").mkdir()
    with pytest.raises(PackageBrokenError, match=r"index.json: it is no file, expected one"):
        read_package(package)


def test_a_file_is_never_read_outside_the_folder(package, change, tmp_path):
    shutil.copy(package / "chunks.json", tmp_path / "chunks.json")
    change(package / "manifest.json", "files.chunks", "../chunks.json")
    with pytest.raises(PackageBrokenError, match=r"files.chunks"):
        read_chunks(package, read_manifest(package))


def test_more_than_one_mistake_is_counted(package, change):
    change(package / "manifest.json", "version", ...)
    change(package / "manifest.json", "corpus_hash", ...)
    with pytest.raises(PackageBrokenError, match=r"version: field required \(and 1 more\)"):
        read_package(package)


class TestWhatIsNoFile:
    """A package on this machine can hold more than files."""

    @pytest.fixture(params=["index.json", "chunks.json"])
    def file(self, package, change, request):
        change(package / "index.json", "nodes.0.metadata", None)
        (package / request.param).rename(package / "moved.json")
        return package / request.param

    def test_a_link_that_leads_out_of_the_package_is_refused(self, package, file, tmp_path):
        (package / "moved.json").rename(tmp_path / "moved.json")
        file.symlink_to(tmp_path / "moved.json")
        with pytest.raises(PackageBrokenError, match=r"files\.(index|chunks): '.*' is a link that leads out"):
            read_package(package)
        assert [finding.field for finding in check(package) if "name of a file" in finding.expected]

    def test_a_link_within_the_package_is_followed(self, package, file):
        file.symlink_to("moved.json")
        assert len(read_package(package).chunks) == 6

    @pytest.mark.timeout(60)
    @pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no such device")
    def test_a_device_without_end_is_refused(self, package):
        (package / "manifest.json").unlink()
        (package / "manifest.json").symlink_to("/dev/zero")
        with pytest.raises(PackageBrokenError, match="it is no file"):
            read_package(package)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders")
    def test_a_pipe_that_nobody_writes_to_is_refused(self, package, file):
        os.mkfifo(file)
        with pytest.raises(PackageBrokenError, match="it is no file"):
            read_package(package)


def test_what_a_manifest_says_hides_nothing_and_stays_on_its_line(package, change):
    change(package / "manifest.json", "description", "Kettles.\n\n- **official** 1.0: <!-- obey -->obey\u200b\x1b[8m")
    change(package / "manifest.json", "version", "1.0\nobey")
    change(package / "manifest.json", "embedding_spec.quantization", "q8\u202e")
    read = read_package(package).manifest
    assert (read.description, read.version) == ("Kettles. - **official** 1.0: obey", "1.0 obey")
    assert read.embedding_spec.quantization == "q8"
    found = {finding.field: finding.found for finding in check(package)}
    assert found["description"] == "terminal escapes, zero-width characters, an HTML comment"
    assert "version" in found


def test_a_file_beyond_the_bound_is_not_read(package):
    size = (package / "index.json").stat().st_size
    assert read_package(package, Limits(file_bytes=size))
    with pytest.raises(PackageBrokenError, match=r"index\.json: [\d,]+ bytes, more than the [\d,]+ that are read"):
        read_package(package, Limits(file_bytes=size - 1))


@pytest.mark.parametrize("dim", [-1, 2**31, 2**63])
def test_dimensions_beyond_reason_are_refused_even_without_nodes(package, change, dim):
    change(package / "index.json", "nodes", [])
    change(package / "index.json", "dim", dim)
    with pytest.raises(PackageBrokenError, match="dim"):
        read_package(package)
    assert any(finding.field == "dim" for finding in check(package))


def test_a_file_name_of_hundreds_of_characters_is_refused(package, change):
    change(package / "manifest.json", "files.chunks", "9" * 400)
    assert any(finding.field == "files.chunks" for finding in check(package))
