"""Which of many mounts a question goes to."""

import pytest

from vrom.library.scan import scan
from vrom.library.select import nearest_mounts


@pytest.fixture
def mounts(make_packages):
    return list(scan([make_packages(10)], {}).values())


def nearest(mounts, question, count):
    return [mount.id for mount in nearest_mounts(mounts, question, count)]


def test_the_nearest_are_those_with_rare_words_of_the_question(mounts):
    assert "cartridge-7" in nearest(mounts, "What are the rivers of topic7?", 1)


def test_words_that_say_nothing_choose_nothing(mounts):
    assert nearest(mounts, "the of and", 3) == [mount.id for mount in mounts[:3]]


def test_among_equals_those_come_first_that_were_used_last(mounts):
    mounts[8].used = 2.0
    assert nearest(mounts, "rivers", 1) == ["cartridge-8"]


def test_the_order_of_the_mounts_is_kept(mounts):
    mounts[8].used = 2.0
    assert nearest(mounts, "topic5", 3) == ["cartridge-0", "cartridge-5", "cartridge-8"]


def test_one_that_is_named_is_among_them(mounts):
    assert nearest(mounts, "how does cartridge-6 treat topic1 and topic2", 1) == ["cartridge-6"]
