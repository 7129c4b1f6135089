import json

import pytest

from vrom.app.instructions import LIMIT, instructions, mounted

PAGES = {"guide.md": ["# Guide\n\nHow to begin."]}


@pytest.fixture
def library_with(make_package, library_of, tmp_path):
    """A library with a number of cartridges whose description has this length."""

    def make(count, length=100):
        folder = make_package("library-0000", PAGES, description=("words and words " * 100)[:length].strip())
        manifest = json.loads((folder / "manifest.json").read_text())
        for number in range(1, count):
            other = folder.with_name(f"library-{number:04}")
            other.mkdir()
            (other / "manifest.json").write_text(json.dumps(manifest | {"vrom_id": other.name}))
        return library_of(tmp_path / "cartridges")

    return make


def test_they_name_what_is_mounted_and_when_to_search(make_package, library_of, tmp_path):
    make_package("pydantic", PAGES, version="2.14.0", description="Data validation with\ntype hints")
    text = instructions(library_of(tmp_path / "cartridges"))
    assert "- pydantic 2.14.0: Data validation with type hints\n" in text
    assert "Before you write or explain code" in text
    assert "Stop when a passage answers" in text


@pytest.mark.parametrize("count", [1, 10, 1000])
@pytest.mark.parametrize("length", [0, 100, 1500])
def test_they_stay_short_however_much_is_mounted(library_with, count, length):
    library = library_with(count, length)
    assert len(instructions(library)) <= LIMIT
    assert len(mounted(library)) <= 240


def test_with_more_cartridges_each_is_told_in_fewer_words(library_with):
    text = instructions(library_with(15))
    assert text.count("\n- library-00") == 15
    assert "words" in text


def test_with_many_there_are_names_and_a_number(library_with):
    library = library_with(1000)
    named = instructions(library).count(" 1.0.0")
    assert named > 60
    assert f"and {1000 - named} more: see list_cartridges" in instructions(library)
    assert mounted(library).endswith(" more: see list_cartridges")


def test_an_unknown_version_is_said_to_be_unknown(make_package, library_of, tmp_path):
    make_package("kettle", {"kettle.md": ["# Kettle"]}, version="unknown")
    assert "- kettle version unknown: " in instructions(library_of(tmp_path / "cartridges"))


def test_with_nothing_mounted_they_say_so(library_of, tmp_path):
    assert "No cartridge is mounted" in instructions(library_of(tmp_path))
    assert mounted(library_of(tmp_path)) == "nothing"
