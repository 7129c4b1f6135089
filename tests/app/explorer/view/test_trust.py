"""Trust: what this machine knows about a package, not what the package says of itself."""

import shutil
from dataclasses import replace

import pytest

from vrom.app.explorer.view.trust import Trust, find_trust
from vrom.builder.local_builds import note_local_build
from vrom.builder.request import BuildRequest
from vrom.format.manifest import read_manifest
from vrom.library.scope import Scope
from vrom.registry.installed import PackageStore
from vrom.registry.keys.signing import new_key, public_text, read_key
from vrom.registry.keys.trust import KnownKeys
from vrom.registry.lock import lock_package, mirror, write_lock
from vrom.registry.pulled_json import Origin, Record, package_digests, write_record

REGISTRY = "https://hub.example/registry.json"
PAGES = {"guide.md": ["# Guide\n\nFill the kettle."]}


@pytest.fixture
def key(tmp_path):
    new_key(tmp_path / "key")
    return public_text(read_key(tmp_path / "key"))


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def pulled(make_package, home):
    """Put a package into the store as if it was pulled."""

    def make(key=None):
        folder = make_package("kettle", PAGES, root=home / "vroms")
        origin = Origin(address="hub://kettle", registry=REGISTRY, key=key)
        write_record(folder, Record(origin=origin, files=package_digests(folder)))
        return folder

    return make


@pytest.fixture
def trust_of(library_of, home):
    def find(folder, project=None, **options) -> Trust:
        scope = Scope(own=project / ".vrom" / "cartridges") if project else Scope()
        library = library_of(folder.parent, home=home, scope=lambda: scope)
        (mount,) = library.mounts()
        return find_trust(library, mount, **options)

    return find


def test_a_package_of_a_signed_registry_is_signed_while_its_key_is_trusted(pulled, trust_of, home, key):
    KnownKeys(home / "trust.json").trust(REGISTRY, key)
    found = trust_of(pulled(key))
    assert (found.kind, found.registry, found.key, found.is_good) == ("signed", REGISTRY, key, True)
    KnownKeys(home / "trust.json").forget(REGISTRY)
    found = trust_of(home / "vroms" / "kettle")
    assert (found.is_key_known, found.is_good) == (False, False)


def test_a_damaged_list_of_keys_trusts_none(pulled, trust_of, home, key):
    folder = pulled(key)
    (home / "trust.json").write_text("{")
    assert not trust_of(folder).is_key_known


def test_a_package_without_signature_is_unsigned(pulled, trust_of):
    found = trust_of(pulled())
    assert (found.kind, found.is_good) == ("unsigned", False)


def test_changed_files_are_seen_when_they_are_examined(pulled, trust_of):
    folder = pulled()
    assert trust_of(folder, examine=True).is_unchanged is True
    index = folder / "index.json"
    index.write_text(index.read_text().replace("kettle", "bottle"))
    assert trust_of(folder).is_unchanged is None
    assert trust_of(folder, examine=True).is_unchanged is False


def test_a_record_outside_the_store_proves_nothing(pulled, trust_of, tmp_path, home, key):
    KnownKeys(home / "trust.json").trust(REGISTRY, key)
    copy = tmp_path / "checkout" / ".vrom" / "cartridges" / "kettle"
    shutil.copytree(pulled(key), copy)
    assert trust_of(copy).kind == "unknown"


def test_a_link_to_what_is_in_the_store_is_as_good(pulled, trust_of, tmp_path, home, key):
    KnownKeys(home / "trust.json").trust(REGISTRY, key)
    pulled(key)
    project = tmp_path / "project"
    mirror(PackageStore(home / "vroms").installed(), project / ".vrom" / "cartridges")
    assert trust_of(project / ".vrom" / "cartridges" / "kettle@1.0.0").kind == "signed"


def test_what_was_built_here_is_known_by_a_record_outside_of_it(make_package, trust_of, home):
    request = BuildRequest(vrom_id="kettle", sources=("docs",), description="Documentation of kettle")
    folder = make_package("kettle", PAGES, root=home / "vroms", build={"request": request.record()})
    assert trust_of(folder).kind == "unknown"
    note_local_build(home / "builds", folder, BuildRequest.of(read_manifest(folder)))
    assert (trust_of(folder).kind, trust_of(folder).is_good) == ("made here", True)


def test_the_lock_file_of_the_project_is_compared(pulled, trust_of, home, tmp_path):
    folder, project = pulled(), tmp_path / "project"
    project.mkdir()
    (package,) = PackageStore(home / "vroms").installed()
    locked = lock_package(package)
    assert trust_of(folder, project).lock == ""
    for change, said in [({}, "as locked"), ({"version": "2.0.0"}, "another version"), ({"id": "teapot"}, "")]:
        write_lock(project / "vrom.lock", [locked.model_copy(update=change)])
        assert trust_of(folder, project).lock == said
    other = {role: digest.model_copy(update={"sha256": "0" * 64}) for role, digest in locked.files.items()}
    write_lock(project / "vrom.lock", [locked.model_copy(update={"files": other})])
    assert trust_of(folder, project).lock == "other files"
    (project / "vrom.lock").write_text("no lock")
    assert trust_of(folder, project).lock == ""


def test_nothing_that_speaks_against_it_is_good():
    sound = Trust("signed")
    assert sound.is_good
    for change in ({"is_key_known": False}, {"is_unchanged": False}, {"lock": "other files"}, {"kind": "unsigned"}):
        assert not replace(sound, **change).is_good
