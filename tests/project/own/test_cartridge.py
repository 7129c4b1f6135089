import shutil

import pytest

from vrom.format.chunk_table import StoredChunks
from vrom.format.manifest import read_manifest
from vrom.index.contents import open_contents
from vrom.project.machine import Machine
from vrom.project.own.cartridge import OwnCartridge


@pytest.fixture
def shelf(tmp_path, model_home):
    home = tmp_path / "home"
    return Machine(
        home / "vroms", model_home / "models", home / "cache", home / "builds", home / "cargo", home / "go"
    ).open_shelf()


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "shop"
    (root / "docs").mkdir(parents=True)
    (root / "shop").mkdir()
    (root / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1.5"\ndescription = "Sells tea."')
    (root / "docs" / "tea.md").write_text("# Tea\n\nSteep it for three minutes.")
    (root / "README.md").write_text("# Shop\n\nA shop for tea.")
    (root / "shop" / "__init__.py").write_text(
        '"""The shop."""\n\ndef sell(leaf: str) -> None:\n    """Sell a leaf."""'
    )
    return root


def texts(folder):
    return " ".join(chunk.text for chunk in StoredChunks(open_contents(folder, None).contents))


def test_guides_readme_and_docstrings_are_one_cartridge_in_the_project(project, shelf):
    outcome = OwnCartridge(project, shelf).add()
    folder = project / ".vrom" / "cartridges" / "shop"
    manifest = read_manifest(folder)
    assert (outcome.state, manifest.vrom_id, manifest.version) == ("added", "shop", "1.5")
    assert manifest.awaits_vectors
    assert str(project) not in (folder / "manifest.json").read_text()
    for part in ("three minutes", "shop for tea", "sell(leaf: str)"):
        assert part in texts(folder)
    assert (project / ".vrom" / ".gitignore").read_text() == "*\n"
    assert OwnCartridge(project, shelf).add().state == "unchanged"


def test_a_vrom_folder_that_was_there_is_not_kept_out_of_commits(project, shelf):
    (project / ".vrom").mkdir()
    OwnCartridge(project, shelf).add()
    assert not (project / ".vrom" / ".gitignore").exists()


def test_it_is_made_again_only_after_a_change_and_vectors_of_the_rest_are_kept(project, shelf):
    own = OwnCartridge(project, shelf)
    own.add()
    assert own.add_vectors() == read_manifest(own.cartridges / "shop").total_chunks
    assert own.add_vectors() == 0
    assert (own.cartridges / "shop" / "tokens.bin").exists(), "its word pieces come with its vectors"
    assert not own.update()
    (project / "docs" / "tea.md").write_text("# Tea\n\nSteep it for four minutes.")
    assert own.update()
    assert "four minutes" in texts(own.cartridges / "shop")
    assert own.add_vectors() == 1


def test_nothing_is_made_that_was_not_asked_for_on_this_machine(project, shelf, tmp_path):
    own = OwnCartridge(project, shelf)
    assert not own.update()
    own.add()
    shutil.rmtree(tmp_path / "home" / "builds")
    (project / "README.md").write_text("# Other")
    assert not own.update()
    assert "shop for tea" in texts(own.cartridges / "shop")


def test_a_cartridge_that_came_with_the_checkout_is_left_alone(project, shelf, make_package):
    make_package("shop", {"a.md": ["# A\n\nFrom elsewhere."]}, root=project / ".vrom" / "cartridges")
    outcome = OwnCartridge(project, shelf).add()
    assert outcome.state == "failed"
    assert "From elsewhere" in texts(project / ".vrom" / "cartridges" / "shop")
    assert not OwnCartridge(project, shelf).update()


def test_nothing_is_written_through_a_link_out_of_the_project(project, shelf, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (project / ".vrom").symlink_to(tmp_path / "elsewhere")
    assert OwnCartridge(project, shelf).add().state == "failed"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_page_that_is_a_link_out_of_the_project_is_not_read(project, shelf, tmp_path):
    (tmp_path / "secret.md").write_text("# Secret\n\nopen sesame")
    (project / "docs" / "secret.md").symlink_to(tmp_path / "secret.md")
    OwnCartridge(project, shelf).add()
    assert "sesame" not in texts(project / ".vrom" / "cartridges" / "shop")


def test_a_renamed_project_leaves_no_old_cartridge(project, shelf):
    own = OwnCartridge(project, shelf)
    own.add()
    (project / "pyproject.toml").write_text('[project]\nname = "store"')
    assert own.update()
    assert [folder.name for folder in own.cartridges.iterdir()] == ["store"]


def test_a_project_without_documentation_has_none(tmp_path, shelf):
    (tmp_path / "empty").mkdir()
    outcome = OwnCartridge(tmp_path / "empty", shelf).add()
    assert outcome.state == "nothing"
    assert not (tmp_path / "empty" / ".vrom").exists()


def test_a_readme_that_is_only_a_title_is_no_documentation(tmp_path, shelf):
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "README.md").write_text("# Begun")
    assert OwnCartridge(tmp_path / "begun", shelf).add().state == "nothing"


def test_the_record_is_that_of_the_folder_alone(project, shelf, tmp_path):
    OwnCartridge(project, shelf).add()
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    (copy / "README.md").write_text("# Changed")
    assert not OwnCartridge(copy, shelf).update()
