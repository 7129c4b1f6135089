"""The same cartridges on another machine, down to the byte."""

import json

import pytest

from vrom.builder.document import Origin
from vrom.builder.manifest import add_build_record
from vrom.builder.read_sources import ReadResult
from vrom.builder.request import BuildRequest
from vrom.errors import HubError, MismatchError
from vrom.format.manifest import read_manifest
from vrom.format.versions import parse_reference
from vrom.registry.install import take
from vrom.registry.installed import PackageStore
from vrom.registry.lock import Lock, lock_package, mirror, read_lock, sync, write_lock
from vrom.registry.offers.offers import from_path, from_registry
from vrom.registry.publish.publish import publish
from vrom.registry.registry import find

PATH = "/registry.json"


@pytest.fixture
def offer(registry_at, site, downloads):
    """Where a lock's cartridges are offered now."""

    def offer(locked):
        found = find(parse_reference(f"{locked.id}@{locked.version}"), [registry_at(site.url(PATH))])
        return from_registry(found, downloads)

    return offer


@pytest.fixture
def pulled(kettle, site, registry_at, downloads, store, tmp_path):
    publish(kettle, tmp_path / "registry")
    site.put(tmp_path / "registry")
    return take(from_registry(find(parse_reference("kettle"), [registry_at(site.url(PATH))]), downloads), store).package


@pytest.fixture
def locked(pulled):
    return lock_package(pulled, "0123")


@pytest.fixture
def elsewhere(tmp_path):
    return PackageStore(tmp_path / "elsewhere")


def content(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name != "pulled.json"}


def test_a_lock_file_says_everything_and_is_read_back(locked, tmp_path, site):
    write_lock(tmp_path / "vrom.lock", [locked])
    assert read_lock(tmp_path / "vrom.lock") == Lock(cartridge=[locked])
    text = (tmp_path / "vrom.lock").read_text()
    for said in ("kettle", "1.0.0", site.url(PATH), locked.files["index"].sha256, "all-MiniLM-L6-v2", "0123"):
        assert said in text


def test_the_commit_that_the_builder_writes_is_locked_and_compared(kettle, store, downloads, elsewhere):
    request = BuildRequest(vrom_id="kettle", sources=("git:x", "git:y"))
    origins = [Origin("git:x", commit="c0ffee"), Origin("docs"), Origin("git:y", commit="7ea")]
    built = add_build_record(read_manifest(kettle), request, ReadResult([], [], origins), "inputs")
    (kettle / "manifest.json").write_text(built.model_dump_json())
    with from_path(kettle, downloads) as found:
        pulled = take(found, store).package
        locked = lock_package(pulled)
        assert locked.source_commit == "c0ffee 7ea"
        assert sync(locked, elsewhere, lambda _: found).changed
    edited = locked.model_copy(update={"source_commit": "bad"})
    for where in (store, elsewhere):
        with pytest.raises(MismatchError, match=r"records source commit c0ffee 7ea, but the lock file lists bad"):
            sync(edited, where, lambda _: found)


def test_a_package_that_names_no_commit_is_locked_without(locked):
    assert locked.source_commit == ""


def test_the_same_bytes_come_elsewhere(locked, offer, pulled, elsewhere):
    assert sync(locked, elsewhere, offer).changed
    assert content(elsewhere.folder / "kettle") == content(pulled.folder)


def test_what_is_here_needs_no_network(locked, offer, elsewhere):
    sync(locked, elsewhere, offer)

    def unreachable(_locked):
        raise AssertionError("asked")

    assert not sync(locked, elsewhere, unreachable).changed


def test_another_content_under_the_same_version_fails(locked, offer, elsewhere, make_package, site, tmp_path):
    other = make_package("kettle", {"kettle.md": ["# Other"]}, root=tmp_path / "other")
    publish(other, tmp_path / "registry", force=True)
    site.put(tmp_path / "registry")
    with pytest.raises(
        MismatchError, match=r"offers a different kettle 1.0.0 than the lock file lists: its index and manifest differ"
    ):
        sync(locked, elsewhere, offer)
    assert elsewhere.installed() == []


def test_a_source_that_says_one_thing_and_sends_another_fails(locked, offer, elsewhere, site):
    document = json.loads(site.files[PATH])
    entry = document["vroms"][0]
    for key in ("digests", "compressed"):
        del entry[key]
    manifest = json.loads(site.files["/" + entry["files"]["manifest"]])
    site.files["/" + entry["files"]["manifest"]] = json.dumps(manifest | {"description": "other"}).encode()
    site.files[PATH] = json.dumps(document).encode()
    with pytest.raises(MismatchError, match=r"manifest: SHA-256"):
        sync(locked, elsewhere, offer)
    assert elsewhere.installed() == []


def test_a_package_here_that_differs_fails_with_the_remedy(locked, offer, pulled, store):
    (pulled.folder / "manifest.json").write_bytes(content(pulled.folder)["manifest.json"] + b" ")
    with pytest.raises(MismatchError, match=r"its manifest differ.*vrom remove kettle@1.0.0"):
        sync(locked, store, offer)


def test_what_was_edited_or_made_here_is_not_locked(pulled, kettle, store):
    (pulled.folder / "manifest.json").write_bytes(content(pulled.folder)["manifest.json"] + b" ")
    with pytest.raises(MismatchError, match=r"has changed since it was pulled"):
        lock_package(pulled)
    (pulled.folder / "pulled.json").unlink()
    (made,) = store.installed()
    with pytest.raises(HubError, match=r"built on this machine"):
        lock_package(made)


def test_a_project_gets_links_of_exactly_these(locked, offer, store, pulled, tmp_path, make_package, downloads):
    project = tmp_path / "project" / ".vrom" / "cartridges"
    mine = make_package("mine", {"a.md": ["# Mine"]}, root=project)
    assert mirror([pulled], project) == []
    assert content(project / "kettle@1.0.0") == content(pulled.folder)
    assert (project / "kettle@1.0.0" / "index.json").samefile(pulled.folder / "index.json")
    before = (project / "kettle@1.0.0").stat().st_ino
    mirror([pulled], project)
    assert (project / "kettle@1.0.0").stat().st_ino == before, "what is right stays"
    (project / "kettle@1.0.0" / "index.json").unlink()
    mirror([pulled], project)
    assert content(project / "kettle@1.0.0") == content(pulled.folder)
    assert mirror([], project) == [project / "kettle@1.0.0"]
    assert [folder.name for folder in project.iterdir()] == ["mine"]
    assert mine.is_dir()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "version = 2",
        "[[cartridge]]\nid = 'x'",
        "version = ",
        "\x00",
        "version = 1\ncartridge = 3",
        "a = " + "[" * 50_000,
    ],
)
def test_what_is_no_lock_is_refused_with_the_remedy(tmp_path, text):
    (tmp_path / "vrom.lock").write_text(text)
    if text == "":
        assert read_lock(tmp_path / "vrom.lock") == Lock()
        return
    with pytest.raises(HubError, match=r"vrom lock"):
        read_lock(tmp_path / "vrom.lock")


def test_a_lock_that_is_not_there_is_said(tmp_path):
    with pytest.raises(HubError, match=r"Create it with `vrom lock`"):
        read_lock(tmp_path / "vrom.lock")


@pytest.mark.parametrize("cartridge_id", ["../x", "a/b", ""])
def test_a_lock_from_a_stranger_names_no_other_folder(tmp_path, locked, cartridge_id):
    write_lock(tmp_path / "vrom.lock", [locked.model_copy(update={"id": cartridge_id})])
    with pytest.raises(HubError, match=r"cartridge.0.id"):
        read_lock(tmp_path / "vrom.lock")


def test_a_folder_on_this_machine_can_be_locked_as_well(kettle, downloads, store, elsewhere):
    with from_path(kettle, downloads) as offered:
        locked = lock_package(take(offered, store).package)
        assert sync(locked, elsewhere, lambda _: offered).changed
