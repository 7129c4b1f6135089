import pytest

from vrom.builder.sources.top_texts import is_top_text


@pytest.mark.parametrize("name", ["README", "readme.md", "CHANGES.rst", "History.txt", "UPGRADING.md", "NEWS"])
def test_texts_about_the_whole_are_known_by_their_names(name):
    assert is_top_text(name)


@pytest.mark.parametrize("name", ["LICENSE", "README.png", "readme-vars.md", "CHANGES.py", "guide.md"])
def test_others_are_none(name):
    assert not is_top_text(name)
    assert is_top_text("LICENSE", frozenset({"license"}))
