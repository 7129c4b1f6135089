"""A static registry in a folder: what was published is what is pulled, and stays."""

import gzip
import hashlib
import json

import pytest

from vrom.errors import HubError, MismatchError, PackageError, TrustError
from vrom.registry.keys.signing import new_key, read_key, verify
from vrom.registry.publish.publish import publish
from vrom.registry.registry_json import parse_document


@pytest.fixture
def registry(tmp_path):
    return tmp_path / "registry"


@pytest.fixture
def make(make_package, tmp_path):
    def make(version="1.0.0", text="Fill it.", name="kettle", **manifest):
        root = tmp_path / "made" / hashlib.sha256(f"{version}{text}".encode()).hexdigest()[:8]
        return make_package(name, {"kettle.md": [f"# Kettle\n\n{text}"]}, root=root, version=version, **manifest)

    return make


@pytest.fixture
def key(tmp_path):
    new_key(tmp_path / "key")
    return read_key(tmp_path / "key")


def document(registry):
    return json.loads((registry / "registry.json").read_bytes())


def test_files_are_named_by_their_content_with_gzip_copies(registry, make):
    package = make()
    done = publish(package, registry)
    (entry,) = document(registry)["vroms"]
    assert done.changed
    for role, name in entry["files"].items():
        content = (registry / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        assert name == f"files/{digest}.json"
        assert content == (package / f"{role}.json").read_bytes()
        assert entry["digests"][role] == {"sha256": digest, "size": len(content)}
        packed = (registry / entry["compressed"][role]["url"]).read_bytes()
        assert gzip.decompress(packed) == content
        assert entry["compressed"][role]["sha256"] == hashlib.sha256(packed).hexdigest()


def test_the_document_holds_what_the_formats_clients_read(registry, make):
    publish(make(), registry, base_url="https://example.org/vroms/", tags=["tea"])
    whole = document(registry)
    (entry,) = whole["vroms"]
    assert set(whole) >= {"version", "description", "base_url", "vroms"}
    facts = {"id": "kettle", "name": "kettle", "version": "1.0.0", "vectors": 1, "dimensions": 384, "official": False}
    assert entry.items() >= facts.items()
    assert (entry["model"], entry["tags"]) == ("Xenova/all-MiniLM-L6-v2", ["tea"])
    assert all(url.startswith("https://example.org/vroms/files/") for url in entry["files"].values())


def test_publishing_the_same_again_changes_nothing(registry, make, key):
    publish(make(), registry, key=key)
    before = {file: file.stat().st_mtime_ns for file in registry.rglob("*.*") if file.name[0] != "."}
    assert not publish(make(), registry, key=key).changed
    assert before == {file: file.stat().st_mtime_ns for file in registry.rglob("*.*") if file.name[0] != "."}


def test_the_newest_version_is_the_entry_and_older_ones_are_in_it(registry, make):
    for version in ("1.0.0", "1.10.0", "1.2.0"):
        publish(make(version), registry, base_url="https://example.org", tags=["tea"] if version == "1.0.0" else None)
    (entry,) = document(registry)["vroms"]
    assert entry["version"] == "1.10.0"
    assert [release["version"] for release in entry["versions"]] == ["1.2.0", "1.0.0"]
    assert entry["tags"] == ["tea"]


def test_an_unknown_version_is_published_and_is_the_oldest(registry, make):
    for version in ("0.0.1", "unknown"):
        publish(make(version), registry, base_url="https://example.org")
    (entry,) = document(registry)["vroms"]
    assert (entry["version"], [release["version"] for release in entry["versions"]]) == ("0.0.1", ["unknown"])


def test_what_others_have_put_into_the_document_stays(registry, make):
    registry.mkdir()
    theirs = {"id": "teapot", "version": "1", "files": {}, "stars": 5}
    (registry / "registry.json").write_text(json.dumps({"vroms": [theirs, {"id": "???"}], "maintainer": "me"}))
    publish(make(), registry)
    whole = document(registry)
    assert whole["maintainer"] == "me"
    assert whole["vroms"][:2] == [theirs, {"id": "???"}]


def test_a_version_is_never_replaced_unasked(registry, make):
    publish(make(), registry)
    with pytest.raises(HubError, match="already published with different content"):
        publish(make(text="Another text."), registry)
    publish(make(text="Another text."), registry, force=True)
    assert len(list((registry / "files").glob("*.json"))) == 4, "a client may be fetching the older files"


def test_a_registry_that_cannot_be_read_is_not_overwritten(registry, make):
    registry.mkdir()
    (registry / "registry.json").write_text("{")
    with pytest.raises(HubError, match="is not a registry"):
        publish(make(), registry)
    assert (registry / "registry.json").read_text() == "{"


def test_only_whole_packages_are_published(registry, make):
    package = make()
    manifest = json.loads((package / "manifest.json").read_bytes())
    (package / "manifest.json").write_text(json.dumps(manifest | {"corpus_hash": "0" * 16}))
    with pytest.raises(MismatchError, match="corpus_hash"):
        publish(package, registry)
    (package / "index.json").write_text("{")
    with pytest.raises(PackageError):
        publish(package, registry)
    with pytest.raises(HubError, match="cannot be published"):
        publish(make("../../1"), registry)
    assert not (registry / "registry.json").exists()


class TestSignature:
    def test_it_covers_every_file_of_every_version(self, registry, make, key):
        publish(make(), registry, key=key)
        publish(make("2.0.0"), registry, key=key)
        whole = parse_document((registry / "registry.json").read_bytes(), "here")
        assert verify(whole, "here") == whole.signature.key
        assert whole.signature.key.startswith("ed25519:")

    def test_another_program_can_check_it(self, registry, make, key):
        import base64

        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        publish(make(), registry, key=key)
        whole = document(registry)
        first = f"vrom registry digests, version 2\nserial {whole['signature']['serial']}\n"
        lines = sorted(
            f"kettle 1.0.0 {role} {digest['sha256']} {digest['size']}\n"
            for role, digest in whole["vroms"][0]["digests"].items()
        )
        public = Ed25519PublicKey.from_public_bytes(
            base64.b64decode(whole["signature"]["key"].removeprefix("ed25519:"))
        )
        public.verify(base64.b64decode(whole["signature"]["value"]), (first + "".join(lines)).encode())

    def test_the_serial_number_is_raised_with_every_change_and_only_then(self, registry, make, key):
        serials = []
        for version in ("1.0.0", "2.0.0", "2.0.0", "1.1.0"):
            publish(make(version), registry, key=key)
            serials.append(document(registry)["signature"]["serial"])
        assert serials == sorted(serials)
        assert serials[1] == serials[2]
        assert len(set(serials)) == 3

    def test_a_registry_made_anew_goes_on_where_the_lost_one_was(self, registry, make, key):
        publish(make(), registry, key=key)
        lost = document(registry)["signature"]["serial"]
        (registry / "registry.json").unlink()
        publish(make(), registry, key=key)
        assert document(registry)["signature"]["serial"] >= lost

    def test_a_signed_registry_is_not_changed_without_its_key(self, registry, make, key, tmp_path):
        publish(make(), registry, key=key)
        new_key(tmp_path / "other")
        for other in (None, read_key(tmp_path / "other")):
            with pytest.raises(TrustError, match="--change-key"):
                publish(make("2.0.0"), registry, key=other)
        publish(make("2.0.0"), registry, key=read_key(tmp_path / "other"), change_key=True)
        assert document(registry)["signature"]["key"] != key

    def test_a_registry_that_was_tampered_with_is_not_signed(self, registry, make, key):
        publish(make(), registry, key=key)
        whole = document(registry)
        whole["vroms"][0]["digests"]["index"]["sha256"] = "0" * 64
        (registry / "registry.json").write_text(json.dumps(whole))
        with pytest.raises(TrustError, match="is invalid"):
            publish(make("2.0.0"), registry, key=key)


def test_an_entry_that_can_not_be_read_stays_as_it_is(registry, make):
    publish(make(), registry)
    whole = document(registry)
    odd = {"id": "kettle", "versions": "none", "note": "made by hand"}
    (registry / "registry.json").write_text(json.dumps({**whole, "vroms": [odd, *whole["vroms"]]}))
    publish(make("2.0.0"), registry)
    first, second = document(registry)["vroms"]
    assert first == odd
    assert (second["version"], [one["version"] for one in second["versions"]]) == ("2.0.0", ["1.0.0"])
