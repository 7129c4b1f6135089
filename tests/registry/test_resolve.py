"""Resolving each kind of address, with one client as a program without the command line makes it."""

import hashlib
import json
import tarfile
from functools import partial

import pytest

from vrom.errors import HubError, NotFoundError
from vrom.format.versions import Reference
from vrom.registry.client import RegistryClient
from vrom.registry.publish.publish import publish
from vrom.registry.pulled_json import Origin
from vrom.registry.resolve import is_place, pull, requested_version, resolve, resolve_origin, resolve_update

DATASET = "hf://datasets/someone/kettle"
COMMIT = "1" * 40


@pytest.fixture
def publish_version(make_package, tmp_path, site):
    """Publish a version of `kettle` and serve the registry."""

    def publish_version(version):
        pages = {"kettle.md": [f"# Kettle\n\nFill it, as of {version}."]}
        folder = make_package("kettle", pages, root=tmp_path / version, version=version)
        publish(folder, tmp_path / "registry")
        site.put(tmp_path / "registry")

    return publish_version


@pytest.fixture
def client(publish_version, site, tmp_path):
    """A client of a served registry with kettle 1.0 and 2.0."""
    publish_version("1.0")
    publish_version("2.0")
    client = RegistryClient(
        home=tmp_path / "home",
        cache=tmp_path / "cache",
        vroms=tmp_path / "vroms",
        max_download=10_000_000,
        registry_addresses=[site.url("/registry.json")],
    )
    yield client
    client.network.close()


@pytest.fixture
def dataset(kettle, monkeypatch, tmp_path):
    """A dataset in the cache of the Hugging Face client, which can't reach its endpoint."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub-cache"))
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    repository = tmp_path / "hub-cache" / "datasets--someone--kettle"
    for name in ("refs", "blobs", f"snapshots/{COMMIT}"):
        (repository / name).mkdir(parents=True)
    (repository / "refs" / "main").write_text(COMMIT)
    for file in kettle.iterdir():
        blob = repository / "blobs" / hashlib.sha256(file.read_bytes()).hexdigest()
        blob.write_bytes(file.read_bytes())
        (repository / "snapshots" / COMMIT / file.name).symlink_to(blob)


@pytest.fixture
def archive(kettle, tmp_path):
    with tarfile.open(tmp_path / "kettle.tar.gz", "w:gz") as archive:
        archive.add(kettle, "kettle")
    return tmp_path / "kettle.tar.gz"


@pytest.mark.parametrize(
    ("address", "version", "wanted"),
    [
        ("kettle", "2.0", ""),
        ("kettle@latest", "2.0", ""),
        ("kettle@1.0", "1.0", "1.0"),
        ("hub://kettle", "2.0", ""),
        ("hub://kettle@<2", "1.0", "<2"),
    ],
)
def test_an_id_is_looked_up_in_the_registries(client, site, address, version, wanted):
    with resolve(address, client) as offer:
        assert (offer.id, offer.version) == ("kettle", version)
        assert (offer.origin.address, offer.origin.registry) == ("hub://kettle", site.url("/registry.json"))
        assert requested_version(address, offer) == wanted


def test_an_id_that_no_registry_lists_is_not_found(client):
    with pytest.raises(NotFoundError), resolve("teapot", client):
        pass


@pytest.mark.parametrize(("address", "wanted"), [(DATASET, ""), (f"{DATASET}@{COMMIT}", "1.0.0")])
def test_a_dataset(client, dataset, address, wanted):
    with resolve(address, client) as offer:
        assert (offer.id, offer.origin) == ("kettle", Origin(address=f"{DATASET}@{COMMIT}"))
        assert requested_version(address, offer) == wanted


def test_a_web_address(client, kettle, site):
    site.put(kettle)
    with resolve(site.url("/manifest.json"), client) as offer:
        assert (offer.id, offer.origin) == ("kettle", Origin(address=site.url("/manifest.json")))


def test_a_folder(client, kettle):
    with resolve(str(kettle), client) as offer:
        assert (offer.id, offer.origin) == ("kettle", Origin(address=str(kettle)))


def test_an_archive_is_named_without_a_separator(client, archive, monkeypatch):
    monkeypatch.chdir(archive.parent)
    with resolve(archive.name, client) as offer:
        assert (offer.id, offer.origin) == ("kettle", Origin(address=str(archive)))


def test_a_path_in_the_home_folder(client, archive, monkeypatch):
    monkeypatch.setenv("HOME", str(archive.parent))
    with resolve("~/kettle.tar.gz", client) as offer:
        assert offer.origin == Origin(address=str(archive))


def test_a_path_without_a_package_is_refused(client, tmp_path):
    with pytest.raises(HubError, match="neither a package folder nor a package archive"), resolve("./none", client):
        pass


@pytest.mark.parametrize("address", ["kettle", "kettle@>=1,<2", "hub://kettle"])
def test_ids_are_not_places(address):
    assert not is_place(address)


@pytest.mark.parametrize("address", [DATASET, "https://a.example/manifest.json", "a/b", "a\\b", ".", "~"])
def test_places_are_not_ids(address):
    assert is_place(address)


def test_an_archive_is_pulled_while_it_is_unpacked(client, archive):
    pulled = pull(str(archive), client)
    assert (pulled.changed, pulled.package.record.origin.address) == (True, str(archive))
    assert not list(client.downloads.folder.glob("*"))


class TestOrigin:
    @pytest.fixture
    def resolved(self, client):
        def resolved(**origin):
            with resolve_origin(Origin(**origin), Reference("kettle", "1.0"), client) as offer:
                return offer.version, offer.origin.address

        return resolved

    def test_a_registry_gives_the_version_that_is_named(self, resolved, site):
        assert resolved(address="hub://kettle", registry=site.url("/registry.json")) == ("1.0", "hub://kettle")

    def test_a_registry_that_is_not_configured_is_opened(self, resolved, tmp_path):
        assert resolved(address="hub://kettle", registry=str(tmp_path / "registry"))[0] == "1.0"

    def test_other_places_give_what_they_have(self, resolved, dataset, kettle, archive, site):
        site.put(kettle)
        for address in (f"{DATASET}@{COMMIT}", site.url("/manifest.json"), str(kettle), str(archive)):
            assert resolved(address=address) == ("1.0.0", address)

    def test_an_id_without_a_registry_is_not_looked_up(self, resolved):
        with pytest.raises(HubError, match="neither a package folder nor a package archive"):
            resolved(address="kettle")


class TestUpdate:
    @pytest.fixture
    def updated(self, client):
        """Pull an address; gives a function that resolves its update to a version."""

        def updated(address):
            return partial(resolve_update, pull(address, client).package, client)

        return updated

    def test_a_registry_is_asked_within_the_range(self, updated):
        assert updated("kettle")().version == "2.0"
        assert updated("kettle@<2")().version == "1.0"

    def test_a_web_address_is_asked_again(self, updated, kettle, site):
        site.put(kettle)
        update = updated(site.url("/manifest.json"))
        manifest = json.loads(site.files["/manifest.json"])
        site.files["/manifest.json"] = json.dumps({**manifest, "version": "1.1.0"}).encode()
        assert update().version == "1.1.0"

    def test_a_dataset_unless_it_is_pinned(self, updated, dataset):
        assert updated(DATASET)().version == "1.0.0"

    def test_a_pinned_dataset_and_a_path_stay(self, updated, dataset, kettle):
        assert updated(f"{DATASET}@{COMMIT}")() is None
        assert updated(str(kettle))() is None


def test_headers_and_key_go_to_the_registry_only(client, site, new_site, kettle):
    own = new_site()
    own.put(kettle)
    options = {"home": client.home, "cache": client.cache, "vroms": client.vroms, "max_download": client.max_download}
    package = own.url("/manifest.json")
    with_credentials = RegistryClient(
        **options, registry_addresses=client.registry_addresses, package_addresses=[package],
        headers={"X-Team": "tea"}, api_key="secret",
    )  # fmt: skip
    pull("kettle", with_credentials)
    pull(package, with_credentials, force=True)
    with_credentials.network.close()
    assert {(asked.headers.get("x-api-key"), asked.headers.get("x-team")) for asked in site.asked} == {
        ("secret", "tea")
    }
    assert {(asked.headers.get("x-api-key"), asked.headers.get("x-team")) for asked in own.asked} == {(None, "tea")}
    assert "secret" not in repr(with_credentials)
