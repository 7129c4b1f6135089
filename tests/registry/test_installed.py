"""Several versions side by side: the newest where all clients look."""

import json

import pytest

from vrom.errors import HubError, NotFoundError
from vrom.format.versions import parse_reference
from vrom.registry.installed import PackageStore
from vrom.registry.pulled_json import LARGEST_RECORD, Origin, Record, package_digests, read_record, write_record

PAGES = {"kettle.md": ["# Kettle\n\nFill it."]}


@pytest.fixture
def place(store, make_package, tmp_path):
    """Put a version of `kettle` into the store."""

    def place(version, **options):
        made = make_package("kettle", PAGES, root=tmp_path / "made" / version, version=version)
        with store.lock("kettle"), store.placing("kettle", version, **options) as new:
            for file in made.iterdir():
                (new / file.name).write_bytes(file.read_bytes())

    return place


def layout(store):
    """Which version lies in which folder."""
    return {
        folder.name: json.loads((folder / "manifest.json").read_bytes())["version"]
        for folder in store.folder.iterdir()
        if folder.name[0] != "."
    }


@pytest.mark.parametrize("order", [("1.0", "1.2", "1.10"), ("1.10", "1.2", "1.0"), ("1.2", "1.10", "1.0")])
def test_the_newest_lies_where_all_clients_look(place, store, order):
    for version in order:
        place(version)
    assert layout(store) == {"kettle": "1.10", "kettle@1.2": "1.2", "kettle@1.0": "1.0"}
    assert [package.version for package in store.installed("kettle")] == ["1.10", "1.2", "1.0"]


def test_a_pre_release_does_not_take_the_place_of_a_release(place, store):
    place("1.0")
    place("2.0-rc.1")
    assert layout(store) == {"kettle": "1.0", "kettle@2.0-rc.1": "2.0-rc.1"}


def test_a_version_that_is_there_is_replaced(place, store):
    for version in ("1.0", "2.0", "1.0", "2.0"):
        place(version)
    assert layout(store) == {"kettle": "2.0", "kettle@1.0": "1.0"}


def test_a_failure_leaves_what_was_there(place, store):
    place("1.0")
    with pytest.raises(HubError), store.lock("kettle"), store.placing("kettle", "2.0") as new:
        (new / "manifest.json").write_text((new / "nothing").read_text())
    assert layout(store) == {"kettle": "1.0"}


def test_removing_the_newest_makes_the_next_one_the_newest(place, store):
    for version in ("1.0", "2.0"):
        place(version)
    with store.lock("kettle"):
        store.remove(store.find(parse_reference("kettle")))
    assert layout(store) == {"kettle": "1.0"}


def test_a_link_is_removed_and_not_what_it_leads_to(store, make_package, tmp_path):
    made = make_package("kettle", PAGES, root=tmp_path / "made")
    store.folder.mkdir()
    (store.folder / "kettle").symlink_to(made)
    store.remove(store.find(parse_reference("kettle")))
    assert (made / "index.json").is_file()
    assert layout(store) == {}


def test_without_an_exchange_the_layout_comes_out_the_same(place, store, monkeypatch):
    monkeypatch.setattr("vrom.registry.installed.exchange", lambda *_: False)
    for version in ("1.0", "3.0", "2.0"):
        place(version)
    assert layout(store) == {"kettle": "3.0", "kettle@2.0": "2.0", "kettle@1.0": "1.0"}


@pytest.mark.parametrize(
    ("left", "settled"),
    [
        ({"kettle": "2.0", "kettle@2.0": "1.0"}, {"kettle": "2.0", "kettle@1.0": "1.0"}),
        ({"kettle@1.0": "1.0", "kettle@2.0": "2.0"}, {"kettle": "2.0", "kettle@1.0": "1.0"}),
        ({"kettle": "1.0", "kettle@2.0": "2.0"}, {"kettle": "2.0", "kettle@1.0": "1.0"}),
        ({"kettle": "1.0", "kettle@1.0": "2.0"}, {"kettle": "2.0", "kettle@1.0": "1.0"}),
        ({"kettle@1.0": "2.0", "kettle@2.0": "1.0"}, {"kettle": "2.0", "kettle@1.0": "1.0"}),
        ({"kettle": "2.0", "kettle@2.0": "2.0"}, {"kettle": "2.0"}),
        (
            {"kettle": "3.0", "kettle@1.0": "2.0", "kettle@2.0": "1.0"},
            {"kettle": "3.0", "kettle@1.0": "1.0", "kettle@2.0": "2.0"},
        ),
        ({"mine": "1.0", "kettle": "2.0"}, {"mine": "1.0", "kettle": "2.0"}),
    ],
)
@pytest.mark.parametrize("can_exchange", [True, False])
def test_whatever_a_killed_process_has_left_is_put_in_order(
    store, make_package, monkeypatch, left, settled, can_exchange
):
    if not can_exchange:
        monkeypatch.setattr("vrom.registry.installed.exchange", lambda *_: False)
    for name, version in left.items():
        make_package(name, PAGES, root=store.folder, version=version, vrom_id="kettle")
    store.settle("kettle")
    if can_exchange:
        assert layout(store) == settled
    assert sorted(set(layout(store).values())) == sorted(set(left.values())), "no version is lost"


@pytest.mark.parametrize("version", ["../../evil", "a/b", "", ".", "1.0\n", "a" * 65, "1 0"])
def test_a_version_that_is_no_folders_name_is_refused(store, version):
    with pytest.raises(HubError, match="is not a valid version"), store.placing("kettle", version):
        pass
    assert not store.folder.exists()


def test_what_cannot_be_read_is_not_replaced_unasked(place, store):
    (store.folder / "kettle").mkdir(parents=True)
    (store.folder / "kettle" / "manifest.json").write_text("{")
    with pytest.raises(HubError, match="--force"):
        place("1.0")
    place("1.0", force=True)
    assert layout(store) == {"kettle": "1.0"}


def test_what_cannot_be_read_can_be_removed(store):
    (store.folder / "kettle").mkdir(parents=True)
    (store.folder / "kettle" / "manifest.json").write_text("{")
    assert not store.remove_unreadable("teapot")
    assert store.remove_unreadable("kettle")
    assert layout(store) == {}


def test_what_is_not_there_is_named_with_what_is(place, store):
    place("1.0")
    with pytest.raises(NotFoundError, match="Did you mean 'kettle'"):
        store.find(parse_reference("kettel"))
    with pytest.raises(NotFoundError, match=r"No version of kettle '2'.*Available: 1\.0"):
        store.find(parse_reference("kettle@2"))


def test_a_store_that_cannot_be_written_is_said_to(tmp_path):
    (tmp_path / "vroms").write_text("in the way")
    with pytest.raises(HubError, match="Cannot write"), PackageStore(tmp_path / "vroms").lock("kettle"):
        pass


def test_a_record_belongs_to_the_package(place, store, kettle):
    record = Record(origin=Origin(address="hub://kettle"), files=package_digests(kettle))
    write_record(kettle, record)
    assert read_record(kettle) == record
    (kettle / "pulled.json").write_text("{")
    assert read_record(kettle) is None


def test_a_record_that_is_too_large_or_no_file_is_none(kettle):
    record = Record(origin=Origin(address="hub://kettle" + " " * LARGEST_RECORD), files={})
    (kettle / "pulled.json").write_text(record.model_dump_json())
    assert read_record(kettle) is None
    (kettle / "pulled.json").unlink()
    (kettle / "pulled.json").mkdir()
    assert read_record(kettle) is None


@pytest.mark.parametrize("name", ["../x", "./../x", "a/b", "", ".", "..", "a" * 129])
def test_what_is_no_id_locks_nothing(store, name):
    with pytest.raises(HubError, match="is not a valid cartridge id"), store.lock(name):
        pass
    assert not store.folder.exists()
