"""Name and version that a folder states."""

import pytest

from vrom.project.own.metadata import Metadata, read_metadata


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("pyproject.toml", '[project]\nname = "Tea.Pot"\nversion = "1.4"\n', Metadata("tea-pot", "1.4")),
        ("pyproject.toml", '[tool.poetry]\nname = "tea"\nversion = "1.4"\n', Metadata("tea", "1.4")),
        ("pyproject.toml", '[project]\nname = "tea"\ndynamic = ["version"]\n', Metadata("tea", "")),
        ("pyproject.toml", '[project]\nname = "tea"\nversion = "0.0.0"\n', Metadata("tea", "")),
        ("pyproject.toml", '[project]\nname = "tea"\nversion = "../../x"\n', Metadata("tea", "")),
        ("pyproject.toml", "[project]\nname = 3\nversion = 4\n", Metadata("My-docs", "")),
        ("pyproject.toml", "[project", Metadata("My-docs", "")),
        ("package.json", '{"name": "@tea/pot", "version": "2.0.0-rc.1"}', Metadata("tea__pot", "2.0.0-rc.1")),
        ("package.json", '{"name": "../..", "version": "2.0.0"}', Metadata("My-docs", "")),
        ("package.json", "[]", Metadata("My-docs", "")),
        ("README.md", "# Tea", Metadata("My-docs", "")),
    ],
)
def test_what_a_folder_states(tmp_path, file, content, expected):
    folder = tmp_path / "My docs"
    folder.mkdir()
    (folder / file).write_text(content)
    assert read_metadata(folder) == expected


def test_a_folder_of_documentation_belongs_to_the_folder_above(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "guide").mkdir()
    (tmp_path / "package.json").write_text('{"name": "tea", "version": "3.0.0"}')
    (tmp_path / "docs" / "package.json").write_text('{"name": "website", "version": "1.0.0"}')
    assert read_metadata(tmp_path / "docs") == Metadata("tea", "3.0.0")
    assert read_metadata(tmp_path / "guide") == Metadata("guide", "")
