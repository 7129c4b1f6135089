"""Verifying a package: every way to break one is found, named by its place, and weighed."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from vrom.errors import PackageBrokenError, PackageNotFoundError
from vrom.format.limits import Limits
from vrom.format.manifest import read_bytes
from vrom.format.read import read_package
from vrom.format.verify.findings import Finding, shown
from vrom.format.verify.package import can_be_trusted, check
from vrom.format.write import write_package

SHARED = Path(__file__).parents[4] / "shared"


def test_a_sound_package_gives_no_findings(package):
    assert check(package) == []


def test_what_is_written_gives_no_findings(package, tmp_path):
    read = read_package(package)
    write_package(tmp_path / "copy", read.manifest, read.vectors, read.chunks, read.graph)
    assert check(tmp_path / "copy") == []


def test_a_manifest_without_the_digest_of_chunks_that_are_there_is_no_error(package, tmp_path, change):
    read = read_package(package)
    write_package(tmp_path / "copy", read.manifest, read.vectors, read.chunks, read.graph)
    change(tmp_path / "copy" / "manifest.json", "sha256.chunks", None)
    assert check(tmp_path / "copy") == []


@pytest.mark.parametrize("file", ["index.json", "chunks.json"])
def test_a_file_that_was_changed_after_it_was_written_is_noticed(package, tmp_path, file):
    read = read_package(package)
    write_package(tmp_path / "copy", read.manifest, read.vectors, read.chunks, read.graph)
    with (tmp_path / "copy" / file).open("a") as stream:
        stream.write(" ")
    [finding] = check(tmp_path / "copy")
    assert (finding.severity, finding.file) == ("error", file)
    assert finding.found.startswith("SHA-256")


def test_a_file_larger_than_is_read_by_default_is_compared_as_well(package, tmp_path, monkeypatch):
    read = read_package(package)
    write_package(tmp_path / "copy", read.manifest, read.vectors, read.chunks, read.graph)
    with (tmp_path / "copy" / "index.json").open("a") as stream:
        stream.write(" ")
    monkeypatch.setattr(read_bytes, "__defaults__", (1000, "None."))
    [finding] = check(tmp_path / "copy", Limits(file_bytes=2**20))
    assert (finding.severity, finding.file) == ("error", "index.json")


@pytest.mark.timeout(60)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
@pytest.mark.parametrize("file", ["manifest.json", "index.json", "chunks.json"])
def test_nobody_waits_for_a_pipe(package, tmp_path, file):
    read = read_package(package)
    write_package(tmp_path / "copy", read.manifest, read.vectors, read.chunks, read.graph)
    (tmp_path / "copy" / file).unlink()
    os.mkfifo(tmp_path / "copy" / file)
    findings = check(tmp_path / "copy")
    assert not can_be_trusted(findings)
    assert ("error", file, "it is no file, expected one with JSON") in [(f.severity, f.file, f.found) for f in findings]


def test_the_formats_own_package_has_a_node_that_no_search_finds():
    folder = SHARED / "cartridges" / "hf-ml-training"
    if not folder.is_dir():
        pytest.skip("the shared cartridge isn't here")
    findings = check(folder)
    assert [finding.severity for finding in findings] == ["warning", "warning"]
    assert findings[0].where == "nodes[283]"
    assert (findings[1].found, findings[1].count) == ("HTML comments", 5)
    assert can_be_trusted(findings)


INDEX, MANIFEST, CHUNKS = "index.json", "manifest.json", "chunks.json"

ERRORS = {
    # file, path, value; then the place, what was found, and what was expected
    "no id": (MANIFEST, "vrom_id", ..., "vrom_id", "missing", "required"),
    "an id that is a path": (MANIFEST, "vrom_id", "../x", "vrom_id", '"../x"', "pattern"),
    "a version that is a number": (MANIFEST, "version", 1, "version", "1", "a valid string"),
    "no model": (MANIFEST, "embedding_spec.model", ..., "embedding_spec.model", "missing", "required"),
    "no dimensions": (MANIFEST, "embedding_spec.dimensions", ..., "embedding_spec.dimensions", "missing", "required"),
    "an unknown metric": (MANIFEST, "hnsw_config.metric", "Hamming", "hnsw_config.metric", '"Hamming"', "'Cosine'"),
    "a manifest that is a list": (MANIFEST, "", [], "", "[]", "a valid dictionary"),
    "a manifest of null": (MANIFEST, "", None, "", "null", "an object"),
    "a file outside": (MANIFEST, "files.index", "../index.json", "files.index", '"../index.json"', "name of a file"),
    "chunks outside": (MANIFEST, "files.chunks", "/etc/passwd", "files.chunks", '"/etc/passwd"', "name of a file"),
    "a wrong vector count": (MANIFEST, "vector_count", 7, "vector_count", "7", "6, the actual number"),
    "a wrong chunk count": (MANIFEST, "total_chunks", 5, "total_chunks", "5", "6, the actual number"),
    "another corpus": (MANIFEST, "corpus_hash", "0" * 16, "corpus_hash", "0" * 16, "the hash of the texts"),
    "other dimensions": (MANIFEST, "embedding_spec.dimensions", 768, "dim", "384", "768, as in embedding_spec"),
    "another metric": (MANIFEST, "hnsw_config.metric", "DotProduct", "config.metric", '"Cosine"', '"DotProduct", as'),
    "an index that is a list": (INDEX, "", [], "", "[]", "a valid dictionary"),
    "an index of null": (INDEX, "", None, "", "null", "an object"),
    "no nodes": (INDEX, "nodes", ..., "nodes", "missing", "required"),
    "nodes in an object": (INDEX, "nodes", {}, "nodes", "{}", "a valid list"),
    "no dim": (INDEX, "dim", ..., "dim", "missing", "required"),
    "dim in quotes": (INDEX, "dim", "384", "dim", '"384"', "a valid integer"),
    "no max_layer": (INDEX, "max_layer", ..., "max_layer", "missing", "required"),
    "a max_layer of true": (INDEX, "max_layer", True, "max_layer", "true", "a valid integer"),
    "a negative max_layer": (INDEX, "max_layer", -1, "max_layer", "-1", "greater than or equal to 0"),
    "a layer without nodes": (INDEX, "max_layer", 10**12, "max_layer", "1000000000000", "0, the highest layer"),
    "no m": (INDEX, "config.m", ..., "config.m", "missing", "required"),
    "m in quotes": (INDEX, "config.m", "16", "config.m", '"16"', "a valid integer"),
    "a metric in small letters": (INDEX, "config.metric", "cosine", "config.metric", '"cosine"', "'Cosine'"),
    "no level_multiplier": (INDEX, "config.level_multiplier", ..., "config.level_multiplier", "missing", "required"),
    "no entry point": (INDEX, "entry_point", None, "entry_point", "null", "a node, 0 to 5"),
    "an entry point beyond": (INDEX, "entry_point", 6, "entry_point", "6", "a node, 0 to 5"),
    "an entry point in quotes": (INDEX, "entry_point", "0", "entry_point", '"0"', "a valid integer"),
    "a node that is null": (INDEX, "nodes.3", None, "nodes[3]", "null", "a valid dictionary"),
    "no vector": (INDEX, "nodes.3.vector", ..., "nodes[3].vector", "missing", "required"),
    "a short vector": (INDEX, "nodes.3.vector.0", ..., "nodes[3].vector", "383 numbers", "384 numbers, as in dim"),
    "a word in a vector": (INDEX, "nodes.3.vector.7", "x", "nodes[3].vector[]", '"x"', "a valid number"),
    "a number in quotes": (INDEX, "nodes.3.vector.7", "0.5", "nodes[3].vector[]", '"0.5"', "a valid number"),
    "null in a vector": (INDEX, "nodes.3.vector.7", None, "nodes[3].vector[]", "null", "a valid number"),
    "too large for float32": (INDEX, "nodes.3.vector.7", 1e39, "nodes[3].vector", "float32 range", "finite"),
    "a vector of zeros": (INDEX, "nodes.3.vector", [0.0] * 384, "nodes[3].vector", "zeros", "other than zero"),
    "a long vector": (INDEX, "nodes.3.vector.7", 3.0, "nodes[3].vector", "length 3", "length 1, as in embedding_spec"),
    "no neighbors": (INDEX, "nodes.3.neighbors", ..., "nodes[3].neighbors", "missing", "required"),
    "neighbors without layers": (INDEX, "nodes.3.neighbors", [1], "nodes[3].neighbors[]", "1", "a valid list"),
    "a neighbor in quotes": (INDEX, "nodes.3.neighbors.0.0", "1", "nodes[3].neighbors[][]", '"1"', "a valid integer"),
    "a negative neighbor": (INDEX, "nodes.3.neighbors.0.0", -1, "nodes[3].neighbors[][]", "-1", "greater than or"),
    "a neighbor beyond": (INDEX, "nodes.3.neighbors.0.0", 6, "nodes[3].neighbors", "node 6", "ids of the 6 nodes"),
    "no layer": (INDEX, "nodes.3.max_layer", ..., "nodes[3].max_layer", "missing", "required"),
    "metadata not in a string": (INDEX, "nodes.3.metadata", {}, "nodes[3].metadata", "{}", "a valid string"),
    "metadata that is not JSON": (INDEX, "nodes.3.metadata", "{", "nodes[3].metadata", "not JSON", "a chunk as a JSON"),
    "metadata that is a list": (INDEX, "nodes.3.metadata", "[]", "nodes[3].metadata", "[]", "a valid dictionary"),
    "no text": (INDEX, "nodes.3.metadata.text", ..., "nodes[3].metadata.text", "missing", "required"),
    "another text": (INDEX, "nodes.3.metadata.text", "Buy!", "corpus_hash", "", "the hash of the texts; they were"),
    "another chunk's id": (INDEX, "nodes.3.metadata.chunk_id", 4, "nodes[3].metadata.chunk_id", "4", "position"),
    "a pointer beyond": (INDEX, "nodes.1.metadata.next_chunk_id", 9, "nodes[1].metadata.next_chunk_id", "9", "id of"),
    "a negative pointer": (INDEX, "nodes.1.metadata.prev_chunk_id", -1, "nodes[1].metadata.prev_chunk_id", "-1", "id"),
    "a pointer into another document": (
        INDEX, "nodes.2.metadata.next_chunk_id", 3, "nodes[2].metadata.next_chunk_id", '3, of "guide/use.md"', "same",
    ),
    "a pointer that isn't returned": (
        INDEX, "nodes.0.metadata.next_chunk_id", 2, "nodes[0].metadata.next_chunk_id", "2, whose prev_chunk_id is 1",
        "links back",
    ),
    "a pointer to itself": (
        INDEX, "nodes.0.metadata.next_chunk_id", 0, "nodes[0].metadata.next_chunk_id", "0, whose prev_chunk_id is null",
        "links back",
    ),
    "a loose end": (INDEX, "nodes.0.metadata.next_chunk_id", None, "nodes[1].metadata.prev_chunk_id", "0, whose next",
                    "links back"),
    "chunks in an object": (CHUNKS, "", {}, "", "{}", "a list of chunks"),
    "chunks of null": (CHUNKS, "", None, "", "null", "a list"),
    "a chunk too few": (CHUNKS, "5", ..., "", "5 chunks", "6, as many as index.json has nodes"),
    "a chunk without text": (CHUNKS, "2.text", ..., "[2].text", "missing", "required"),
    "a chunk with another text": (CHUNKS, "2.text", "Buy!", "[2].text", '"Buy!"', "the same as the node's"),
    "a chunk with another pointer": (CHUNKS, "2.prev_chunk_id", None, "[2].prev_chunk_id", "null", "the same as the"),
}  # fmt: skip

WARNINGS = {
    "no description": (MANIFEST, "description", ..., "description", "missing", "required by other readers"),
    "no strategy": (MANIFEST, "chunk_strategy", ..., "chunk_strategy", "missing", "required by other readers"),
    "no ef_search": (MANIFEST, "hnsw_config.ef_search", ..., "hnsw_config.ef_search", "missing", "required by other"),
    "a version of words": (MANIFEST, "version", "latest", "version", '"latest"', "a semantic version"),
    "a version of one number": (MANIFEST, "version", "4", "version", '"4"', "a semantic version"),
    "a local time": (MANIFEST, "created_at", "2026-01-02 03:04", "created_at", '"2026-01-02 03:04"', "a UTC time"),
    "wrong tokens": (MANIFEST, "total_tokens", 1, "total_tokens", "1", "the sum of the chunks'"),
    "another m": (MANIFEST, "hnsw_config.m", 8, "config.m", "16", "8, as in hnsw_config in the manifest"),
    "too many neighbours": (INDEX, "nodes.3.neighbors.0", [0, 1, 2] * 11, "nodes[3].neighbors", "33", "at most 32"),
    "a neighbour twice": (INDEX, "nodes.3.neighbors.0", [0, 0], "nodes[3].neighbors", "a repeated", "each neighb"),
    "a node that is its own": (INDEX, "nodes.3.neighbors.0", [3, 0], "nodes[3].neighbors", "the node itself", "other"),
    "a list for no layer": (INDEX, "nodes.3.neighbors", [[0], []], "nodes[3].neighbors", "2 lists", "one list per"),
    "no list for a layer": (INDEX, "nodes.3.neighbors", [], "nodes[3].neighbors", "0 lists", "one list per layer"),
    "a node above all": (INDEX, "nodes.3.max_layer", 1, "max_layer", "0", "1, the highest layer of any node"),
    "an entry point below": (INDEX, "nodes.3.max_layer", 1, "entry_point", "node 0, which is on layer 0", "highest"),
    "a node below its neighbours": (
        INDEX, "nodes.3.neighbors", [[0], [1]], "nodes[3].neighbors", "a node that isn't on layer 1", "same layer",
    ),
    "no metadata": (INDEX, "nodes.3.metadata", None, "nodes[3].metadata", "null", "the only form that browsers read"),
    "metadata without url": (INDEX, "nodes.3.metadata.url", ..., "nodes[3].metadata.url", "missing", "required by"),
    "an extent backwards": (INDEX, "nodes.3.metadata.char_start", 9, "nodes[3].metadata.char_start", "9 to 0", "range"),
}  # fmt: skip


def _find(findings, where, found, expected) -> Finding | None:
    for finding in findings:
        if finding.where == where and found in finding.found and expected in finding.expected:
            return finding
    return None


@pytest.mark.parametrize(("file", "path", "value", "where", "found", "expected"), ERRORS.values(), ids=ERRORS.keys())
def test_an_error_is_named_and_the_package_not_trusted(package, change, file, path, value, where, found, expected):
    change(package / file, path, value)
    findings = check(package)
    finding = _find(findings, where, found, expected)
    assert finding is not None, findings
    assert finding.severity == "error"
    assert not can_be_trusted(findings)


@pytest.mark.parametrize(
    ("file", "path", "value", "where", "found", "expected"), WARNINGS.values(), ids=WARNINGS.keys()
)
def test_a_warning_is_named_and_the_package_mounts(package, change, file, path, value, where, found, expected):
    change(package / file, path, value)
    findings = check(package)
    finding = _find(findings, where, found, expected)
    assert finding is not None, findings
    assert can_be_trusted(findings)
    assert read_package(package)


def test_a_loop_is_found_though_its_pointers_agree(package, change):
    change(package / INDEX, "nodes.0.metadata.prev_chunk_id", 2)
    change(package / INDEX, "nodes.2.metadata.next_chunk_id", 0)
    (package / CHUNKS).unlink()
    [finding] = check(package)
    assert (finding.severity, finding.where) == ("error", "nodes[0, 1, 2].metadata.prev_chunk_id")
    assert finding.expected == "chunk lists that contain every chunk, without loops"


def test_two_lists_in_one_document_are_found(package, change):
    change(package / INDEX, "nodes.1.metadata.next_chunk_id", None)
    change(package / INDEX, "nodes.2.metadata.prev_chunk_id", None)
    (package / CHUNKS).unlink()
    [finding] = check(package)
    assert (finding.severity, finding.where) == ("warning", "nodes[2].metadata.prev_chunk_id")
    assert "second chunk list" in finding.found


def test_nodes_that_no_way_leads_to_are_one_finding(package, change):
    for node in range(6):
        change(package / INDEX, f"nodes.{node}.neighbors", [[(node + 1) % 2]])
    [finding] = check(package)
    assert (finding.severity, finding.where, finding.count) == ("warning", "nodes[2, 3, 4, …]", 4)
    assert finding.positions == (2, 3, 4, 5)


class TestFiles:
    @pytest.mark.parametrize("file", [MANIFEST, INDEX])
    def test_a_missing_file_is_an_error(self, package, file):
        (package / file).unlink()
        assert Finding("error", file, "", "file is missing", "an existing file") in check(package)

    @pytest.mark.parametrize("file", [MANIFEST, INDEX, CHUNKS])
    @pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b"NaN"])
    def test_a_file_that_is_not_json_is_an_error(self, package, file, content):
        (package / file).write_bytes(content)
        findings = check(package)
        assert any(finding.file == file and finding.found.startswith("it is not JSON") for finding in findings)
        assert not can_be_trusted(findings)

    def test_a_package_without_chunks_is_complete(self, package):
        (package / CHUNKS).unlink()
        assert check(package) == []

    def test_chunks_are_needed_where_nodes_have_no_metadata(self, package, change):
        change(package / INDEX, "nodes.3.metadata", None)
        assert can_be_trusted(check(package))
        (package / CHUNKS).unlink()
        assert not can_be_trusted(check(package))

    def test_pointers_of_chunks_are_checked_where_they_are_needed(self, package, change):
        change(package / INDEX, "nodes.3.metadata", None)
        change(package / CHUNKS, "2.next_chunk_id", 3)
        assert any(finding.where == "[2].next_chunk_id" and finding.severity == "error" for finding in check(package))

    def test_a_folder_that_is_not_there_is_an_error(self, tmp_path):
        assert not can_be_trusted(check(tmp_path / "nowhere"))

    def test_an_empty_index_is_sound(self, package, change):
        change(package / INDEX, "nodes", [])
        change(package / INDEX, "entry_point", None)
        change(package / CHUNKS, "", [])
        for key, value in {"vector_count": 0, "total_chunks": 0, "total_tokens": 0}.items():
            change(package / MANIFEST, key, value)
        change(package / MANIFEST, "corpus_hash", "e3b0c44298fc1c14")
        assert check(package) == []
        change(package / INDEX, "entry_point", 0)
        assert [finding.field for finding in check(package)] == ["entry_point"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e308, 1e308) | st.text(),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=5), values, max_size=3),
    max_leaves=6,
)

PLACES = [
    (MANIFEST, "embedding_spec"), (MANIFEST, "files"), (MANIFEST, "files.index"), (MANIFEST, "hnsw_config.m"),
    (MANIFEST, "created_at"), (MANIFEST, "chunk_strategy"), (INDEX, "config"), (INDEX, "nodes"), (INDEX, "nodes.2"),
    (INDEX, "nodes.2.vector"), (INDEX, "nodes.2.vector.5"), (INDEX, "nodes.2.neighbors"),
    (INDEX, "nodes.2.neighbors.0"), (INDEX, "nodes.2.neighbors.0.0"), (INDEX, "nodes.2.metadata"),
    (INDEX, "nodes.2.metadata."), (INDEX, "nodes.2.metadata.next_chunk_id"), (INDEX, "nodes.2.max_layer"),
    (MANIFEST, "sha256"),
    (INDEX, "entry_point"), (INDEX, "max_layer"), (INDEX, "dim"), (CHUNKS, ""), (CHUNKS, "2"), (CHUNKS, "2.url"),
]  # fmt: skip


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.sampled_from(PLACES), value=JSON)
@example(place=(INDEX, "nodes.2.metadata"), value="null")
@example(place=(INDEX, "dim"), value=2**40)
def test_a_reader_never_refuses_what_the_check_trusts(package, change, place, value):
    """Whatever stands anywhere: nothing escapes the check, and what it lets pass can be read."""
    file, path = place
    before = (package / file).read_text()
    try:
        change(package / file, path, value)
        findings = check(package)
        if can_be_trusted(findings):
            read_package(package)
        try:
            read_package(package)
        except (PackageBrokenError, PackageNotFoundError):
            assert not can_be_trusted(findings)
    finally:
        (package / file).write_text(before)


def test_values_are_shown_as_the_file_has_them():
    assert [shown(value) for value in (None, True, "é", 1.5, [], {}, [1, 2], {"a": 1})] == [
        "null", "true", '"é"', "1.5", "[]", "{}", "a list of 2", "an object with 1 keys",
    ]  # fmt: skip
    assert len(shown("x" * 1000)) == 60


def test_positions_are_shown_by_their_first():
    assert Finding("error", INDEX, "nodes[].vector", "", "", (1, 2, 3)).where == "nodes[1, 2, 3].vector"
    assert Finding("error", INDEX, "nodes[].vector[]", "", "", (1, 2, 3, 4)).where == "nodes[1, 2, 3, …].vector[]"
    assert Finding("error", INDEX, "dim", "", "").where == "dim"
    assert Finding("error", INDEX, "dim", "", "").count == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ig\u200bnore", "zero-width characters"),
        ("\x1b[31mred", "terminal escapes"),
        ("x\u202ey", "bidirectional controls"),
        ("a <!-- assistant: obey -->", "HTML comments"),
    ],
)
def test_text_that_people_do_not_see_is_reported(make_package, text, kind):
    (finding,) = [f for f in check(make_package("guide", {"a.md": [text]})) if f.field == "nodes[].metadata.text"]
    assert (finding.severity, finding.found) == ("warning", kind)


def test_an_unknown_version_is_no_finding(write_package, tmp_path):
    known, unknown = (
        write_package(tmp_path / version, "kettle", {"kettle.md": ["# Kettle"]}, version=version)
        for version in ("1.0.0", "unknown")
    )
    assert check(unknown) == check(known)
