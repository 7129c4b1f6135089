"""Which of many mounts a question goes to."""

import pytest

from vrom.library.scan import scan
from vrom.library.scope import Scope
from vrom.library.select import default_mounts, select_by_content


@pytest.fixture
def mounts(make_packages):
    return list(scan([make_packages(10)], {}).values())


def nearest(mounts, question, count):
    return [mount.id for mount in select_by_content(mounts, question, count)]


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


class TestByContent:
    """Mounts that have been opened are chosen by what they contain, whatever their descriptions say."""

    @pytest.fixture
    def mounts(self, make_package, library_of, tmp_path):
        for name, text in [("one", "The kettle whistles."), ("two", "The toaster browns."), ("three", "The kettle.")]:
            make_package(name, {"guide.md": [f"# Guide\n\n{text}"]}, description="Household")
        library = library_of(tmp_path / "cartridges")
        library.learn_contents()
        return library.mounts()

    def test_the_one_with_the_rare_words_is_chosen(self, mounts):
        assert nearest(mounts, "whistles", 1) == ["one"]
        assert nearest(mounts, "how does the toaster brown", 1) == ["two"]

    def test_what_they_contain_is_known_after_they_were_closed(self, mounts):
        for mount in mounts:
            mount.close()
        assert nearest(mounts, "whistles", 1) == ["one"]

    def test_those_that_were_never_opened_are_added_by_their_descriptions(self, mounts):
        mounts[1].statistics = mounts[1].cartridge = None
        assert len(nearest(mounts, "whistles", 1)) == 2


def test_another_version_than_the_locked_one_is_searched_only_for_what_the_project_lists(make_package, tmp_path):
    for name in ("listed", "inner", "right"):
        make_package(name, {"guide.md": ["# Guide\n\nHow to begin."]}, root=tmp_path / "all", version="7.0")
    scope = Scope({"listed": "6.0", "inner": "6.0", "right": "7.0"}, direct=frozenset({"listed"}))
    mounts = list(scan([tmp_path / "all"], {}, scope.locked).values())
    assert [mount.id for mount in default_mounts(mounts, scope)] == ["listed", "right"]


def test_what_the_project_lists_without_a_version_is_searched_and_nothing_of_other_projects(make_package, tmp_path):
    for name in ("listed", "other", "right"):
        make_package(name, {"guide.md": ["# Guide\n\nHow to begin."]}, root=tmp_path / "all", version="7.0")
    scope = Scope({"right": "7.0"}, {"listed": "listed", "right": "right"}, frozenset({"listed", "right"}))
    mounts = list(scan([tmp_path / "all"], {}, scope.locked).values())
    assert [mount.id for mount in default_mounts(mounts, scope)] == ["listed", "right"]
    assert (scope.command("listed"), scope.title("listed")) == ("vrom add listed", "listed")
