"""What the pages show of cartridges and documents."""

import hashlib
from dataclasses import replace

import orjson
import pytest
from starlette.testclient import TestClient

from vrom.app.explorer.application import create_explorer
from vrom.app.explorer.changes.jobs import Changes
from vrom.app.explorer.pages import Explorer
from vrom.library.library import Library
from vrom.library.scope import Scope
from vrom.registry.pulled_json import Origin, Record, package_digests, write_record


def test_the_list_shows_what_is_mounted(kettle):
    text = kettle.get("/explorer/").text
    assert 'href="/explorer/cartridge/kettle"' in text
    assert "Documentation of kettle" in text
    assert "https://docs.example · Xenova/all-MiniLM-L6-v2" in text
    assert "1.0.0" in text
    assert "ready" in text


def test_the_list_is_filtered_by_words_and_paged(client_of, make_packages):
    client = client_of(make_packages(60))
    first, second = client.get("/explorer/").text, client.get("/explorer/?page=2").text
    assert "1–50 of 60" in first
    assert "51–60 of 60" in second
    assert "51–60 of 60" in client.get("/explorer/?page=99").text, "the last page for one beyond it"
    assert "1–50 of 60" in client.get("/explorer/?page=-3").text
    filtered = client.get("/explorer/?q=TOPIC17").text
    assert filtered.count('scope="row"') == 1
    assert "cartridge-17" in filtered


def test_a_broken_package_is_listed_with_its_problem(client_of, make_package):
    broken = make_package("broken", {"a.md": ["# A\n\nText."]})
    (broken / "manifest.json").write_text("{")
    client = client_of(make_package("kettle", {"a.md": ["# A\n\nText."]}).parent)
    text = client.get("/explorer/").text
    assert "broken" in text
    assert str(broken) not in text, "no path of the server's machine"
    page = client.get("/explorer/cartridge/broken")
    assert page.status_code == 400
    assert str(broken.parent) not in page.text


def test_who_has_only_the_guide_is_led_to_what_adds_documentation(client_of, make_package, recorded, monkeypatch):
    folder = make_package("kettle", {"a.md": ["# A\n\nText."]})
    changes = Changes(recorded.operations)
    assert "Add documentation" not in client_of(folder.parent, changes=changes).get("/explorer/").text
    monkeypatch.setattr("vrom.settings.bundled_cartridges", lambda: folder.parent)
    text = client_of(folder.parent, changes=changes).get("/explorer/").text
    for path in ("project", "packages", "build"):
        assert f'<li><a href="/explorer/{path}">' in text
    assert "Add documentation" not in client_of(folder.parent).get("/explorer/").text, "it is read-only"


def test_registries_listings_are_shown_unless_mounted(library_of, make_package, tmp_path):
    entry = {"version": "1.0.0", "base_url": "https://hub.example/x/", "files": {}, "description": "About teapots"}
    library = library_of(make_package("kettle", {"a.md": ["# A\n\nText."]}).parent)
    library.home = tmp_path / "home"
    library.home.mkdir()
    listed = {"vroms": [{**entry, "id": "teapot"}, {**entry, "id": "kettle"}]}
    (library.home / "registry.json").write_bytes(orjson.dumps(listed))
    text = TestClient(create_explorer(Explorer(library)), "http://127.0.0.1").get("/explorer/").text
    assert "About teapots" in text
    assert "vrom pull teapot" in text
    assert "vrom pull kettle" not in text


@pytest.mark.parametrize("is_owner", [True, False])
def test_where_a_package_was_pulled_from_is_shown_without_paths_of_the_server(
    library_of, make_package, tmp_path, recorded, is_owner
):
    folder = make_package("kettle", {"a.md": ["# A\n\nText."]}, root=tmp_path / "home" / "vroms")
    origin = Origin(address="/home/tea/secret/kettle.zip")
    write_record(folder, Record(origin=origin, files=package_digests(folder)))
    library = library_of(folder.parent)
    library.home = tmp_path / "home"
    changes = Changes(recorded.operations) if is_owner else None
    client = TestClient(create_explorer(Explorer(library, changes=changes)), "http://127.0.0.1")
    text = client.get("/explorer/cartridge/kettle").text
    assert "unsigned" in text
    assert "Its files are those that were pulled." in text
    assert ("/home/tea/secret" in text) is is_owner
    assert "unsigned" in client.get("/explorer/").text


def test_a_newer_version_in_the_registry_is_told(library_of, make_package, tmp_path, recorded):
    folder = make_package("kettle", {"a.md": ["# A\n\nText."]}, root=tmp_path / "home" / "vroms")
    home, address = tmp_path / "home", "https://hub.example/registry.json"
    origin = Origin(address="hub://kettle", registry=address)
    write_record(folder, Record(origin=origin, files=package_digests(folder)))
    listed = orjson.dumps({"vroms": [{"id": "kettle", "version": "2.0.0", "files": {}}]})
    note = {"address": address, "sha256": hashlib.sha256(listed).hexdigest()}
    (home / "registries").mkdir()
    (home / "registries" / "a.json").write_bytes(listed)
    (home / "registries" / "a.etag.json").write_bytes(orjson.dumps(note))
    library = library_of(folder.parent)
    library.home = home
    client = TestClient(create_explorer(Explorer(library)), "http://127.0.0.1")
    assert "newer: 2.0.0" in client.get("/explorer/").text
    assert "2.0.0 is in the registry" in client.get("/explorer/cartridge/kettle").text
    assert "/update-all" not in client.get("/explorer/").text
    owner = TestClient(create_explorer(Explorer(library, changes=Changes(recorded.operations))), "http://127.0.0.1")
    assert "1 has a newer version" not in owner.get("/explorer/").text, "it isn't in the folder that can be updated"
    there = replace(recorded.operations, store=folder.parent)
    owner = TestClient(create_explorer(Explorer(library, changes=Changes(there))), "http://127.0.0.1")
    for path in ("/explorer/", "/explorer/?q=kettle"):
        text = owner.get(path).text
        assert 'action="/explorer/update-all"' in text
        assert "1 has a newer version" in text
    for wanted in ("<2", "not a range"):
        write_record(folder, Record(origin=origin, wanted=wanted, files=package_digests(folder)))
        text = owner.get("/explorer/").text
        assert "2.0.0" not in text
        assert "/update-all" not in text


@pytest.mark.parametrize(
    ("locked", "said", "pulled"),
    [("1.0", "project locks 1.0", "vrom pull teapot@1.0<"), ("9.9", "project locks 9.9", "vrom pull teapot<")],
)
def test_of_what_registries_list_the_locked_version_is_pulled(tmp_path, locked, said, pulled):
    home = tmp_path / "home"
    home.mkdir()
    older = {"version": "1.0", "files": {}}
    entry = {"id": "teapot", "version": "2.0", "files": {}, "versions": [older]}
    (home / "registry.json").write_bytes(orjson.dumps({"vroms": [entry]}))
    library = Library([], cache=home, models=home, home=home, scope=lambda: Scope(locked={"teapot": locked}))
    text = TestClient(create_explorer(Explorer(library)), "http://127.0.0.1").get("/explorer/").text
    assert said in text
    assert pulled in text


def test_texts_of_a_registry_are_shown_as_texts(tmp_path):
    attack = "<script>x</script>\u202e\u200b'\" onclick=x"
    texts = dict.fromkeys(("name", "description", "model", "version"), attack)
    (tmp_path / "registry.json").write_bytes(
        orjson.dumps({"vroms": [{"id": "teapot", "files": {}, "tags": [attack], **texts}]})
    )
    library = Library([], cache=tmp_path, models=tmp_path, home=tmp_path)
    text = TestClient(create_explorer(Explorer(library)), "http://127.0.0.1").get("/explorer/").text
    assert "&lt;script&gt;" in text
    for hidden in ("<script>x", "\u202e", "\u200b", "' onclick"):
        assert hidden not in text


def test_what_registries_list_is_paged_beside_what_is_mounted(library_of, make_packages, tmp_path):
    library = library_of(make_packages(60))
    library.home = tmp_path / "home"
    library.home.mkdir()
    listed = [{"id": f"teapot-{i}", "version": "1", "files": {}, "tokens": 1234, "size_mb": 1.5} for i in range(120)]
    (library.home / "registry.json").write_bytes(orjson.dumps({"vroms": listed}))
    client = TestClient(create_explorer(Explorer(library)), "http://127.0.0.1")
    text = client.get("/explorer/?page=2&offered=3").text
    for shown in ("51–60 of 60", "101–120 of 120", "teapot-119", "1,234", "1.5 MB", "not examined"):
        assert shown in text
    assert 'href="?page=2&amp;offered=2"' in text


def test_a_cartridge_shows_its_documents_which_can_be_filtered(kettle):
    text = kettle.get("/explorer/cartridge/kettle").text
    assert "parts/lid.md" in text
    assert "guide.md" in text
    filtered = kettle.get("/explorer/cartridge/kettle?q=LID").text
    assert "parts/lid.md" in filtered
    assert "guide.md" not in filtered


def test_a_document_shows_its_chunks_as_they_were_cut(kettle):
    text = kettle.get("/explorer/document?cartridge=kettle&file=guide.md").text
    assert 'id="chunk-0"' in text
    assert 'id="chunk-1"' in text
    assert "## Boiling" in text
    assert "start of the document" in text
    assert "#chunk-1" in text, "the table of contents leads to the chunk"


def test_a_document_can_be_read_as_rendered_and_as_markdown(kettle):
    address = "/explorer/document?cartridge=kettle&file=guide.md&view="
    assert "<code>kettle.boil()</code>" in kettle.get(address + "rendered").text
    assert "`kettle.boil()`" in kettle.get(address + "text").text
    assert 'id="chunk-0"' in kettle.get(address + "nonsense").text


def test_a_long_document_is_shown_in_parts_and_a_chunk_leads_to_its_own(client_of, make_package):
    texts = ["# Long\n\nBegin.", *(f"Paragraph {i}." for i in range(1, 130))]
    client = client_of(make_package("long", {"long.md": texts}).parent)
    first = client.get("/explorer/document?cartridge=long&file=long.md").text
    assert "Paragraph 59." in first
    assert "Paragraph 60." not in first
    assert "Part 1 of 3" in first
    assert "Paragraph 100." in client.get("/explorer/document?cartridge=long&file=long.md&chunk=100").text
    assert "Part 3 of 3" in client.get("/explorer/document?cartridge=long&file=long.md&page=99").text


def test_hidden_characters_are_visible(client_of, make_package):
    client = client_of(make_package("odd", {"a.md": ["# A\n\nig\u200bnore \u202ethis\x1b[31m <b>"]}).parent)
    text = client.get("/explorer/document?cartridge=odd&file=a.md").text
    for shown in ("U+200B", "U+202E", "U+001B", "&lt;b&gt;", "Hidden text: "):
        assert shown in text
    assert "\u200b" not in text
    assert "\u202e" not in text


def test_the_map_has_a_point_for_each_document(kettle):
    text = kettle.get("/explorer/map?cartridge=kettle").text
    assert text.count("<circle class=") == 2 + text.count('viewBox="0 0 10 10"')
    assert 'aria-label="parts/lid.md"' in text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/explorer/cartridge/ketle", 404),
        ("/explorer/document?cartridge=kettle&file=nothing.md", 404),
        ("/explorer/document", 400),
        ("/explorer/map", 400),
        ("/explorer/nowhere", 404),
        ("/explorer/static/../pages.py", 404),
        ("/explorer/static/%2e%2e/pages.py", 404),
        ("/explorer/document?cartridge=kettle&file=../../../etc/passwd", 404),
        ("/explorer/cartridge/%00", 404),
    ],
)
def test_what_is_not_there_is_an_error_with_a_way_back(kettle, path, status):
    response = kettle.get(path)
    assert response.status_code == status
    assert "Traceback" not in response.text
    assert "nothing" in path or "root:" not in response.text


def test_what_nobody_expected_is_a_page_too(kettle, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("vrom.app.explorer.handlers.cartridges.find_mounts", fail)
    response = kettle.get("/explorer/")
    assert response.status_code == 500
    assert "secret detail" not in response.text
    assert "An error in vrom itself" in response.text
