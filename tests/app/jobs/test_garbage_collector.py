import gc

import pytest

from vrom.app.jobs.garbage_collector import nothing_is_garbage


@pytest.fixture(autouse=True)
def thawed():
    yield
    gc.unfreeze()
    gc.enable()


def test_nothing_is_collected_meanwhile():
    collections = []
    gc.callbacks.append(lambda phase, info: collections.append(phase))
    with nothing_is_garbage():
        kept = [[number] for number in range(100_000)]
    gc.callbacks.pop()
    assert (len(kept), collections) == (100_000, [])


def test_what_was_made_is_not_looked_at_again_and_collecting_goes_on():
    with nothing_is_garbage():
        pass
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    assert not gc.get_objects(generation=2)


def test_it_goes_on_after_a_failure():
    with pytest.raises(ValueError), nothing_is_garbage():
        raise ValueError
    assert gc.isenabled()
