"""Word pieces that come with a package: used where they are sound, else left out, and checked as a stranger's file."""

import hashlib
import json

import numpy as np
import pytest

from vrom.format.manifest import read_manifest
from vrom.format.verify.package import can_be_trusted
from vrom.format.write import write_tokens
from vrom.index.cartridge import Cartridge
from vrom.index.pack.verify import check_companions
from vrom.index.pack.write import pack
from vrom.index.tokens import token_arrays
from vrom.search.rank import rank
from vrom.storage.array_file import open_arrays, save_arrays

PAGES = {
    "bread.md": ["# Bread\n\nBake bread with flour and time.", "## Starter\n\nFeed the starter with flour every day."],
    "knots.md": ["# Knots\n\nKnots for sailors.", "## Bowline\n\nThe bowline makes a loop that never slips."],
}


@pytest.fixture
def folder(make_package):
    folder = make_package("docs", PAGES)
    codes = [np.full((3, 3), i, dtype=np.uint64) for i in range(4)]
    declare(folder, token_arrays(np.full(30, 16, dtype=np.uint8), codes))
    return folder


def declare(folder, arrays):
    manifest = json.loads((folder / "manifest.json").read_text())
    companions = manifest.get("companions") or {"version": 1}
    companions["tokens"] = write_tokens(folder, read_manifest(folder), arrays)
    (folder / "manifest.json").write_text(json.dumps(manifest | {"companions": companions}))


def redeclare(folder):
    """Size and digest as they would be had a stranger written the file."""
    manifest = json.loads((folder / "manifest.json").read_text())
    raw = (folder / "tokens.bin").read_bytes()
    manifest["companions"]["tokens"] |= {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def put(folder, **arrays):
    found = open_arrays(folder / "tokens.bin")
    save_arrays(folder / "tokens.bin", {**found.arrays, **arrays}, found.about)
    redeclare(folder)


def test_they_are_opened_beside_the_index(folder):
    opened = Cartridge.open(folder)
    assert opened.tokens.codes[-1].tolist() == [3, 3, 3]
    assert check_companions(folder) == []


def test_packing_keeps_them(folder):
    pack(folder)
    assert Cartridge.open(folder).tokens is not None
    assert check_companions(folder) == []
    (folder / "index.json").unlink()
    assert Cartridge.open(folder).tokens is not None
    assert check_companions(folder) == []


def test_a_pull_leaves_them_behind(folder, caplog):
    (folder / "tokens.bin").unlink()
    assert Cartridge.open(folder).tokens is None
    assert caplog.text == ""
    assert check_companions(folder) == []


def shortened(folder):
    raw = (folder / "tokens.bin").read_bytes()
    (folder / "tokens.bin").write_bytes(raw[:-8])


def of_another_package(folder):
    found = open_arrays(folder / "tokens.bin")
    save_arrays(folder / "tokens.bin", found.arrays, {"corpus_hash": "another"})
    redeclare(folder)


def no_arrays(folder):
    (folder / "tokens.bin").write_bytes(b"nothing at all")
    redeclare(folder)


def reaching_out(folder):
    raw = (folder / "tokens.bin").read_bytes()
    (folder / "tokens.bin").write_bytes(raw.replace(b'"shape":[12,3]', b'"shape":[99,3]'))
    redeclare(folder)


def outside(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["companions"]["tokens"]["file"] = "../tokens.bin"
    (folder / "manifest.json").write_text(json.dumps(manifest))


DAMAGE = {
    "shortened": (shortened, "bytes, but the manifest declares"),
    "of another package": (of_another_package, "it was made for another package"),
    "no file of arrays": (no_arrays, "too short"),
    "an array beyond the end": (reaching_out, "reaches beyond the end"),
    "outside the folder": (outside, "is not a plain file name"),
    "of more chunks": (
        lambda folder: put(folder, code_starts=np.arange(6) * 3 // 5 * 4), "arrays don't fit"
    ),
    "of another width": (lambda folder: put(folder, codes=np.zeros((12, 2), np.uint64)), "arrays don't fit"),
    "a start beyond": (lambda folder: put(folder, code_starts=np.array([0, 3, 6, 9, 13])), "arrays don't fit"),
}  # fmt: skip


@pytest.mark.parametrize("alone", [False, True], ids=["beside the index", "companions alone"])
@pytest.mark.parametrize(("damage", "problem"), DAMAGE.values(), ids=DAMAGE.keys())
def test_what_is_damaged_is_left_out_and_named(folder, damage, problem, alone, caplog):
    if alone:
        pack(folder)
        (folder / "index.json").unlink()
    damage(folder)
    assert Cartridge.open(folder).tokens is None
    assert problem in caplog.text
    assert not can_be_trusted(check_companions(folder))


def test_a_changed_byte_is_named(folder):
    raw = bytearray((folder / "tokens.bin").read_bytes())
    raw[-1] ^= 1
    (folder / "tokens.bin").write_bytes(bytes(raw))
    assert any("SHA-256" in one.found for one in check_companions(folder))


def test_chunks_that_overlap_are_named_and_end_no_search_but_their_own(folder, embedder):
    put(folder, code_starts=np.array([0, 9, 3, 9, 12]))
    assert any(one.field == "code_starts" for one in check_companions(folder))
    assert Cartridge.open(folder).tokens is not None, "values are checked where they are used"


@pytest.mark.parametrize("declared", [None, 3, {}, {"file": "tokens.bin"}, {"file": 1, "bytes": 2, "sha256": "x"}])
def test_what_is_declared_in_another_way_is_ignored(folder, declared):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["companions"]["tokens"] = declared
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert Cartridge.open(folder).tokens is None


def test_a_search_uses_them(make_package, embedder, model_home):
    from vrom.embedding.loaded_models import Embedders
    from vrom.embedding.model_store import ModelStore
    from vrom.embedding.token_codes import encode

    embedders = Embedders(ModelStore(model_home / "models"))
    plain = make_package("plain", PAGES, embedder=embedder)
    folder = make_package("docs", PAGES, embedder=embedder)
    texts = [chunk.text for chunk in Cartridge.open(folder).chunks]
    codes = [encode(one.sums) for one in embedder.embed_tokens(texts)]
    declare(folder, token_arrays(np.full(embedder.vocabulary, 16, dtype=np.uint8), codes))

    def scores(of, mode):
        query = "how do I feed my starter"
        hits = rank([Cartridge.open(of)], query, mode=mode, embedders=embedders, limit=4).hits
        return {hit.chunk_id: hit.score for hit in hits}

    for mode in ("hybrid", "semantic"):
        before, after = scores(plain, mode), scores(folder, mode)
        assert max(after, key=after.get) == 1
        assert after[1] > before[1] + 0.02
    assert scores(plain, "lexical") == scores(folder, "lexical")
