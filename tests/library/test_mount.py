"""One mounted package, from its manifest to the open cartridge."""

import pytest

from vrom.errors import PackageError
from vrom.library.mount import Mount

PAGES = {"guide.md": ["# Guide\n\nHow to begin."]}
STATE = ((1, 2, 3),)


def test_it_is_described_without_being_opened(make_package):
    mount = Mount.of(make_package("kettle", PAGES, description="Boiling water"), STATE)
    assert (mount.id, mount.version, mount.state, mount.cartridge) == ("kettle", "1.0.0", "ready", None)
    assert {"kettl", "boil", "water"} <= mount.terms


def test_without_a_manifest_it_has_the_name_of_its_folder(make_package):
    folder = make_package("kettle", PAGES)
    (folder / "manifest.json").write_text("{")
    mount = Mount.of(folder, STATE)
    assert (mount.id, mount.version, mount.state) == ("kettle", "", "broken")
    with pytest.raises(PackageError, match=r"'kettle' can't be read: manifest\.json"):
        mount.open(folder)


def test_a_folder_s_name_stands_for_it_without_what_people_do_not_see(make_package):
    folder = make_package("\x1b[31mket\u202etle", PAGES, vrom_id="kettle")
    assert Mount.of(folder, STATE).id == "kettle"
    (folder / "manifest.json").write_text("{")
    assert Mount.of(folder, STATE).id == "kettle"


def test_it_is_opened_once_and_again_when_it_was_closed(make_package, tmp_path):
    mount = Mount.of(make_package("kettle", PAGES), STATE)
    first = mount.open(tmp_path / "cache")
    assert mount.open(tmp_path / "cache") is first
    mount.close()
    assert mount.open(tmp_path / "cache") is not first


def test_what_was_open_serves_on_while_the_files_are_broken(make_package, tmp_path):
    folder = make_package("kettle", PAGES)
    mount = Mount.of(folder, STATE)
    before = mount.open(tmp_path / "cache")
    (folder / "manifest.json").write_text("{")
    after = Mount.of(folder, ((1, 2, 4),), mount)
    assert after.open(tmp_path / "cache") is before
    assert (after.id, after.state) == ("kettle", "stale")


def test_beside_a_newer_version_it_is_named_with_its_own(make_package, tmp_path):
    mount = Mount.of(make_package("kettle", PAGES), STATE).as_default(False)
    assert mount.name == "kettle@1.0.0"
    assert mount.open(tmp_path / "cache").id == "kettle@1.0.0", "what an answer cites leads back to this version"
