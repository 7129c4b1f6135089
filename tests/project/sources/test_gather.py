"""What is locked from a repository or a folder is never looked up in an index: it may have another of that name."""

from pathlib import Path

import pytest

from vrom.project.dependency import Dependency
from vrom.project.python.environment import PythonEnvironment
from vrom.project.sources.gather import Sources
from vrom.project.sources.local_sources import SourceCaches

GIT, FOLDER = "git+https://git.example/a@main", "file:../a"


class NoIndex:
    """An index that must not be asked."""

    def __getattr__(self, name):
        pytest.fail(f"{name} was used")


@pytest.fixture
def sources(tmp_path):
    return Sources(tmp_path, None, NoIndex(), SourceCaches(Path(), Path()))


@pytest.mark.parametrize("ecosystem", ["pypi", "npm"])
@pytest.mark.parametrize("origin", [GIT, FOLDER])
def test_it_gets_no_version_of_the_index(sources, ecosystem, origin):
    given = Dependency(ecosystem, "a", index=origin)
    assert sources.complete(given) == given


def test_no_file_of_the_index_is_taken_for_it(sources, tmp_path):
    assert sources.gather(Dependency("pypi", "a", "1.0", index=GIT), tmp_path / "work").documents == {}


def test_what_is_installed_for_a_part_documents_what_the_part_locks(tmp_path):
    package = tmp_path / "web" / "node_modules" / "kettle"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"name": "kettle", "version": "1.0.0"}')
    (package / "README.md").write_text("# Kettle\n\nBoils water in litres.\n")
    sources = Sources(tmp_path, None, None, SourceCaches(Path(), Path()), parts=[(tmp_path / "web", None)])
    (tmp_path / "work").mkdir()
    gathered = sources.gather(Dependency("npm", "kettle", "1.0.0"), tmp_path / "work")
    assert [origin.source for origin in gathered.origins] == ["node_modules"]
    site = tmp_path / "api" / ".venv" / "lib" / "python3.12" / "site-packages" / "spoon-2.0.dist-info"
    site.mkdir(parents=True)
    (site / "METADATA").write_text("Name: spoon\nVersion: 2.0\n\n# Spoon\n\nStirs what the kettle boils.\n")
    environment = PythonEnvironment(tmp_path / "api" / ".venv")
    sources = Sources(tmp_path, None, None, SourceCaches(Path(), Path()), parts=[(tmp_path / "api", environment)])
    assert sources.gather(Dependency("pypi", "spoon", "2.0"), tmp_path / "work").documents


def test_a_folder_gets_no_version_of_the_index(sources, tmp_path):
    given = Dependency("pypi", "a", folder=str(tmp_path))
    assert sources.complete(given) == given
