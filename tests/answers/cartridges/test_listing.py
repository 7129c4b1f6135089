"""What is mounted, and how much of it one answer names."""

import pytest

from vrom.answers import markdown
from vrom.answers.cartridges.listing import DESCRIBED, LISTED, NAMED, list_cartridges
from vrom.answers.models import ListAnswer

PAGES = {"guide.md": ["# Guide\n\nHow to begin."]}


def ids(answer):
    return [entry.id for entry in answer.cartridges]


def test_everything_that_is_mounted_is_listed_in_its_state(make_package, library_of, tmp_path):
    make_package("kettle", PAGES, description="Boiling water", version="2.0.0")
    (make_package("toaster", PAGES) / "manifest.json").write_text("{")
    answer = list_cartridges(library_of(tmp_path / "cartridges"))
    assert [(entry.id, entry.version, entry.state) for entry in answer.cartridges] == [
        ("kettle", "2.0.0", "ready"), ("toaster", "", "broken"),
    ]  # fmt: skip
    assert answer.notes == []


def test_other_versions_and_the_locked_one_are_named(make_package, library_of, tmp_path):
    make_package("kettle", PAGES, version="2.0.0")
    make_package("kettle@1.0.0", PAGES, vrom_id="kettle", version="1.0.0")
    (entry,) = list_cartridges(library_of(tmp_path / "cartridges")).cartridges
    assert (entry.version, entry.other_versions, entry.locked) == ("2.0.0", ["1.0.0"], None)
    entry = entry.model_copy(update={"description": "kettle: Boils water", "locked": "2.0.0", "age_days": 3})
    line = "- **kettle** 2.0.0 (locked): Boils water (also 1.0.0; 1 chunk)"
    assert markdown.listing(ListAnswer(cartridges=[entry])) == line
    old = entry.model_copy(update={"age_days": 400, "created_at": "2025-01-02T00:00:00Z"})
    assert ", of 2025-01-02)" in markdown.listing(ListAnswer(cartridges=[old]))


def test_a_long_description_is_cut(make_package, library_of, tmp_path):
    make_package("kettle", PAGES, description="x" * (DESCRIBED + 1))
    (entry,) = list_cartridges(library_of(tmp_path / "cartridges")).cartridges
    assert entry.description == "x" * (DESCRIBED - 1) + "…"


@pytest.mark.parametrize(
    ("query", "found"),
    [("WATER", ["kettle"]), ("docs.example kettle", ["kettle"]), ("water bread", []), ("oas", ["toaster"])],
)
def test_every_word_must_be_in_id_description_or_source(make_package, library_of, tmp_path, query, found):
    make_package("kettle", PAGES, description="Boiling water")
    make_package("toaster", PAGES, description="Browning bread")
    assert ids(list_cartridges(library_of(tmp_path / "cartridges"), query)) == found


class TestMany:
    @pytest.fixture
    def library(self, make_packages, library_of):
        return library_of(make_packages(LISTED + 20))

    def test_an_answer_has_so_many_at_most_and_says_how_many_there_are(self, library):
        answer = list_cartridges(library)
        assert len(answer.cartridges) == LISTED
        assert answer.notes == ["These are 100 of 120 cartridges. Words in `query` narrow them down."]

    def test_words_find_any_of_them(self, library):
        assert ids(list_cartridges(library, "topic119")) == ["cartridge-119"]

    def test_a_note_doesn_t_name_them_all(self, library):
        (note,) = list_cartridges(library, "nothing of the kind").notes
        assert note.count("cartridge-") == NAMED
        assert note.endswith(" and 100 more.")

    def test_who_wants_all_gets_all(self, library):
        answer = list_cartridges(library, most=None)
        assert (len(answer.cartridges), answer.notes) == (LISTED + 20, [])
