"""Word pieces come with a package wherever it is taken from, and are those that its manifest declares."""

import json
import zipfile

import pytest

from vrom.errors import MismatchError
from vrom.format.versions import parse_reference
from vrom.index.cartridge import Cartridge
from vrom.registry.install import take
from vrom.registry.installed import PackageStore
from vrom.registry.keys.signing import new_key, read_key
from vrom.registry.lock import lock_package, mirror, sync
from vrom.registry.offers.offers import from_address, from_path, from_registry
from vrom.registry.publish.publish import publish
from vrom.registry.registry import find

PATH = "/registry.json"


@pytest.fixture
def package(kettle, add_word_pieces):
    add_word_pieces(kettle)
    return kettle


@pytest.fixture
def serve(tmp_path, site):
    def serve(folder, **options):
        publish(folder, tmp_path / "registry", **options)
        site.put(tmp_path / "registry")
        return json.loads(site.files[PATH])["vroms"][0]

    return serve


@pytest.fixture
def offer(registry_at, site, downloads):
    def offer(locked=None):
        name = f"{locked.id}@{locked.version}" if locked else "kettle"
        return from_registry(find(parse_reference(name), [registry_at(site.url(PATH))]), downloads)

    return offer


def pieces(folder):
    return Cartridge.open(folder).tokens


def test_a_registry_lists_them_and_a_pull_brings_them(package, serve, offer, store, site):
    entry = serve(package)
    assert entry["files"]["tokens"].endswith(".bin")
    assert "tokens" not in entry["compressed"]
    pulled = take(offer(), store).package
    assert pieces(pulled.folder).codes[-1].tolist() == [1, 1, 1]
    site.asked.clear()
    assert not take(offer(), store).changed
    assert [asked.path for asked in site.asked] == [PATH]


def test_a_signature_covers_them(package, serve, tmp_path, offer, store, site):
    new_key(tmp_path / "key")
    entry = serve(package, key=read_key(tmp_path / "key"))
    site.files["/" + entry["files"]["tokens"]] = b"another"
    with pytest.raises(MismatchError, match=r"expected \d+ bytes with SHA-256"):
        take(offer(), store)
    assert store.installed("kettle") == []


@pytest.mark.parametrize("what", ["folder", "archive", "address"])
def test_they_come_from_other_places_as_well(package, what, downloads, store, site, tmp_path):
    if what == "address":
        site.put(package)
        pulled = take(from_address(site.url("/manifest.json"), downloads), store)
    else:
        path = package
        if what == "archive":
            path = tmp_path / "kettle.zip"
            with zipfile.ZipFile(path, "w") as archive:
                for file in package.iterdir():
                    archive.write(file, file.name)
        with from_path(path, downloads) as offered:
            pulled = take(offered, store)
    assert pieces(pulled.package.folder).codes[-1].tolist() == [1, 1, 1]


def test_a_package_that_came_without_them_is_whole(package, downloads, store, site):
    (package / "tokens.bin").unlink()
    site.put(package)
    pulled = take(from_address(site.url("/manifest.json"), downloads), store).package
    assert not (pulled.folder / "tokens.bin").exists()
    assert pieces(pulled.folder) is None


@pytest.mark.parametrize("change", [lambda raw: raw[:-1] + b"!", lambda raw: raw + b"more", lambda _: b""])
def test_others_than_the_manifest_declares_are_refused(package, downloads, store, change):
    file = package / "tokens.bin"
    file.write_bytes(change(file.read_bytes()))
    with (
        from_path(package, downloads) as offered,
        pytest.raises(MismatchError, match=r"tokens\.bin.*manifest declares"),
    ):
        take(offered, store)
    assert store.installed("kettle") == []


@pytest.mark.parametrize("name", ["index.json", "../tokens.bin", "contents.bin", "manifest.json", ""])
def test_a_manifest_that_names_another_file_brings_none(package, downloads, store, name):
    manifest = json.loads((package / "manifest.json").read_text())
    manifest["companions"]["tokens"]["file"] = name
    (package / "manifest.json").write_text(json.dumps(manifest))
    with from_path(package, downloads) as offered:
        folder = take(offered, store).package.folder
    assert {file.name for file in folder.iterdir()} == {"index.json", "manifest.json", "pulled.json"}


def test_a_lock_holds_them_by_the_manifest(package, serve, offer, store, tmp_path):
    serve(package)
    locked = lock_package(take(offer(), store).package)
    assert set(locked.files) == {"manifest", "index"}
    elsewhere = PackageStore(tmp_path / "elsewhere")
    synced = sync(locked, elsewhere, offer).package
    assert pieces(synced.folder)
    (synced.folder / "tokens.bin").unlink()
    assert not sync(locked, elsewhere, offer).changed, "a machine that pulled before there were any has what is locked"
    mirror([take(offer(), store).package], tmp_path / "project")
    assert pieces(tmp_path / "project" / "kettle@1.0.0")


def test_they_are_added_to_what_was_published_without(package, serve, tmp_path):
    pieces_file = (package / "tokens.bin").read_bytes()
    (package / "tokens.bin").unlink()
    assert "tokens" not in serve(package)["files"]
    (package / "tokens.bin").write_bytes(pieces_file)
    assert "tokens" in serve(package)["files"]
