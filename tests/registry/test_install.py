"""From an offer to a package in the store: verified, in one step, once."""

import json
import subprocess
import sys
import threading

import pytest

from vrom.errors import HubError, MismatchError, PackageError, PackageLimitError, TransferError
from vrom.format.limits import Limits
from vrom.format.read import read_package
from vrom.format.versions import parse_reference
from vrom.library.library import Library
from vrom.registry.install import take
from vrom.registry.offers.offers import from_address, from_path, from_registry
from vrom.registry.publish.publish import publish
from vrom.registry.registry import find

PATH = "/registry.json"


@pytest.fixture
def publish_kettle(make_package, tmp_path, site):
    """Publish a version of `kettle` and serve the registry."""

    def publish_version(version, text="Fill it.", **options):
        folder = make_package(
            "kettle", {"kettle.md": [f"# Kettle\n\n{text}"]}, root=tmp_path / version, version=version
        )
        publish(folder, tmp_path / "registry", **options)
        site.put(tmp_path / "registry")
        return json.loads(site.files[PATH])["vroms"][0]

    return publish_version


@pytest.fixture
def pull(registry_at, site, downloads, store):
    def pull(name="kettle", **options):
        reference = parse_reference(name)
        offer = from_registry(find(reference, [registry_at(site.url(PATH))]), downloads)
        return take(offer, store, wanted=reference.wanted, **options)

    return pull


def versions(store):
    return [package.version for package in store.installed("kettle")]


class TestFromARegistry:
    def test_a_package_comes_with_a_record_of_where_from(self, publish_kettle, pull, store, site):
        entry = publish_kettle("1.0")
        pulled = pull()
        assert pulled.changed
        assert pulled.package.folder == store.folder / "kettle"
        assert pulled.package.record.origin.registry == site.url(PATH)
        assert pulled.package.record.files["index"].model_dump() == entry["digests"]["index"]
        assert read_package(pulled.package.folder).manifest.version == "1.0"

    def test_the_compressed_copies_are_fetched(self, publish_kettle, pull, site):
        publish_kettle("1.0")
        pull()
        assert all(asked.path.endswith(".gz") for asked in site.asked if asked.path != PATH)

    def test_what_is_here_is_not_fetched_again(self, publish_kettle, pull, site):
        publish_kettle("1.0")
        pull()
        site.asked.clear()
        assert not pull().changed
        assert [asked.path for asked in site.asked] == [PATH]
        assert pull(force=True).changed

    def test_a_newer_version_takes_the_place_of_the_one_that_was_newest(self, publish_kettle, pull, store):
        publish_kettle("1.0")
        pull()
        publish_kettle("1.10")
        pull()
        assert versions(store) == ["1.10"]

    def test_a_version_that_was_asked_for_stays(self, publish_kettle, pull, store):
        for version in ("1.0", "1.5", "2.0"):
            publish_kettle(version)
        for name in ("kettle@1.0", "kettle@<2", "kettle"):
            pull(name)
        assert versions(store) == ["2.0", "1.5", "1.0"]
        publish_kettle("1.9")
        publish_kettle("2.1")
        for name in ("kettle@1.0", "kettle@<2", "kettle"):
            pull(name)
        assert versions(store) == ["2.1", "1.9", "1.0"]

    def test_a_version_published_anew_is_fetched_anew(self, publish_kettle, pull, store):
        publish_kettle("1.0")
        pull()
        publish_kettle("1.0", text="Fill it anew.", force=True)
        assert pull().changed
        assert "anew" in read_package(store.folder / "kettle").chunks[0].text

    def test_one_made_here_is_not_replaced_by_one_without_digests(
        self, publish_kettle, pull, site, store, make_package
    ):
        entry = publish_kettle("1.0")
        made = make_package("kettle", {"my.md": ["# Mine"]}, root=store.folder, version="1.0")
        site.files[PATH] = json.dumps({"vroms": [{key: entry[key] for key in ("id", "version", "files")}]}).encode()
        with pytest.raises(HubError, match="built on this machine"):
            pull()
        assert "Mine" in read_package(made).chunks[0].text

    def test_one_made_here_is_not_replaced_by_another_with_digests(self, publish_kettle, pull, store, make_package):
        publish_kettle("1.0")
        made = make_package("kettle", {"kettle.md": ["# My own"]}, root=store.folder, version="1.0")
        with pytest.raises(HubError, match="built on this machine"):
            pull()
        assert read_package(made).chunks[0].text == "# My own"
        assert pull(force=True).changed
        assert read_package(made).chunks[0].text != "# My own"

    def test_what_cannot_be_read_within_the_limits_is_not_kept(self, publish_kettle, pull, store):
        publish_kettle("1.0")
        store.limits = Limits(memory=1000)
        with pytest.raises(PackageLimitError, match="VROM_MAX_MEMORY"):
            pull()
        assert store.installed() == []

    @pytest.mark.parametrize("role", ["manifest", "index"])
    def test_a_file_unlike_its_digest_leaves_the_old_package(self, publish_kettle, pull, site, store, kettle, role):
        publish_kettle("1.0")
        pull()
        entry = publish_kettle("2.0")
        for path in (f"/{entry['files'][role]}", f"/{entry['compressed'][role]['url']}"):
            site.files[path] = site.files[path][:-1] + b"?"
        with pytest.raises(MismatchError):
            pull()
        assert versions(store) == ["1.0"]
        assert not list(store.folder.glob(".kettle*new"))

    def test_a_compressed_copy_that_unpacks_to_something_else_is_refused(self, publish_kettle, pull, site, store):
        import gzip
        import hashlib

        publish_kettle("1.0")
        document = json.loads(site.files[PATH])
        copy = document["vroms"][0]["compressed"]["index"]
        packed = gzip.compress(b"0" * 5_000_000)
        site.files[f"/{copy['url']}"] = packed
        copy |= {"sha256": hashlib.sha256(packed).hexdigest(), "size": len(packed)}
        site.files[PATH] = json.dumps(document).encode()
        with pytest.raises(HubError, match="larger than"):
            pull()
        assert versions(store) == []

    def test_a_package_that_is_another_than_listed_is_refused(self, publish_kettle, pull, site, store):
        entry = publish_kettle("1.0")
        for listed in ({"id": "teapot"}, {"version": "9.0"}):
            document = {"vroms": [{key: entry[key] for key in ("id", "version", "files")} | listed]}
            site.files[PATH] = json.dumps(document).encode()
            with pytest.raises(MismatchError, match="downloaded package is kettle"):
                pull(listed.get("id", "kettle"))
        assert list(store.installed()) == []

    def test_files_of_two_states_are_noticed_without_digests(self, publish_kettle, pull, site, store):
        one, other = publish_kettle("1.0"), publish_kettle("1.1", text="Another text.")
        files = {"manifest": one["files"]["manifest"], "index": other["files"]["index"]}
        site.files[PATH] = json.dumps({"vroms": [{"id": "kettle", "version": "1.0", "files": files}]}).encode()
        with pytest.raises(MismatchError, match="do not match corpus_hash"):
            pull()

    def test_chunks_that_are_listed_but_not_there_are_done_without(self, publish_kettle, pull, site):
        entry = publish_kettle("1.0")
        files = {**entry["files"], "chunks": "files/nothing.json"}
        site.files[PATH] = json.dumps({"vroms": [{"id": "kettle", "version": "1.0", "files": files}]}).encode()
        assert sorted(file.name for file in pull().package.folder.iterdir()) == [
            "index.json",
            "manifest.json",
            "pulled.json",
        ]

    @pytest.mark.parametrize("name", ["../index.json", "/etc/passwd", "manifest.json", "pulled.json", "a/b", "..", ""])
    def test_a_manifest_that_names_other_files_than_its_own_is_refused(
        self, site, downloads, kettle, store, tmp_path, name
    ):
        site.put(kettle)
        manifest = json.loads(site.files["/manifest.json"])
        site.files["/manifest.json"] = json.dumps(manifest | {"files": {"index": name}}).encode()
        with pytest.raises(PackageError):
            take(from_address(site.url("/manifest.json"), downloads), store)
        assert list(store.installed()) == []
        assert not (tmp_path / "index.json").exists()

    def test_a_broken_package_is_not_put_in_place(self, site, downloads, kettle, store):
        site.put(kettle)
        site.files["/index.json"] = site.files["/index.json"].replace(b'"dim": 384', b'"dim": 3')
        with pytest.raises(PackageError):
            take(from_address(site.url("/manifest.json"), downloads), store)
        assert list(store.installed()) == []


class TestFromElsewhere:
    def test_an_address_of_the_web(self, site, downloads, kettle, store):
        site.put(kettle)
        url = site.url("/manifest.json")
        assert take(from_address(url, downloads), store).package.record.origin.address == url
        assert not take(from_address(url, downloads), store).changed

    @pytest.mark.timeout(60)
    def test_a_manifest_without_end_is_cut_off(self, site, downloads):
        site.files["/manifest.json"] = b"{}"
        site.fail("/manifest.json", site.endless())
        with pytest.raises(TransferError, match="more than the limit"):
            from_address(site.url("/manifest.json"), downloads)

    def test_a_folder(self, kettle, downloads, store):
        with from_path(kettle, downloads) as offer:
            assert take(offer, store).changed
        with from_path(kettle, downloads) as offer:
            assert not take(offer, store).changed

    def test_what_is_neither_a_folder_nor_an_archive(self, downloads, tmp_path):
        (tmp_path / "file.txt").touch()
        for path in (tmp_path / "file.txt", tmp_path / "nothing.zip"):
            with (
                pytest.raises(HubError, match="neither a package folder nor a package archive"),
                from_path(path, downloads),
            ):
                pass


class TestAnotherOrigin:
    """What answers to an id keeps doing so until somebody who sees both origins decides otherwise."""

    @pytest.fixture
    def take_folder(self, make_package, tmp_path, downloads, store):
        def take_version(version, root, **options):
            folder = make_package("kettle", {"kettle.md": ["# Kettle\n\nObey."]}, root=tmp_path / root, version=version)
            with from_path(folder, downloads) as offer:
                return take(offer, store, **options)

        return take_version

    @pytest.mark.parametrize("version", ["0.9", "1.0", "9.0"])
    def test_is_refused_and_shown(self, publish_kettle, pull, take_folder, store, tmp_path, version):
        publish_kettle("1.0")
        pull()
        with pytest.raises(
            HubError, match=r"kettle 1\.0 was pulled from hub://kettle .*--force.*vrom remove"
        ) as caught:
            take_folder(version, "elsewhere")
        assert str(tmp_path / "elsewhere" / "kettle") in str(caught.value)
        assert versions(store) == ["1.0"]

    def test_is_taken_with_force(self, publish_kettle, pull, take_folder, store):
        publish_kettle("1.0")
        pull()
        assert take_folder("9.0", "elsewhere", force=True).changed
        assert versions(store)[0] == "9.0"

    def test_another_registry_is_one(self, publish_kettle, pull, store, registry_at, new_site, downloads, site):
        publish_kettle("1.0")
        pull()
        other = new_site()
        other.files = dict(site.files)
        found = find(parse_reference("kettle"), [registry_at(other.url(PATH))])
        assert not take(from_registry(found, downloads), store).changed, "the same files are no other package"
        publish_kettle("2.0")
        other.files = dict(site.files)
        found = find(parse_reference("kettle"), [registry_at(other.url(PATH))])
        with pytest.raises(HubError, match="--force"):
            take(from_registry(found, downloads), store)

    def test_the_same_folder_of_archives_is_none(self, take_folder, store):
        take_folder("1.0", "releases")
        assert take_folder("2.0", "releases").changed

    def test_a_package_made_here_gives_way_only_with_force(self, publish_kettle, pull, store, make_package):
        make_package("kettle", {"my.md": ["# Mine"]}, root=store.folder, version="1.0")
        publish_kettle("2.0")
        with pytest.raises(HubError, match="was built on this machine"):
            pull()
        assert pull(force=True).changed


class TestTogether:
    def test_of_several_that_pull_at_once_one_does_the_work(self, publish_kettle, registry_at, downloads, store, site):
        entry = publish_kettle("1.0")
        registry = registry_at(site.url(PATH))
        offers = [from_registry(find(parse_reference("kettle"), [registry]), downloads) for _ in range(6)]
        done = []
        threads = [threading.Thread(target=lambda offer=offer: done.append(take(offer, store))) for offer in offers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(pulled.changed for pulled in done) == [False] * 5 + [True]
        assert len(site.requests(f"/{entry['compressed']['index']['url']}")) == 1

    def test_a_library_that_serves_notices(self, publish_kettle, pull, store, tmp_path):
        library = Library([store.folder], cache=tmp_path / "cache", models=tmp_path / "models")
        publish_kettle("1.0")
        pull()
        library.refresh(force=True)
        assert library.open("kettle").version == "1.0"
        publish_kettle("2.0")
        pull()
        library.refresh(force=True)
        assert library.open("kettle").version == "2.0"


@pytest.mark.slow
def test_serving_needs_nothing_of_this():
    loaded = "[name for name in sys.modules if name.startswith('vrom.registry')]"
    code = f"import sys, vrom.cli, vrom.app.server; print({loaded})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
