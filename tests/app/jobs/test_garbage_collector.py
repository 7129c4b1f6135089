import gc

import pytest

from vrom.app.jobs.garbage_collector import pause_garbage_collection


@pytest.fixture(autouse=True)
def thawed():
    yield
    gc.unfreeze()
    gc.enable()


def test_nothing_is_collected_meanwhile():
    collections = []
    gc.callbacks.append(lambda phase, info: collections.append(phase))
    with pause_garbage_collection():
        kept = [[number] for number in range(100_000)]
    gc.callbacks.pop()
    assert (len(kept), collections) == (100_000, [])


def test_what_was_made_is_not_looked_at_again_and_collecting_goes_on():
    with pause_garbage_collection():
        pass
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    assert not gc.get_objects(generation=2)


def test_it_goes_on_after_a_failure():
    with pytest.raises(ValueError), pause_garbage_collection():
        raise ValueError
    assert gc.isenabled()
