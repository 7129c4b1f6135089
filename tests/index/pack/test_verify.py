"""`vrom check` looks at every number of a package's companions."""

import hashlib
import json

import numpy as np
import pytest

from vrom.format.verify.package import can_be_trusted, check
from vrom.index.cartridge import Cartridge
from vrom.index.pack.verify import check_companions
from vrom.index.pack.write import pack
from vrom.storage.array_file import open_arrays, save_arrays

PAGES = {"a.md": ["# A\n\nOne two.", "## B\n\nThree four."], "b.md": ["# C\n\nFive six two."]}


@pytest.fixture
def packed(make_package):
    folder = make_package("docs", PAGES)
    pack(folder)
    return folder


def declare(folder):
    """Sizes, digests and ties as they would be had a stranger written these files."""
    manifest = json.loads((folder / "manifest.json").read_text())
    contents = hashlib.sha256((folder / "contents.bin").read_bytes()).hexdigest()
    words = open_arrays(folder / "words.bin")
    save_arrays(folder / "words.bin", words.arrays, words.about | {"contents": contents})
    for one in manifest["companions"].values():
        if isinstance(one, dict):
            raw = (folder / one["file"]).read_bytes()
            one |= {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def put(folder, file, **arrays):
    found = open_arrays(folder / file)
    save_arrays(folder / file, {**found.arrays, **arrays}, found.about)
    declare(folder)


def of(folder, file, name):
    return open_arrays(folder / file).arrays[name]


def test_a_packed_package_has_nothing_wrong(packed):
    assert check_companions(packed) == []
    assert can_be_trusted(check(packed))


def test_a_package_without_companions_has_nothing_wrong(make_package):
    assert check_companions(make_package("docs", PAGES)) == []


def test_companions_that_a_pull_has_left_behind_are_not_missed(packed, caplog):
    for file in packed.glob("*.bin"):
        file.unlink()
    assert check_companions(packed) == []
    assert len(Cartridge.open(packed).chunks)
    assert caplog.text == ""


def test_companions_alone_are_a_package(packed):
    (packed / "index.json").unlink()
    assert check_companions(packed) == []


def a_changed_byte(folder):
    raw = bytearray((folder / "words.bin").read_bytes())
    raw[-1] ^= 1
    (folder / "words.bin").unlink()
    (folder / "words.bin").write_bytes(bytes(raw))


DAMAGE = {
    "a changed byte": (a_changed_byte, "words.bin", "SHA-256"),
    "a missing file": (lambda folder: (folder / "words.bin").unlink(), "manifest.json", "isn't there"),
    "another text": (
        lambda folder: put(
            folder, "contents.bin",
            chunk_bytes=np.frombuffer(
                of(folder, "contents.bin", "chunk_bytes").tobytes().replace(b"Five", b"Nine"), dtype=np.uint8
            ),
        ),
        "contents.bin", "other chunks",
    ),
    "no text": (
        lambda folder: put(folder, "contents.bin", chunk_bytes=0 * of(folder, "contents.bin", "chunk_bytes")),
        "contents.bin", "can't be read",
    ),
    "another vector": (
        lambda folder: put(folder, "contents.bin", vectors=of(folder, "contents.bin", "vectors")[::-1]),
        "contents.bin", "other vectors",
    ),
    "numbers that are none": (
        lambda folder: put(folder, "contents.bin", vectors=np.nan * of(folder, "contents.bin", "vectors")),
        "contents.bin", "numbers that are none",
    ),
    "another page": (
        lambda folder: put(folder, "contents.bin", page_of=1 - of(folder, "contents.bin", "page_of")),
        "contents.bin", "other numbers",
    ),
    "a page that isn't": (
        lambda folder: put(folder, "contents.bin", page_of=9 + of(folder, "contents.bin", "page_of")),
        "contents.bin", "don't fit",
    ),
    "an array more": (
        lambda folder: put(folder, "contents.bin", more=np.zeros(1)), "contents.bin", "isn't known"
    ),
    "words of other chunks": (
        lambda folder: put(folder, "words.bin", chunk_units=0 * of(folder, "words.bin", "chunk_units")),
        "words.bin", "other numbers",
    ),
    "words that don't fit": (
        lambda folder: put(folder, "words.bin", pairs=of(folder, "words.bin", "pairs")[1:]),
        "words.bin", "don't fit",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "file", "found"), DAMAGE.values(), ids=DAMAGE.keys())
def test_what_is_wrong_is_named(packed, damage, file, found):
    damage(packed)
    findings = check_companions(packed)
    assert not can_be_trusted(findings)
    assert any(one.file == file and found in one.found for one in findings), findings


def test_an_index_that_was_changed_later_is_named(packed):
    raw = (packed / "index.json").read_text()
    (packed / "index.json").unlink()
    (packed / "index.json").write_text(raw.replace("Five", "Nine"))
    assert any("after companions were made" in one.found for one in check_companions(packed))


def test_counts_and_hash_are_compared_where_there_is_nothing_else(packed):
    (packed / "index.json").unlink()
    manifest = json.loads((packed / "manifest.json").read_text())
    (packed / "manifest.json").write_text(json.dumps(manifest | {"vector_count": 7}))
    assert [one.field for one in check_companions(packed)] == ["vector_count"]


def test_words_of_another_version_are_a_warning(packed, monkeypatch):
    monkeypatch.setattr("vrom.index.pack.verify.LEXICAL_VERSION", 99)
    (finding,) = check_companions(packed)
    assert (finding.severity, finding.file) == ("warning", "words.bin")


def test_what_is_declared_in_another_way_is_a_warning(packed):
    manifest = json.loads((packed / "manifest.json").read_text())
    (packed / "manifest.json").write_text(json.dumps(manifest | {"companions": {"version": 9}}))
    (finding,) = check_companions(packed)
    assert (finding.severity, finding.field) == ("warning", "companions")


def test_a_graph_with_links_that_lead_outside_is_named(make_package, monkeypatch):
    monkeypatch.setattr("vrom.index.pack.write.EXACT_UP_TO", 1)
    folder = make_package("docs", PAGES)
    pack(folder)
    assert check_companions(folder) == []
    raw = bytearray((folder / "graph.usearch").read_bytes())
    raw[8 + 3 * 384 + 64 + 40 + 6 + 14 : 8 + 3 * 384 + 64 + 40 + 6 + 18] = b"\xff" * 4
    (folder / "graph.usearch").unlink()
    (folder / "graph.usearch").write_bytes(bytes(raw))
    declare(folder)
    assert any(one.file == "graph.usearch" for one in check_companions(folder))
