"""What registries' stored documents list, read without the network."""

import os

import orjson

from vrom.registry.stored_listings import Listing, stored_listings


def store(file, *entries, now=1):
    file.parent.mkdir(parents=True, exist_ok=True)
    vroms = [{"version": "1.0", "files": {}, **entry} for entry in entries]
    file.write_bytes(orjson.dumps({"vroms": vroms}))
    os.utime(file, (now, now))


def test_every_stored_document_counts_and_the_first_one_has_an_id(tmp_path):
    store(tmp_path / "registry.json", {"id": "tea", "name": "Tea", "description": "Leaves.", "tags": ["drinks"]})
    store(tmp_path / "registries" / "a.json", {"id": "tea", "description": "Other."}, {"id": "coffee"})
    assert stored_listings(tmp_path) == [Listing("tea", "Tea Leaves. drinks"), Listing("coffee", "")]


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
