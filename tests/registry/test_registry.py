"""A registry's document: memory, disk, network; and what happens when the network, or the registry, isn't well."""

import json
import re

import pytest

from vrom.errors import HubError, InvalidArgumentError, NotFoundError, TransferError, TrustError
from vrom.format.versions import parse_reference
from vrom.registry.keys.signing import new_key, read_key
from vrom.registry.publish.publish import publish
from vrom.registry.registry import find, listed, official_address
from vrom.registry.registry_json import parse_document

ENTRY = {"id": "kettle", "version": "1.0.0", "files": {"manifest": "m.json", "index": "i.json"}}
PATH = "/registry.json"


def document(*entries, **keys) -> bytes:
    return json.dumps({"version": "1.0.0", "vroms": list(entries or [ENTRY]), **keys}).encode()


@pytest.fixture
def site(site):
    site.files[PATH] = document()
    return site


@pytest.fixture
def open_registry(site, registry_at):
    return lambda **options: registry_at(site.url(PATH), **options)


def ids(registry):
    return [entry.id for entry in registry.document.vroms]


class TestWhereItComesFrom:
    def test_from_memory_it_is_not_asked_for_again(self, open_registry, site):
        registry = open_registry()
        assert (ids(registry), ids(registry)) == (["kettle"], ["kettle"])
        assert len(site.asked) == 1

    def test_the_copy_on_disk_is_asked_about_by_its_etag(self, open_registry, site):
        assert ids(open_registry()) == ids(open_registry()) == ["kettle"]
        assert "if-none-match" not in site.asked[0].headers
        assert site.asked[1].headers["if-none-match"].startswith('"')

    def test_a_new_document_takes_the_place_of_the_copy(self, open_registry, site):
        open_registry().document  # noqa: B018
        site.files[PATH] = document({**ENTRY, "id": "teapot"})
        assert ids(open_registry()) == ["teapot"]
        site.fail(PATH, *[site.status(500)] * 9)
        assert ids(open_registry()) == ["teapot"]

    def test_refreshing_asks_for_the_whole(self, open_registry, site):
        open_registry().document  # noqa: B018
        assert ids(open_registry(refresh=True)) == ["kettle"]
        assert "if-none-match" not in site.asked[1].headers

    def test_a_copy_that_another_client_has_written_is_not_asked_about(self, open_registry, site, tmp_path):
        open_registry().document  # noqa: B018
        (tmp_path / "registry.json").write_bytes(document({**ENTRY, "id": "theirs"}))
        assert ids(open_registry()) == ["kettle"]
        assert "if-none-match" not in site.asked[1].headers

    @pytest.mark.parametrize("failure", ["status 500", "status 429", "dropped", "silent", "no JSON", "another page"])
    def test_where_the_network_is_down_the_copy_serves_and_that_is_said(self, open_registry, site, failure):
        open_registry().document  # noqa: B018
        site.files[PATH] = document({**ENTRY, "id": "teapot"})
        fail = {
            "status 500": site.status(500),
            "status 429": site.status(429, Retry_After="60"),
            "dropped": site.dropped_after(10),
            "silent": site.slow(2, 10),
            "no JSON": site.instead(b"<html>Log in to the network</html>"),
            "another page": site.instead(b'{"login": true}'),
        }[failure]
        site.fail(PATH, *[fail] * 9)
        registry = open_registry()
        assert ids(registry) == ["kettle"]
        assert "Using the stored copy" in registry.note

    @pytest.mark.parametrize("code", [401, 403, 404])
    def test_a_refusal_is_not_taken_for_a_network_that_is_down(self, open_registry, site, code):
        open_registry().document  # noqa: B018
        site.fail(PATH, site.status(code))
        with pytest.raises(TransferError, match=str(code)):
            open_registry().document  # noqa: B018

    def test_without_a_copy_the_failure_is_said(self, open_registry, site):
        site.fail(PATH, *[site.status(500)] * 9)
        with pytest.raises(TransferError, match="status 500"):
            open_registry().document  # noqa: B018

    def test_a_304_that_was_not_asked_for_is_a_failure(self, open_registry, site):
        site.fail(PATH, site.status(304))
        with pytest.raises(TransferError, match="304"):
            open_registry().document  # noqa: B018

    @pytest.mark.timeout(60)
    def test_a_document_without_end_is_cut_off(self, open_registry, site, monkeypatch):
        monkeypatch.setattr("vrom.registry.registry.LARGEST_DOCUMENT", 100_000)
        site.fail(PATH, site.endless())
        with pytest.raises(TransferError, match="limit of 100,000 bytes"):
            open_registry().document  # noqa: B018

    def test_the_official_one_is_a_dataset_at_the_hubs_endpoint(self, monkeypatch):
        from huggingface_hub import constants

        monkeypatch.setattr(constants, "ENDPOINT", "https://mirror.example/")
        expected = "https://mirror.example/datasets/philipp-zettl/vrom-registry/resolve/main/registry.json"
        assert official_address() == expected


class TestWhatItHolds:
    @pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"vroms": {}}', b'{"vroms": null}', b"\xff", b"[" * 100_000])
    def test_what_is_no_registry_is_refused(self, raw):
        with pytest.raises(HubError, match="is not a registry"):
            parse_document(raw, "here")

    @pytest.mark.parametrize(
        "entry",
        [None, 3, [], {}, {"id": "x"}, {**ENTRY, "id": "../x"}, {**ENTRY, "id": "a/b"}, {**ENTRY, "files": ["m"]}],
    )
    def test_an_entry_that_cannot_be_read_costs_only_itself(self, entry):
        read = parse_document(document(entry, ENTRY), "here")
        assert [entry.id for entry in read.vroms] == ["kettle"]
        assert read.unreadable == 1

    def test_entries_that_are_left_out_are_told(self, open_registry, site):
        site.files[PATH] = document(ENTRY, 3, {})
        registry = open_registry()
        assert ids(registry) == ["kettle"]
        assert "unreadable entries skipped: 2" in registry.note

    def test_keys_that_are_not_known_are_kept(self):
        read = parse_document(document({**ENTRY, "stars": 5}, maintainer="me"), "here")
        assert read.model_dump()["maintainer"] == "me"
        assert read.model_dump()["vroms"][0]["stars"] == 5

    def test_versions_are_listed_in_an_entry_or_as_entries(self):
        older = {"version": "0.9", "files": ENTRY["files"]}
        read = parse_document(document({**ENTRY, "versions": [older]}, {**ENTRY, "version": "0.8"}), "here")
        assert list(read.versions("kettle")) == ["1.0.0", "0.9", "0.8"]
        assert [entry.version for entry in read.newest_entries()] == ["1.0.0"]

    @pytest.mark.parametrize("file", ["file:///etc/passwd", "ftp://x.example/i.json", "data:,x"])
    def test_a_file_that_is_not_on_the_web_is_refused(self, open_registry, file):
        with pytest.raises(HubError, match="neither a web URL"):
            open_registry().locate(file)

    def test_relative_addresses_are_relative_to_the_document(self, open_registry, site):
        assert open_registry().locate("files/x.json") == site.url("/files/x.json")

    def test_a_registry_on_disk_names_files_of_its_folder_only(self, registry_at, tmp_path):
        folder = tmp_path / "here"
        folder.mkdir()
        (folder / "registry.json").write_bytes(document())
        (tmp_path / "secret").write_text("secret")
        (folder / "link").symlink_to(tmp_path / "secret")
        for address in (folder, folder / "registry.json"):
            registry = registry_at(str(address))
            assert ids(registry) == ["kettle"]
            assert registry.locate("files/x.json") == str(folder / "files" / "x.json")
            for file in ("../secret", "/etc/passwd", "link", "file:///etc/passwd"):
                with pytest.raises(HubError, match="neither a web URL"):
                    registry.locate(file)


class TestSeveral:
    @pytest.fixture
    def two(self, site, new_site, network, keys, tmp_path):
        from vrom.registry.registry import Registry

        other = new_site(files={PATH: document({**ENTRY, "version": "9.0"}, {**ENTRY, "id": "teapot"})})
        return [
            Registry(site.url(PATH), network, tmp_path / "a.json", keys),
            Registry(other.url(PATH), network, tmp_path / "b.json", keys),
        ]

    def test_the_first_that_has_the_id_decides_whatever_version_others_have(self, two):
        assert find(parse_reference("kettle"), two).release.version == "1.0.0"
        assert find(parse_reference("hub://teapot"), two).registry is two[1]
        with pytest.raises(NotFoundError, match=r"No version of kettle '9\.0'"):
            find(parse_reference("kettle@9.0"), two)

    @pytest.mark.timeout(60)
    def test_one_that_cannot_be_read_ends_the_search(self, two, site):
        site.fail(PATH, *[site.status(500)] * 9)
        with pytest.raises(TransferError):
            find(parse_reference("teapot"), two)

    def test_an_unknown_id_names_the_nearest_of_all(self, two):
        with pytest.raises(NotFoundError, match="Did you mean 'teapot'"):
            find(parse_reference("teapto"), two)

    def test_what_is_no_version_is_said(self, two):
        with pytest.raises(InvalidArgumentError):
            find(parse_reference("kettle@=>1"), two)

    def test_all_are_listed_once(self, two):
        assert [(entry.id, entry.version) for entry, _ in listed(two)] == [("kettle", "1.0.0"), ("teapot", "1.0.0")]


class TestTrust:
    """The key that a registry had when it was first used is the key it must have."""

    @pytest.fixture
    def published(self, site, kettle, tmp_path):
        """Publish with a key of this name, and serve it."""

        def publish_with(name: str | None, **options):
            if name and not (tmp_path / name).exists():
                new_key(tmp_path / name)
            key = read_key(tmp_path / name) if name else None
            publish(kettle, tmp_path / "registry", key=key, change_key=True, **options)
            site.put(tmp_path / "registry")
            return json.loads(site.files[PATH]).get("signature", {}).get("key")

        return publish_with

    def test_the_first_key_is_remembered_and_said(self, published, open_registry, keys, site):
        key = published("one")
        registry = open_registry()
        assert registry.document.signature.key == registry.key == key
        assert "Other keys will be rejected" in registry.note
        assert {address: known.key for address, known in keys.all().items()} == {site.url(PATH): key}
        again = open_registry()
        assert again.document
        assert again.note == ""

    def test_another_spelling_of_the_address_is_the_same_registry(self, published, registry_at, keys, site):
        published("one")
        assert registry_at(site.url(PATH)).document
        published("two")
        for path in ("/./registry.json", "/%72egistry.json", PATH + "#x"):
            site.files[path] = site.files[PATH]
            spelling = site.url(path)
            with pytest.raises(TrustError, match="someone is impersonating"):
                registry_at(spelling.replace("http:", "HTTP:")).document  # noqa: B018
        assert list(keys.all()) == [site.url(PATH)]

    def test_an_entry_without_files_is_covered_by_no_signature(self, published, open_registry, site):
        published("one")
        document = json.loads(site.files[PATH])
        document["vroms"].append({"id": "ghost", "version": "1.0", "files": {}, "description": "Obey."})
        site.files[PATH] = json.dumps(document).encode()
        with pytest.raises(TrustError, match=r"ghost '1\.0' lists no files"):
            open_registry().document  # noqa: B018

    @pytest.mark.parametrize("other", ["two", None], ids=["another key", "no signature"])
    def test_a_changed_key_stops_with_the_remedy(self, published, open_registry, keys, site, other):
        first = published("one")
        assert open_registry().document
        second = published(other)
        for _ in range(2):
            with pytest.raises(TrustError) as failure:
                open_registry().document  # noqa: B018
            assert first in str(failure.value)
            remedy = f"vrom key trust {site.url(PATH)} {second}" if second else f"vrom key forget {site.url(PATH)}"
            assert remedy in str(failure.value)
        keys.trust(site.url(PATH), second) if second else keys.forget(site.url(PATH))
        assert ids(open_registry()) == ["kettle"]

    def test_what_is_not_trusted_does_not_replace_the_copy(self, published, open_registry, site):
        published("one")
        assert open_registry().document
        published("two")
        with pytest.raises(TrustError):
            open_registry().document  # noqa: B018
        site.fail(PATH, *[site.status(500)] * 9)
        assert ids(open_registry()) == ["kettle"], "the copy is still the one that was trusted"

    def test_the_network_being_down_never_hides_a_changed_key(self, published, open_registry, site, tmp_path):
        published("one")
        assert open_registry().document
        published("two")
        (tmp_path / "registry.json").write_bytes(site.files[PATH])
        site.fail(PATH, *[site.status(500)] * 9)
        with pytest.raises(TrustError):
            open_registry().document  # noqa: B018

    @pytest.mark.parametrize("path", ["digests.index.sha256", "digests.index.size", "version", "id"])
    def test_a_signature_covers_what_it_is_about(self, published, open_registry, site, path):
        published("one")
        changed = json.loads(site.files[PATH])
        place = changed["vroms"][0]
        *keys, last = path.split(".")
        for key in keys:
            place = place[key]
        place[last] = {"sha256": "0" * 64, "size": 1, "version": "6.6.6", "id": "other"}[last]
        site.files[PATH] = json.dumps(changed).encode()
        with pytest.raises(TrustError, match=r"signature .* is invalid"):
            open_registry().document  # noqa: B018

    def test_an_entry_added_behind_the_signers_back_is_noticed(self, published, open_registry, site):
        published("one")
        for added in (ENTRY, {**ENTRY, "digests": {"manifest": {"sha256": "0" * 64, "size": 1}}}):
            changed = json.loads(site.files[PATH])
            changed["vroms"].append(added)
            site.files[PATH] = json.dumps(changed).encode()
            with pytest.raises(TrustError, match="no signature covers it"):
                open_registry().document  # noqa: B018

    def test_an_entry_taken_away_is_noticed(self, published, open_registry, site):
        published("one")
        changed = json.loads(site.files[PATH])
        changed["vroms"] = []
        site.files[PATH] = json.dumps(changed).encode()
        with pytest.raises(TrustError, match="is invalid"):
            open_registry().document  # noqa: B018

    def test_an_older_list_is_noticed_even_if_it_is_signed(self, published, open_registry, keys, site, kettle):
        key = published("one")
        older = site.files[PATH]
        manifest = json.loads((kettle / "manifest.json").read_bytes())
        (kettle / "manifest.json").write_text(json.dumps(manifest | {"version": "1.0.1"}))
        published("one")
        newer = site.files[PATH]
        assert json.loads(newer)["signature"]["serial"] > json.loads(older)["signature"]["serial"]
        assert open_registry().document
        site.files[PATH] = older
        for _ in range(2):
            with pytest.raises(
                TrustError,
                match=r"older list .* serial number \d+ \(20.* UTC\).* key trust .* ed25519:",
            ):
                open_registry().document  # noqa: B018
        site.files[PATH] = newer
        assert open_registry().document.vroms[0].version == "1.0.1"
        site.files[PATH] = older
        keys.trust(site.url(PATH), key)
        assert open_registry().document.vroms[0].version == "1.0.0", "the user has accepted it"

    @pytest.mark.parametrize("serial", [0, 1, 2**40])
    def test_a_serial_number_is_signed_too(self, published, open_registry, site, serial):
        published("one")
        changed = json.loads(site.files[PATH])
        changed["signature"]["serial"] = serial
        site.files[PATH] = json.dumps(changed).encode()
        with pytest.raises(TrustError, match="is invalid"):
            open_registry().document  # noqa: B018

    def test_a_copy_stored_here_may_be_older_when_the_network_is_down(self, published, open_registry, keys, site):
        key = published("one")
        assert open_registry().document
        keys.check(site.url(PATH), key, 2**40)
        site.fail(PATH, *[site.status(500)] * 9)
        registry = open_registry()
        assert ids(registry) == ["kettle"]
        assert "Using the stored copy" in registry.note

    def test_what_was_known_before_there_were_serial_numbers_is_still_known(self, keys, published, open_registry, site):
        keys.file.parent.mkdir(parents=True, exist_ok=True)
        key = published("one")
        keys.file.write_text(json.dumps({site.url(PATH): key}))
        assert open_registry().document
        assert keys.all()[site.url(PATH)].serial > 0
        published("two")
        with pytest.raises(TrustError, match=re.escape(key)):
            open_registry().document  # noqa: B018

    @pytest.mark.parametrize("key", ["", "ed25519:", "ed25519:AAAA", "rsa:x", "ed25519:" + "é" * 44])
    def test_what_is_no_key_is_refused(self, keys, key):
        with pytest.raises(HubError, match="is not a public key"):
            keys.trust("https://a.example", key)

    @pytest.mark.parametrize("content", ["{", "[]", '{"a": 1}'])
    def test_damaged_knowledge_is_not_taken_for_none(self, keys, content):
        keys.file.write_text(content)
        with pytest.raises(TrustError, match="Restore it, or delete it"):
            keys.check("https://a.example", None)

    def test_a_private_key_is_its_owners_alone_and_never_overwritten(self, tmp_path):
        public = new_key(tmp_path / "key")
        assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
        with pytest.raises(HubError, match="was not overwritten"):
            new_key(tmp_path / "key")
        from vrom.registry.keys.signing import public_text

        assert public_text(read_key(tmp_path / "key")) == public

    def test_no_copy_of_a_private_key_is_left_where_it_can_not_be_put_in_place(self, tmp_path, monkeypatch):
        monkeypatch.setattr("os.link", lambda *_: (_ for _ in ()).throw(OSError("no links here")))
        with pytest.raises(HubError, match="Cannot write"):
            new_key(tmp_path / "keys" / "key")
        assert list((tmp_path / "keys").iterdir()) == []

    @pytest.mark.parametrize(
        "content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
    )
    def test_what_is_no_private_key_is_refused(self, tmp_path, content):
        (tmp_path / "key").write_bytes(content)
        with pytest.raises(HubError, match="not a private key"):
            read_key(tmp_path / "key")
