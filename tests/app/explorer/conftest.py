"""The explorer in this process, as a browser's requests reach it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from vrom.app.explorer.access import Access
from vrom.app.explorer.application import create_explorer
from vrom.app.explorer.changes.jobs import Changes
from vrom.app.explorer.changes.operations import Operations, ProjectView
from vrom.app.explorer.changes.report import Report
from vrom.app.explorer.pages import Explorer
from vrom.app.http.host_check import CheckNames, allowed_names

BASE = "http://127.0.0.1:8000"

GUIDE = {
    "guide.md": [
        "# Guide\n\nHow to fill the kettle with water.",
        "## Boiling\n\nSwitch the kettle on: `kettle.boil()`.",
    ],
    "parts/lid.md": ["# Lid\n\nThe lid of the kettle keeps the steam in."],
}


@pytest.fixture
def client_of(library_of) -> Callable[..., TestClient]:
    """A browser on the explorer over a folder of packages; without rules of access it is open."""

    def make(root: Path, access: Access | None = None, changes: Changes | None = None) -> TestClient:
        app = create_explorer(Explorer(library_of(root), access or Access(), changes))
        return TestClient(CheckNames(app, allowed_names("127.0.0.1")), BASE, raise_server_exceptions=False)

    return make


@pytest.fixture
def kettle(client_of, make_package, embedder) -> TestClient:
    """A browser on one cartridge."""
    return client_of(make_package("kettle", GUIDE, embedder=embedder).parent)


class Recorded:
    """Operations that note what they were asked."""

    def __init__(self, store: Path) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.project = ProjectView(store.parent, ["uv.lock"], [], [], "shop")
        names = ("pull", "update", "update all", "remove", "refresh", "build", "dry", "add", "dry add")
        self.operations = Operations(store, *map(self._operation, names), project=self._read)  # type: ignore[arg-type]

    def _operation(self, name: str) -> Callable[..., Report]:
        def run(*arguments: object) -> Report:
            *given, job = arguments
            job.report("working", 1, 2)
            self.asked.append((name, *given))
            return Report(f"{name} is done")

        return run

    def _read(self, folder: str) -> ProjectView:
        self.asked.append(("project", folder))
        return self.project


@pytest.fixture
def recorded(tmp_path) -> Recorded:
    return Recorded(tmp_path / "cartridges")


@pytest.fixture
def owner(client_of, make_package, recorded) -> TestClient:
    """The browser of this machine's user, who may change things."""
    client = client_of(make_package("kettle", GUIDE).parent, Access(secret="s3cret"), Changes(recorded.operations))
    client.get("/explorer/enter?secret=s3cret")
    return client


@pytest.fixture
def csrf(owner) -> str:
    """The token that the forms of the owner's session carry."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', owner.get("/explorer/build").text)
    assert found
    return found[1]
