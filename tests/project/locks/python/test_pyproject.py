"""What a Python project lists itself."""

import pytest

from vrom.project.locks.python.pyproject import read_direct

STANDARD = """
[project]
dependencies = ["FastAPI>=0.1", "typing_extensions; python_version < '3.13'"]
[project.optional-dependencies]
db = ["sqlalchemy"]
[dependency-groups]
dev = ["pytest", {include-group = "lint"}]
lint = ["ruff", {include-group = "dev"}]
[tool.uv]
dev-dependencies = ["mypy"]
"""
POETRY = """
[tool.poetry.dependencies]
python = ">=3.11"
httpx = "^0.28"
[tool.poetry.dev-dependencies]
black = "*"
[tool.poetry.group.test.dependencies]
pytest = {version = "*"}
"""


def read(tmp_path, content):
    (tmp_path / "pyproject.toml").write_text(content)
    return {name: set(groups) for name, groups in read_direct(tmp_path / "pyproject.toml").items()}


def test_the_standard_s_tables(tmp_path):
    assert read(tmp_path, STANDARD) == {
        "fastapi": {"main"}, "typing-extensions": {"main"}, "sqlalchemy": {"db"}, "pytest": {"dev", "lint"},
        "ruff": {"dev", "lint"}, "mypy": {"dev"},
    }  # fmt: skip


def test_poetry_s_tables(tmp_path):
    assert read(tmp_path, POETRY) == {"httpx": {"main"}, "black": {"dev"}, "pytest": {"test"}}


def test_without_a_file_nothing_is_listed(tmp_path):
    assert read_direct(tmp_path / "pyproject.toml") == {}


@pytest.mark.parametrize(
    "content",
    [
        "project = 1",
        '[project]\ndependencies = "all"',
        '[project]\ndependencies = [1, "not a requirement !", {}]',
        '[dependency-groups]\na = [{include-group = "a"}, {include-group = 1}]',
        "[tool]\npoetry = []",
        "[tool.poetry.group]\nx = 1",
    ],
)
def test_what_lists_nothing_sensible_gives_nothing(tmp_path, content):
    assert read(tmp_path, content) == {}
