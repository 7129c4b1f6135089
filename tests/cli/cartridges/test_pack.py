"""`vrom pack`, as people and machines call it."""

import json

import pytest
from typer.testing import CliRunner

from vrom.cli import make_app
from vrom.format.read import read_package
from vrom.format.verify.package import can_be_trusted, check
from vrom.index.cartridge import Cartridge

PAGES = {"a.md": ["# A\n\nOne two.", "## B\n\nThree four."], "b.md": ["# C\n\nFive six two."]}


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("VROM_HOME", str(tmp_path / "home"))

    def run(*arguments):
        return CliRunner().invoke(make_app(), [str(argument) for argument in arguments])

    return run


def test_a_package_is_given_companions(run, make_package):
    folder = make_package("docs", PAGES)
    result = run("pack", folder, "--json")
    assert result.exit_code == 0
    (written,) = json.loads(result.stdout)["packages"]
    assert written["files"].keys() == {"manifest.json", "index.json", "contents.bin", "words.bin"}
    assert run("check", folder).exit_code == 0


def test_every_package_in_a_folder_is(run, make_package):
    folders = [make_package(name, PAGES) for name in ("one", "two")]
    assert run("pack", folders[0].parent).exit_code == 0
    assert all((folder / "contents.bin").exists() for folder in folders)


def test_what_has_companions_alone_is_exported_for_other_readers(run, make_package, tmp_path):
    folder = make_package("docs", PAGES)
    before = read_package(folder)
    run("pack", folder)
    (folder / "index.json").unlink()
    assert run("check", folder).exit_code == 0
    assert run("pack", folder, "--export-json", tmp_path / "plain").exit_code == 0
    after = read_package(tmp_path / "plain")
    assert list(after.chunks) == list(before.chunks)
    assert after.vectors.tolist() == before.vectors.tolist()
    assert can_be_trusted(check(tmp_path / "plain"))
    assert {file.name for file in (tmp_path / "plain").iterdir()} == {"manifest.json", "index.json", "chunks.json"}
    assert "companions" not in json.loads((tmp_path / "plain" / "manifest.json").read_text())
    assert list(Cartridge.open(tmp_path / "plain").chunks) == list(before.chunks)


def test_an_exported_package_never_takes_the_place_of_other_files(run, make_package, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    result = run("pack", make_package("docs", PAGES), "--export-json", tmp_path / "mine")
    assert result.exit_code != 0
    assert (tmp_path / "mine" / "notes.txt").read_text() == "mine"


def test_companions_that_are_wrong_fail_the_check(run, make_package):
    folder = make_package("docs", PAGES)
    run("pack", folder)
    raw = bytearray((folder / "words.bin").read_bytes())
    raw[-1] ^= 1
    (folder / "words.bin").unlink()
    (folder / "words.bin").write_bytes(bytes(raw))
    result = run("check", folder, "--json")
    assert result.exit_code == 1
    assert any(finding["file"] == "words.bin" for finding in json.loads(result.stdout)["findings"])
