import os

import pytest

from vrom.project.own.files import find_own_files
from vrom.project.own.identity import identify_documentation, identify_project, is_project

FILES = {
    "pyproject.toml": ('[project]\nname = "My_Shop"\nversion = "1.2"\ndescription = "Sells\\n tea."', "my-shop", "1.2"),
    "package.json": ('{"name": "@shop/Front", "version": "2.0.0"}', "shop__front", "2.0.0"),
    "Cargo.toml": ('[package]\nname = "till"\nversion.workspace = true', "till", "unknown"),
    "go.mod": ("module example.org/shop/stock/v2\n", "stock", "unknown"),
}


@pytest.mark.parametrize("file", FILES)
def test_name_and_version_come_from_the_ecosystems_file(tmp_path, file):
    text, name, version = FILES[file]
    (tmp_path / file).write_text(text)
    found = identify_project(tmp_path)
    assert (found.id, found.version) == (name, version)
    assert is_project(tmp_path)


def test_poetrys_own_table_counts(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.poetry]\nname = "shop"\nversion = "3"')
    assert identify_project(tmp_path).version == "3"


@pytest.mark.parametrize(
    "text",
    ["[project", "project = 1", '[project]\nname = ["a"]', '[project]\nname = "///"', '[project]\nversion = "1"'],
)
def test_without_a_name_the_folders_counts(tmp_path, text):
    folder = tmp_path / "My Folder"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(text)
    assert (identify_project(folder).id, identify_project(folder).version) == ("my-folder", "unknown")


@pytest.mark.parametrize(
    ("file", "content", "name", "version"),
    [
        ("pyproject.toml", '[project]\nname = "Tea.Pot"\nversion = "1.4"\n', "tea-pot", "1.4"),
        ("pyproject.toml", '[project]\nname = "tea"\ndynamic = ["version"]\n', "tea", "unknown"),
        ("pyproject.toml", '[project]\nname = "tea"\nversion = "0.0.0"\n', "tea", "unknown"),
        ("pyproject.toml", "[project]\nname = 3\nversion = 4\n", "My-docs", "unknown"),
        ("package.json", '{"name": "@tea/pot", "version": "2.0.0-rc.1"}', "tea__pot", "2.0.0-rc.1"),
        ("package.json", '{"name": "../..", "version": "2.0.0"}', "My-docs", "unknown"),
        ("README.md", "# Tea", "My-docs", "unknown"),
    ],
)
def test_what_a_folder_of_documentation_states(tmp_path, file, content, name, version):
    folder = tmp_path / "My docs"
    folder.mkdir()
    (folder / file).write_text(content)
    found = identify_documentation(folder)
    assert (found.id, found.version) == (name, version)


def test_a_folder_of_documentation_belongs_to_the_folder_above(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "guide").mkdir()
    (tmp_path / "package.json").write_text('{"name": "tea", "version": "3.0.0"}')
    (tmp_path / "docs" / "package.json").write_text('{"name": "website", "version": "1.0.0"}')
    assert identify_documentation(tmp_path / "docs").id == "tea"
    assert identify_documentation(tmp_path / "guide").id == "guide"


@pytest.mark.parametrize("version", ["../../x", "1 2", "é", "", "1" * 65])
def test_a_version_that_no_cartridge_can_have_is_unknown(tmp_path, version):
    (tmp_path / "package.json").write_text(f'{{"name": "a", "version": "{version}"}}')
    assert identify_project(tmp_path).version == "unknown"


def test_a_description_that_a_tool_left_to_be_written_is_none(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "tea"\ndescription = "Add your description here"')
    assert identify_project(tmp_path).summary == ""


@pytest.mark.parametrize("text", ["[", "[]", "null", "[" * 100_000])
def test_a_broken_package_json_names_nothing(tmp_path, text):
    (tmp_path / "package.json").write_text(text)
    assert identify_project(tmp_path).version == "unknown"


def test_any_folder_is_no_project(tmp_path):
    (tmp_path / "README.md").write_text("# Hello")
    assert not is_project(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", ["package.json", "mkdocs.yml"])
def test_a_pipe_in_place_of_a_file_is_not_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)
    assert identify_project(tmp_path).id
    assert find_own_files(tmp_path)
