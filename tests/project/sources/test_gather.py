"""What is locked from a repository or a folder is never looked up in an index: it may have another of that name."""

from pathlib import Path

import pytest

from vrom.project.dependency import Dependency
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
