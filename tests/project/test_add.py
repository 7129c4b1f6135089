"""Making of cartridges: a package that makes a reader fail is named, and nothing is raised."""

import pytest

from vrom.embedding.model_store import ModelStore
from vrom.format.limits import Limits
from vrom.project.add import Shelf
from vrom.project.dependency import Dependency
from vrom.registry.installed import PackageStore


@pytest.mark.parametrize("error", [RecursionError(), UnicodeDecodeError("utf-8", b"", 0, 1, "x"), KeyError("\x1b[31m")])
def test_an_error_of_a_reader_is_named_by_its_kind_alone(tmp_path, error):
    def gather(dependency, work):
        raise error

    shelf = Shelf(PackageStore(tmp_path / "vroms", Limits()), ModelStore(tmp_path), tmp_path / "cache", tmp_path / "b")
    outcome = shelf.add_words(Dependency("pypi", "kettle", "1.0"), gather)
    assert (outcome.state, outcome.problems) == ("failed", (f"reading it fails: {type(error).__name__}.",))
