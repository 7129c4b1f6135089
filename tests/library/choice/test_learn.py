"""Cartridges that were never opened become known in the background."""

import pytest

from vrom.errors import PackageError, StoreUnavailableError
from vrom.library.choice import learn as module
from vrom.library.choice.choice import Choice
from vrom.library.choice.learn import learn
from vrom.library.choice.profile import describe
from vrom.library.scan import scan


@pytest.fixture
def mounts(make_packages):
    return list(scan([make_packages(6)], {}).values())


@pytest.fixture
def choice():
    return Choice()


@pytest.fixture
def learn_all(choice, mounts):
    def run(make=lambda mount: describe(mount.id, ())):
        learn(choice, mounts, {mount.key for mount in mounts}, make)
        return [mount.id for mount in choice.unopened(mounts)]

    return run


def test_all_are_known_afterwards_and_never_made_again(learn_all):
    assert learn_all() == []
    assert learn_all(lambda mount: pytest.fail(mount.id)) == []


def test_one_that_cant_be_read_costs_only_itself(learn_all):
    def make(mount):
        if mount.id == "cartridge-2":
            raise PackageError("It is damaged.")
        return describe(mount.id, ())

    assert learn_all(make) == ["cartridge-2"]


def test_a_broken_one_isnt_tried(learn_all, mounts):
    mounts[3].problem = "it is broken."
    assert learn_all() == ["cartridge-3"]


def test_a_database_out_of_reach_ends_it_but_what_was_made_is_kept(learn_all):
    def make(mount):
        if mount.id == "cartridge-4":
            raise StoreUnavailableError("It can't be reached.")
        return describe(mount.id, ())

    assert learn_all(make) == ["cartridge-4", "cartridge-5"]


def test_packages_without_companions_are_read_up_to_a_number(learn_all, mounts, monkeypatch):
    monkeypatch.setattr(module, "MOST_READ", 2)
    mounts[5].manifest = mounts[5].manifest.model_copy(
        update={"companions": {"version": 1, "contents": {"file": "contents.bin", "bytes": 1, "sha256": "0" * 64}}}
    )
    assert learn_all() == ["cartridge-2", "cartridge-3", "cartridge-4"]
