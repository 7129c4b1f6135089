"""Loading a package into a database: all of it or nothing, and never twice."""

import pytest

from vrom.errors import NotFoundError, StoreError
from vrom.index.cartridge import Cartridge


@pytest.fixture
def changed(write_package, embedder, tmp_path):
    pages = {"kiln.md": ["# Kiln\n\nA kiln of another kind."]}
    return Cartridge.open(write_package(tmp_path / "changed", "pottery", pages, embedder=embedder))


@pytest.fixture
def count_texts(engine, writer):
    """Count the chunks whose texts are stored, of versions that are live and of others."""

    def count():
        if engine == "postgres":
            return writer.connection.execute("SELECT count(*) FROM vrom.texts").fetchone()[0]
        from vrom.store.milvus.rows import TEXT, decode
        from vrom.store.milvus.schema import CONTENTS

        rows = writer.connection.query(CONTENTS, filter=f'kind == "{TEXT}"', output_fields=["data"])
        return sum(decode({0: row["data"]}).count(b'"chunk_id') for row in rows)

    return count


def test_the_same_contents_again_change_nothing(writer, cartridge, count_texts):
    assert writer.load(cartridge).state == "loaded"
    assert count_texts() == cartridge.size
    assert writer.load(cartridge).state == "unchanged"
    assert count_texts() == cartridge.size


def test_another_description_is_a_new_package(writer, cartridge, open_store):
    writer.load(cartridge)
    cartridge.manifest = cartridge.manifest.model_copy(update={"description": "Of pots and pans"})
    assert writer.load(cartridge).state == "replaced"
    assert [entry.manifest.description for entry in open_store().catalogue()] == ["Of pots and pans"]


def test_a_new_package_replaces_and_the_old_rows_go_after_a_grace_time(
    writer, cartridge, changed, open_store, count_texts, no_grace
):
    writer.load(cartridge)
    store = open_store()
    old = store.shelf(store.catalogue()[0])
    assert writer.load(changed).state == "replaced"
    store.look()
    assert [entry.digest for entry in store.catalogue()] == [changed.digest]
    assert old.chunk(0) == cartridge.chunk(0)  # an answer that is being read goes on with what it began with
    assert writer.sweep() == 0
    assert writer.sweep(no_grace) == 1
    assert count_texts() == changed.size


@pytest.fixture
def no_grace(engine):
    return "0 seconds" if engine == "postgres" else 0


def test_versions_and_spaces_are_apart(writer, cartridge, open_store):
    writer.load(cartridge)
    writer.load(cartridge, "team")
    store = open_store()
    assert sorted(entry.space for entry in store.catalogue()) == ["public", "team"]
    assert writer.unload("pottery", space="team") == ["1.0.0"]
    store.look()
    assert [entry.space for entry in store.catalogue()] == ["public"]
    with pytest.raises(NotFoundError):
        writer.unload("pottery", "9.9")


def test_a_store_of_a_newer_version_is_refused_with_the_remedy(driver, url, engine, writer, open_store):
    if engine == "postgres":
        writer.connection.execute("UPDATE vrom.about SET version = version + 1")
    else:
        from vrom.store.milvus.catalogue import ABOUT, put_row
        from vrom.store.milvus.schema import VERSION

        put_row(writer.connection, ABOUT, ABOUT, VERSION + 1)
    for use in (lambda: driver.connect(url).__enter__(), lambda: driver.read_lines(url), open_store().catalogue):
        with pytest.raises(StoreError, match="Update vrom"):
            use()


def test_a_database_without_a_store_is_refused_with_the_remedy(driver, url, engine, writer, open_store):
    if engine == "postgres":
        writer.connection.execute("DROP SCHEMA vrom CASCADE")
    else:
        for name in writer.connection.list_collections():
            writer.connection.drop_collection(name)
    for use in (lambda: driver.read_lines(url), open_store().catalogue):
        with pytest.raises(StoreError, match="vrom load"):
            use()


def test_lists_and_checks_show_what_is_loaded_and_what_is_missing(driver, url, engine, writer, cartridge):
    writer.load(cartridge, "team")
    (line,) = driver.read_lines(url)
    assert (line.id, line.version, line.space, line.chunks) == ("pottery", "1.0.0", "team", cartridge.size)
    assert not [problem for problem in driver.find_problems(url) if "missing" in problem]
    if engine == "postgres":
        writer.connection.execute("DELETE FROM vrom.vectors WHERE chunk = 1")
    else:
        (row,) = writer.connection.query("vrom_catalogue", filter='state == "live"', output_fields=["number"])
        writer.connection.delete("vrom_vectors_384", filter=f"id in [{row['number'] << 24 | 1}]")
    assert any("Rows of pottery 1.0.0 are missing" in problem for problem in driver.find_problems(url))
