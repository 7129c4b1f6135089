"""Where a `pyproject.toml` takes dependencies from, if from no package index."""

import pytest

from vrom.project.locks.python.origins import read_origins

GIT = "git+https://git.example/a.git"


@pytest.fixture
def read(tmp_path):
    def read(text, folder=tmp_path):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pyproject.toml").write_text(text)
        found = read_origins(folder / "pyproject.toml", "3.12")
        return {
            name: (one.version, one.index, one.folder.replace(str(tmp_path), "ROOT")) for name, one in found.items()
        }

    return read


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        (f"{GIT}@v1.2", ("", f"{GIT}@v1.2", "")),
        ("git+ssh://git@git.example/a.git", ("", "git+ssh://git.example/a.git", "")),
        ("git+file:///srv/a", ("", "git+file:///srv/a", "")),
        ("file:///srv/a", ("", "", "/srv/a")),
        ("file:///srv/a-1.2-py3-none-any.whl", ("1.2", "file:a-1.2-py3-none-any.whl", "")),
        ("https://files.example/a-1.2.tar.gz", ("1.2", "file:a-1.2.tar.gz", "")),
        ("https://files.example/main.zip", ("", "file:main.zip", "")),
        ("https://[/a", ("", "file:a", "")),
        ("{root:uri}/lib", ("", "", "ROOT/lib")),
        ("file:///${PROJECT_ROOT}/lib", ("", "", "ROOT/lib")),
    ],
)
def test_an_address_of_a_requirement(read, address, origin):
    assert read(f'[project]\ndependencies = ["A @ {address}", "b"]') == {"a": origin}


@pytest.mark.parametrize(
    ("source", "origin"),
    [
        ('{ git = "https://me:secret@git.example/a.git" }', ("", GIT, "")),
        ('{ git = "https://git.example/a.git", tag = "v1.2" }', ("", f"{GIT}@v1.2", "")),
        ('{ git = "git@git.example:a.git", branch = "main" }', ("", "git+ssh://git.example/a.git@main", "")),
        ('{ path = "../a", editable = true }', ("", "", "ROOT/../a")),
        ('{ path = "wheels/a-1.2-py3-none-any.whl" }', ("1.2", "file:a-1.2-py3-none-any.whl", "")),
        ('{ url = "https://files.example/a-1.2-py3-none-any.whl" }', ("1.2", "file:a-1.2-py3-none-any.whl", "")),
        ("{ workspace = true }", ("", "file:workspace", "")),
        (
            '[{ path = "w", marker = "python_version < \'3.9\'" }, { git = "https://git.example/a.git" }]',
            ("", GIT, ""),
        ),
    ],
)
def test_a_source_of_uv(read, source, origin):
    assert read(f'[project]\ndependencies = ["A"]\n[tool.uv.sources]\nA = {source}') == {"a": origin}


def test_an_index_is_no_other_origin(read):
    assert (
        read('[tool.uv.sources]\na = { index = "ours" }\n[tool.poetry.dependencies]\nb = "^1"\nc = {version = "1"}')
        == {}
    )


def test_a_member_of_uv_s_workspace_is_a_folder(read, tmp_path):
    (tmp_path / ".git").mkdir()
    read('[tool.uv.workspace]\nmembers = ["libs/*"]')
    read('[project]\nname = "A"', tmp_path / "libs" / "other-name")
    found = read("[tool.uv.sources]\na = { workspace = true }", tmp_path / "libs" / "b")
    assert found == {"a": ("", "", "ROOT/libs/other-name")}


@pytest.mark.parametrize("table", ["dependencies", "dev-dependencies", "group.docs.dependencies"])
def test_the_tables_of_poetry(read, table):
    found = read(f"""
[tool.poetry.{table}]
a = {{ git = "https://git.example/a.git", rev = "0123abc" }}
b = {{ path = "../b", develop = true }}
c = [{{ version = "1", python = "<3" }}, {{ version = "2" }}]
d = {{ url = "https://files.example/d-1.0.zip" }}
""")
    assert found == {
        "a": ("", f"{GIT}@0123abc", ""), "b": ("", "", "ROOT/../b"), "d": ("1.0", "file:d-1.0.zip", "")
    }  # fmt: skip


def test_the_editable_dependencies_of_pdm(read):
    found = read(
        '[tool.pdm.dev-dependencies]\ndev = ["-e file:///${PROJECT_ROOT}/lib#egg=a", "-e git+https://git.example/b.git#egg=b"]'
    )
    assert found == {"a": ("", "", "ROOT/lib"), "b": ("", "git+https://git.example/b.git", "")}


@pytest.mark.parametrize(
    "text",
    [
        "tool = 1", "[tool.uv]\nsources = []", "[tool.uv.sources]\na = 1\nb = [1]\nc = {git = 1, url = [], path = {}}",
        "[tool.poetry.dependencies]\na = [[]]", '[tool.uv.sources]\na = {index = "x", marker = "no marker"}',
    ],
)  # fmt: skip
def test_what_states_nothing_sensible_is_no_origin(read, text):
    assert read(text) == {}


def test_credentials_of_a_repository_in_an_unknown_form_are_not_shown(tmp_path):
    file = tmp_path / "pyproject.toml"
    source = 'kettle = { git = "svn://reader:secret@forge.example/kettle" }'
    file.write_text(f'[project]\nname = "shop"\ndependencies = ["kettle"]\n\n[tool.uv.sources]\n{source}\n')
    assert read_origins(file)["kettle"].index == "git+svn://forge.example/kettle"
