"""Which of many mounts a question goes to."""

import numpy as np
import pytest

from vrom.library.choice.choice import LARGEST, Choice
from vrom.library.choice.profile import profile_of
from vrom.library.choice.segment import Segment
from vrom.library.mount import Mount
from vrom.library.scan import scan


def chosen(choice, mounts, question, count, *embed):
    return [mount.id for mount in choice.select(mounts, question, count, *embed)]


class TestByDescription:
    """Mounts that were never opened are chosen by their ids and descriptions."""

    @pytest.fixture
    def mounts(self, make_packages):
        return list(scan([make_packages(10)], {}).values())

    def test_the_first_are_those_with_rare_words_of_the_question(self, mounts):
        assert chosen(Choice(), mounts, "What are the rivers of topic7?", 1) == ["cartridge-7"]

    def test_words_that_say_nothing_choose_nothing(self, mounts):
        assert chosen(Choice(), mounts, "the of and", 3) == [mount.id for mount in mounts[:3]]

    def test_among_equals_those_come_first_that_were_used_last(self, mounts):
        mounts[8].used = 2.0
        assert chosen(Choice(), mounts, "rivers", 1) == ["cartridge-8"]

    def test_the_order_of_the_mounts_is_kept(self, mounts):
        mounts[8].used = 2.0
        assert chosen(Choice(), mounts, "topic5", 3) == ["cartridge-0", "cartridge-5", "cartridge-8"]

    def test_one_that_is_named_is_among_them(self, mounts):
        assert chosen(Choice(), mounts, "how does cartridge-6 treat topic1 and topic2", 1) == ["cartridge-6"]


@pytest.fixture
def household(make_package, embedder, tmp_path):
    """Mounts of cartridges with the same description."""
    pages = {
        "kettle": "The kettle whistles when the water boils.",
        "toaster": "The toaster browns bread on both sides.",
        "pan": "Put the pan on the stove. The kettle stands beside it.",
    }
    for name, text in pages.items():
        make_package(name, {"guide.md": [f"# Guide\n\n{text}"]}, description="Household", embedder=embedder)
    return list(scan([tmp_path / "cartridges"], {}).values())


@pytest.fixture
def profiles(household, tmp_path):
    return {mount.key: profile_of(mount.open(tmp_path / "cache")) for mount in household}


class TestByContent:
    """Mounts that were opened before are chosen by what they contain, whatever their descriptions say."""

    @pytest.fixture
    def choice(self, profiles):
        choice = Choice()
        choice.add(profiles, set(profiles))
        return choice

    def test_the_one_with_the_rare_words_is_chosen(self, choice, household):
        assert chosen(choice, household, "whistles", 1) == ["kettle"]
        assert chosen(choice, household, "how does the toaster brown", 1) == ["toaster"]

    def test_one_that_means_the_same_in_other_words_is_chosen(self, choice, household, embedder):
        question = "making slices crisp for breakfast"
        assert chosen(choice, household, question, 1, lambda _: embedder.embed_query(question)) == ["toaster"]

    def test_a_model_that_cant_be_used_leaves_the_words(self, choice, household):
        assert chosen(choice, household, "whistles", 1, lambda _: None) == ["kettle"]
        assert chosen(choice, household, "whistles", 1, lambda _: np.ones(3, dtype=np.float32)) == ["kettle"]

    def test_the_best_come_first_in_a_ranking(self, choice, household):
        assert [mount.id for mount in choice.rank(household, "kettle on the stove", 2)] == ["pan", "kettle"]

    def test_only_those_count_that_are_asked_for(self, choice, household):
        assert chosen(choice, household[:1], "whistles", 3) == [household[0].id]

    def test_those_that_were_never_opened_are_added_by_their_descriptions(self, profiles, household):
        choice = Choice()
        choice.add(dict(list(profiles.items())[1:]), set(profiles))
        assert [mount.id for mount in choice.unopened(household)] == [household[0].id]
        assert household[0].id in chosen(choice, household, "whistles", 1)
        assert len(chosen(choice, household, "whistles", 1)) == 2

    def test_as_they_become_known_fewer_are_chosen_by_their_descriptions(self, profiles, household):
        choice = Choice()
        for number, (key, profile) in enumerate(profiles.items()):
            assert choice.unopened(household) == household[number:]
            assert len(chosen(choice, household, "whistles", 1)) == 1 + (number > 0)
            choice.add({key: profile}, set(profiles))
        assert chosen(choice, household, "whistles", 1) == ["kettle"]


class TestKept:
    """What was learned is kept in the cache, so that no cartridge need be opened twice."""

    @pytest.fixture
    def folder(self, tmp_path, profiles):
        Choice(tmp_path / "choice").add(profiles, set(profiles))
        return tmp_path / "choice"

    def test_another_process_opens_nothing(self, folder, household):
        assert not Choice(folder).unopened(household)
        assert chosen(Choice(folder), household, "whistles", 1) == ["kettle"]

    def test_meaning_is_kept_too(self, folder, household, embedder):
        question = "making slices crisp for breakfast"
        assert chosen(Choice(folder), household, question, 1, lambda _: embedder.embed_query(question)) == ["toaster"]

    def test_a_package_that_changed_is_opened_again(self, folder, household):
        changed = Mount.of(household[0].folder, ((1, 2, 3),))
        assert Choice(folder).unopened([changed, *household[1:]]) == [changed]

    def test_small_files_are_joined(self, tmp_path, profiles, household):
        choice = Choice(tmp_path / "each")
        for key, profile in profiles.items():
            choice.add({key: profile}, set(profiles))
        assert len(list((tmp_path / "each").glob("*.bin"))) < len(profiles)
        assert not Choice(tmp_path / "each").unopened(household)
        assert chosen(choice, household, "whistles", 1) == ["kettle"]

    def test_what_isnt_mounted_any_more_is_forgotten_when_files_are_joined(self, tmp_path, profiles, household):
        choice = Choice(tmp_path / "each")
        first, *others = profiles
        choice.add({first: profiles[first]}, set(others))
        choice.add({key: profiles[key] for key in others}, set(others))
        assert [mount.key for mount in Choice(tmp_path / "each").unopened(household)] == [first]

    def test_two_processes_may_learn_the_same(self, folder, profiles, household):
        first, second = Choice(folder), Choice(folder)
        for choice in (first, second):
            assert not choice.unopened(household)
            choice.add(profiles, set(profiles))
        assert chosen(first, household, "whistles", 1) == ["kettle"]
        assert chosen(Choice(folder), household, "whistles", 3) == [mount.id for mount in household]

    @pytest.mark.parametrize("damage", [b"", b"nothing", None])
    def test_a_damaged_file_is_left_out(self, folder, household, damage):
        (file,) = folder.glob("*.bin")
        file.write_bytes(file.read_bytes()[:-64] if damage is None else damage)
        assert Choice(folder).unopened(household) == household
        assert len(chosen(Choice(folder), household, "whistles", 3)) == 3

    def test_a_file_of_another_version_is_left_to_whoever_knows_it(self, folder, household, monkeypatch):
        monkeypatch.setattr("vrom.library.choice.segment.VERSION", "another")
        monkeypatch.setattr("vrom.library.choice.choice._SUFFIX", "-another.bin")
        assert Choice(folder).unopened(household) == household
        assert len(list(folder.iterdir())) == 1

    def test_a_folder_that_cant_be_written_costs_only_the_next_process(self, tmp_path, profiles, household):
        (tmp_path / "file").write_text("in the way")
        choice = Choice(tmp_path / "file" / "choice")
        choice.add(profiles, set(profiles))
        assert chosen(choice, household, "whistles", 1) == ["kettle"]


def test_segments_stay_small_enough_to_be_joined_quickly(profiles, household):
    choice, profile = Choice(), next(iter(profiles.values()))
    keys = iter(range(1, 3 * LARGEST))
    for _ in range(8):
        choice.add({next(keys): profile for _ in range(LARGEST // 4)}, range(3 * LARGEST))
    assert max(map(len, choice.segments)) <= LARGEST
    assert sum(map(len, choice.segments)) == 2 * LARGEST


def test_rows_that_a_damaged_file_points_at_are_ignored(profiles):
    segment = Segment.of(profiles)
    terms = segment.postings["terms"]
    terms.rows[:] = 1_000_000
    choice = Choice()
    choice._known = type(choice._known)((segment,))
    assert choice.rank([], "kettle", 3) == []
