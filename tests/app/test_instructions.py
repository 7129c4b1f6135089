from vrom.app.instructions import LIMIT, instructions

PAGES = {"guide.md": ["# Guide\n\nHow to begin."]}


def test_they_name_what_is_mounted_and_when_to_search(make_package, library_of, tmp_path):
    make_package("pydantic", PAGES, version="2.14.0", description="Data validation with\ntype hints")
    text = instructions(library_of(tmp_path / "cartridges"))
    assert "- pydantic 2.14.0: Data validation with type hints\n" in text
    assert "Before you write or explain code" in text


def test_they_stay_short_however_much_is_mounted(make_package, library_of, tmp_path):
    for i in range(40):
        make_package(f"library-{i:02}", PAGES, description="words " * 60)
    text = instructions(library_of(tmp_path / "cartridges"))
    assert len(text) <= LIMIT
    assert "more: see list_cartridges" in text


def test_with_nothing_mounted_they_say_so(library_of, tmp_path):
    assert "No cartridge is mounted" in instructions(library_of(tmp_path))
