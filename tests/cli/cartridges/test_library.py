"""`vrom list` and `vrom info`, as people call them."""

import json

import pytest

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on.", "## Errors\n\n`E_DRY_BOIL`: it was empty."]}


@pytest.fixture
def vrom(vrom, tmp_path):
    """The command over the cartridges of this test."""
    vrom.environment["VROM_CARTRIDGES"] = str(tmp_path / "cartridges")
    return vrom


def test_list_shows_what_is_mounted_and_what_is_broken(vrom, make_package):
    make_package("kettle", PAGES, description="How to boil water")
    (make_package("broken", PAGES) / "manifest.json").write_text("{")
    done = vrom("list")
    assert done.stdout == ""
    assert "How to boil water" in done.stderr
    assert "broken: manifest.json: it is not JSON" in " ".join(done.stderr.split())
    assert [entry["id"] for entry in json.loads(vrom("list", "--json").stdout)["cartridges"]] == ["broken", "kettle"]


@pytest.mark.slow
def test_info_shows_how_a_cartridge_was_made(vrom, make_package):
    make_package("kettle", PAGES)
    done = vrom("info", "kettle")
    assert "1 document, 2 chunks, " in done.stderr
    document = json.loads(vrom("info", "hub://kettle", "--json").stdout)
    assert document["vrom_id"] == "kettle"
    assert document["documents"] == {"kettle.md": 2}
    assert vrom("info", "nope").returncode == 1


def test_another_version_is_named_and_a_copy_of_the_same_one_is_not(vrom, make_package):
    make_package("kettle", PAGES)
    make_package("a-copy", PAGES, vrom_id="kettle")
    assert "other versions" not in vrom("list").stderr
    make_package("older", PAGES, vrom_id="kettle", version="0.9.0")
    assert "other versions: kettle@0.9.0\n" in vrom("list").stderr
    assert json.loads(vrom("list", "--json").stdout)["other_versions"] == ["kettle@0.9.0"]


def test_a_folder_that_is_not_there_is_told_from_an_empty_one(vrom, tmp_path):
    assert f"{tmp_path / 'cartridges'} (does not exist)" in vrom("list").stderr
    (tmp_path / "cartridges").mkdir()
    done = vrom("list")
    assert (done.returncode, done.stdout) == (0, "")
    assert "does not exist" not in done.stderr
    assert "vrom build DIR --id ID" in done.stderr


def test_a_broken_package_can_not_write_to_the_terminal(vrom, make_package):
    folder = make_package("kettle", PAGES, description="Fine")
    (folder / "manifest.json").write_text("{")
    folder.rename(folder.with_name("\x1b[31mkettle"))
    done = vrom("list")
    assert done.returncode == 0
    assert "\x1b" not in done.stderr
    assert "broken: manifest.json" in done.stderr
