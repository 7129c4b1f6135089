"""What registries' stored documents list, read without the network."""

import hashlib
import os

import orjson
import pytest

from vrom.registry.stored_listings import Listing, stored_listings


def store(file, *entries, now=1):
    file.parent.mkdir(parents=True, exist_ok=True)
    vroms = [{"version": "1.0", "files": {}, **entry} for entry in entries]
    file.write_bytes(orjson.dumps({"vroms": vroms}))
    os.utime(file, (now, now))


def test_every_stored_document_counts_and_the_first_one_has_an_id(tmp_path):
    store(tmp_path / "registry.json", {"id": "tea", "name": "Tea", "description": "Leaves.", "tags": ["drinks"]})
    store(tmp_path / "registries" / "a.json", {"id": "tea", "description": "Other."}, {"id": "coffee"})
    listed = {"version": "1.0", "versions": frozenset({"1.0"})}
    assert stored_listings(tmp_path) == [
        Listing("tea", "Tea Leaves. drinks", **listed),
        Listing("coffee", "", **listed),
    ]


def test_without_documents_nothing_is_listed(tmp_path):
    assert stored_listings(tmp_path) == []


def test_what_is_no_document_lists_nothing(tmp_path):
    (tmp_path / "registry.json").write_text("not JSON")
    store(tmp_path / "registries" / "a.json", {"id": "tea"})
    (tmp_path / "registries" / "a.etag.json").write_text('{"etag": "1"}')
    assert [listing.id for listing in stored_listings(tmp_path)] == ["tea"]


def test_a_document_that_was_replaced_is_read_again(tmp_path):
    store(tmp_path / "registry.json", {"id": "tea"}, now=1)
    assert [listing.id for listing in stored_listings(tmp_path)] == ["tea"]
    store(tmp_path / "registry.json", {"id": "coffee"}, now=2)
    assert [listing.id for listing in stored_listings(tmp_path)] == ["coffee"]


def test_versions_and_figures_are_those_of_the_document(tmp_path):
    older = {"version": "0.9", "files": {}}
    entry = {"id": "tea", "vectors": 12, "tokens": 3400, "size_mb": 1.5, "model": "M", "versions": [older]}
    store(tmp_path / "registry.json", entry)
    (found,) = stored_listings(tmp_path)
    assert (found.version, found.versions) == ("1.0", {"1.0", "0.9"})
    assert (found.chunks, found.tokens, found.megabytes, found.model) == (12, 3400, 1.5, "M")


@pytest.mark.parametrize(
    ("note", "registry", "key"),
    [
        ({}, "https://hub.example", "ed25519:key"),
        ({"sha256": "0" * 64}, "", None),
        ({"sha256": None, "address": 7}, "", None),
    ],
)
def test_a_signature_counts_only_in_a_document_that_vrom_has_verified_and_stored(tmp_path, note, registry, key):
    file = tmp_path / "registries" / "a.json"
    file.parent.mkdir()
    signature = {"key": "ed25519:key", "value": "x"}
    file.write_bytes(orjson.dumps({"vroms": [{"id": "tea", "version": "1.0", "files": {}}], "signature": signature}))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    file.with_suffix(".etag.json").write_bytes(
        orjson.dumps({"address": "https://hub.example", "sha256": digest, **note})
    )
    (found,) = stored_listings(tmp_path)
    assert (found.registry, found.key) == (registry, key)
