"""Loading what a registry lists: all of it, verified, once; and what happens to what it lists no more."""

import json
import shutil

import psycopg
import pytest

from vrom.cli.cartridges.listed import RegistryLoads
from vrom.errors import HubError, StoreError, StoreUnavailableError
from vrom.index.cartridge import Cartridge
from vrom.registry.client import RegistryClient
from vrom.registry.keys.signing import new_key, read_key
from vrom.registry.publish.publish import publish
from vrom.store.postgres.check import find_problems
from vrom.store.postgres.load import load, unload
from vrom.store.postgres.schema import VERSION

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on.", "## Errors\n\n`E_DRY_BOIL`: it was empty."]}


@pytest.fixture
def put(write_package, tmp_path):
    """Publish a version of a package of a few chunks."""

    def make(name, version="1.0.0", *, pages=PAGES, registry=tmp_path / "registry", **options):
        folder = write_package(tmp_path / "made" / version, name, pages, version=version)
        publish(folder, registry, **options)
        return registry

    return make


@pytest.fixture
def loads(url, connection, tmp_path):
    """Loads of registries into the space `public`; what they say is in `said`."""

    def make(*registries, **options):
        def client():
            made = RegistryClient(
                home=tmp_path / "home",
                cache=tmp_path / "cache",
                vroms=tmp_path / "vroms",
                max_download=10**8,
                registry_addresses=[str(one) for one in registries],
            )
            made.network.sleep = lambda _: None
            return made

        said = []
        made = RegistryLoads(url, "public", client, lambda line, _: said.append(line), **options)
        made.said = said
        return made

    return make


def make_key(file):
    new_key(file)
    return read_key(file)


def live(connection):
    rows = connection.execute("SELECT id, version FROM vrom.cartridges WHERE retired IS NULL ORDER BY 1, 2").fetchall()
    return [f"{name} {version}" for name, version in rows]


def done(report):
    return [(one.id, one.version, one.state) for one in report.done]


def test_every_version_that_is_listed_is_loaded_and_only_once(put, loads, connection):
    put("kettle")
    put("kettle", "1.1.0")
    registry = put("toaster")
    assert done(loads(registry).run()) == [
        ("kettle", "1.0.0", "loaded"), ("kettle", "1.1.0", "loaded"), ("toaster", "1.0.0", "loaded")
    ]  # fmt: skip
    assert live(connection) == ["kettle 1.0.0", "kettle 1.1.0", "toaster 1.0.0"]
    again = loads(registry)
    assert done(again.run()) == []
    assert again.said == []
    assert connection.execute("SELECT count(*) FROM vrom.cartridges").fetchone() == (3,)


def test_patterns_choose_ids_or_versions(put, loads, connection):
    put("kettle")
    put("kettle", "1.1.0")
    registry = put("toaster")
    loads(registry, only=["*@1.1*"]).run()
    assert live(connection) == ["kettle 1.1.0"]
    loads(registry, only=["toast*"]).run()
    assert live(connection) == ["kettle 1.1.0", "toaster 1.0.0"]


def test_other_contents_of_a_version_replace_it(put, loads, connection):
    registry = put("kettle")
    loads(registry).run()
    put("kettle", pages={"kettle.md": ["# Kettle\n\nAnother one."]}, force=True)
    assert done(loads(registry).run()) == [("kettle", "1.0.0", "replaced")]


def test_what_was_unloaded_or_replaced_by_hand_is_as_the_registry_lists_it_again(put, loads, connection, cartridge):
    registry = put("kettle")
    loads(registry).run()
    unload(connection, "kettle", None, "public")
    assert done(loads(registry).run()) == [("kettle", "1.0.0", "loaded")]
    cartridge.manifest = cartridge.manifest.model_copy(update={"vrom_id": "kettle", "version": "1.0.0"})
    load(connection, cartridge, "public")
    assert done(loads(registry).run()) == [("kettle", "1.0.0", "replaced")]


def test_what_is_listed_no_more_stays_unless_it_is_to_be_pruned(put, loads, connection):
    registry = put("kettle")
    put("toaster")
    loads(registry).run()
    withdraw(registry, "kettle")
    kept = loads(registry)
    assert kept.run().withdrawn == kept.run().withdrawn == ["kettle 1.0.0"]
    assert len(kept.said) == 1
    assert "--prune" in kept.said[0]
    assert live(connection) == ["kettle 1.0.0", "toaster 1.0.0"]
    assert loads(registry, prune=True, only=["toaster"]).run().unloaded == []
    assert loads(registry, prune=True).run().unloaded == ["kettle 1.0.0"]
    assert live(connection) == ["toaster 1.0.0"]


def test_a_registry_that_lists_nothing_or_what_cannot_be_read_takes_nothing_away(put, loads, connection):
    registry = put("kettle")
    put("toaster")
    loads(registry).run()
    document = json.loads((registry / "registry.json").read_text())
    for listed in ([], [document["vroms"][0], {"id": "toaster", "version": 7}]):
        (registry / "registry.json").write_text(json.dumps(document | {"vroms": listed}))
        assert loads(registry, prune=True).run().unloaded == []
    assert live(connection) == ["kettle 1.0.0", "toaster 1.0.0"]


def test_what_was_loaded_by_hand_is_not_pruned(put, loads, connection, cartridge):
    registry = put("kettle")
    load(connection, cartridge, "public")
    loads(registry, prune=True).run()
    assert live(connection) == ["kettle 1.0.0", "pottery 1.0.0"]


def withdraw(registry, name):
    file = registry / "registry.json"
    document = json.loads(file.read_text())
    file.write_text(json.dumps(document | {"vroms": [one for one in document["vroms"] if one["id"] != name]}))


def test_a_damaged_package_is_left_out_and_said_and_tried_again_when_told_to(put, loads, connection, url):
    registry = put("kettle")
    put("toaster", pages={"toaster.md": ["# Toaster\n\nPut bread in."]})
    entry = next(one for one in json.loads((registry / "registry.json").read_text())["vroms"] if one["id"] == "kettle")
    damaged = [registry / entry["files"]["index"], registry / entry["compressed"]["index"]["url"]]
    kept = [file.read_bytes() for file in damaged]
    for file in damaged:
        file.write_bytes(b"{}")
    report = loads(registry).run()
    assert list(report.failed) == ["kettle 1.0.0"]
    assert live(connection) == ["toaster 1.0.0"]
    assert [one for one in find_problems(url) if one.startswith(f"kettle 1.0.0 of {registry} can't be loaded: ")]
    following = loads(registry)
    assert following.run(try_again=False).failed == {}  # not yet: the pause after a failure isn't over
    for file, content in zip(damaged, kept, strict=True):
        file.write_bytes(content)
    assert done(following.run()) == [("kettle", "1.0.0", "loaded")]
    assert not [one for one in find_problems(url) if "kettle" in one]


def test_an_id_stays_with_the_registry_that_brought_it(put, loads, connection, tmp_path):
    first = put("kettle")
    loads(first).run()
    second = put("kettle", "9.0.0", registry=tmp_path / "second")
    other = loads(second)
    assert done(other.run()) == []
    assert "another registry brought these ids: kettle" in other.said[0]
    assert live(connection) == ["kettle 1.0.0"]


def test_signatures_are_verified_as_for_pulling(put, loads, connection, tmp_path):
    registry = put("kettle", key=make_key(tmp_path / "own.key"))
    first = loads(registry)
    first.run()
    assert "Other keys will be rejected" in first.said[0]
    shutil.rmtree(registry)
    put("kettle", "2.0.0", key=make_key(tmp_path / "other.key"))
    with pytest.raises(HubError, match="key"):
        loads(registry).run()
    assert live(connection) == ["kettle 1.0.0"]


def test_an_older_state_of_a_registry_takes_nothing_back(put, loads, connection, tmp_path):
    registry = put("kettle", key=(key := make_key(tmp_path / "own.key")))
    older = shutil.copytree(registry, tmp_path / "older")
    put("kettle", pages={"kettle.md": ["# Kettle\n\nAnother one."]}, key=key, force=True)
    put("toaster", key=key)
    loads(registry).run()
    expected = live(connection)
    shutil.rmtree(registry)
    older.rename(registry)
    (tmp_path / "home" / "trust.json").unlink()  # as another machine that has never seen the newer one
    assert done(loads(registry, prune=True).run()) == []
    assert live(connection) == expected


def test_following_says_once_what_is_out_of_reach_and_goes_on_when_it_is_back(
    put, loads, connection, tmp_path, monkeypatch
):
    registry = put("kettle")
    away = registry.rename(tmp_path / "away")
    following = loads(registry)
    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 4:
            away.rename(registry)
        if len(pauses) == 6:
            following.url = "postgresql://nobody@127.0.0.1:1/none"
        if len(pauses) == 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        following.follow(1.0, sleep=sleep)
    assert [line.split(":")[0] for line in following.said] == [
        following.said[0].split(":")[0], "kettle 1.0.0", "following again", following.said[3].split(":")[0]
    ]  # fmt: skip
    assert "Cannot read" in following.said[0]
    assert "can't be reached" in following.said[3]
    assert 1.6 <= pauses[0] < pauses[1] < pauses[2] < pauses[3] <= 2**4 * 1.2
    assert 0.8 <= pauses[4] <= 1.2
    assert live(connection) == ["kettle 1.0.0"]


def test_following_goes_on_after_the_tables_were_dropped_and_ends_with_those_of_a_newer_version(put, loads, connection):
    registry = put("kettle")
    following = loads(registry)
    rounds = []

    def sleep(_):
        rounds.append(live(connection))
        if len(rounds) == 1:
            connection.execute("DROP SCHEMA vrom CASCADE")
        else:
            connection.execute("UPDATE vrom.about SET version = %s", [VERSION + 1])

    with pytest.raises(StoreError, match="Update vrom"):
        following.follow(1.0, sleep=sleep)
    assert rounds == [["kettle 1.0.0"]] * 2


def test_a_database_that_goes_away_in_the_middle_is_out_of_reach(put, loads, connection, monkeypatch):
    registry = put("kettle")

    def cut(own, *_):
        connection.execute("SELECT pg_terminate_backend(%s)", [own.info.backend_pid])
        own.execute("SELECT 1")

    monkeypatch.setattr("vrom.cli.cartridges.listed.load", cut)
    with pytest.raises(StoreUnavailableError):
        loads(registry).run()
    assert live(connection) == []


def test_the_role_of_a_server_sees_nothing_of_what_is_wanted(put, loads, url):
    loads(put("kettle")).run()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET ROLE vrom_reader")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM vrom.wanted")


def test_over_the_web_a_stored_copy_takes_the_place_of_no_registry(put, loads, connection, site):
    registry = put("kettle")
    put("toaster")
    site.put(registry)
    address = site.url("/registry.json")
    assert len(loads(address).run().done) == 2
    withdraw(registry, "kettle")
    put("kettle", "1.1.0", pages={"kettle.md": ["# Kettle\n\nA newer one."]})
    site.fail("/registry.json", *[site.status(503)] * 4)
    with pytest.raises(HubError, match="stored copy"):
        loads(address, prune=True).run()
    assert live(connection) == ["kettle 1.0.0", "toaster 1.0.0"]
    site.put(registry)
    site.failures.clear()
    report = loads(address, prune=True).run()
    assert (done(report), report.unloaded) == ([("kettle", "1.1.0", "loaded")], ["kettle 1.0.0"])


def test_what_is_loaded_is_what_the_package_holds(put, loads, open_store, connection, tmp_path):
    loads(put("kettle")).run()
    store = open_store()
    shelf = store.shelf(store.catalogue()[0])
    local = Cartridge.open(tmp_path / "made" / "1.0.0" / "kettle")
    assert [shelf.chunk(i) for i in range(shelf.size)] == [local.chunk(i) for i in range(local.size)]
    assert shelf.digest == local.digest
