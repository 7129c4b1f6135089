"""The map with the graph's health and a search's hits, and the list of names."""

import html
import json
import re
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from vrom.app.explorer.access import Access
from vrom.app.explorer.changes.jobs import Changes

API = {
    "api.md": [
        "# Switches\n\nOf all devices.",
        "## `dim_light(slowly=False)`\n\nDims it.",
        "## Overview\n\nOf everything.\n\n- `--no-cache` reads all again.",
        "## `Lamp`\n\nA lamp.",
    ],
    "more/other.md": ["# Other\n\nText.", "## `Lamp.dim_light`\n\nDims this one."],
}


@pytest.fixture
def devices(client_of, make_package):
    return client_of(make_package("devices", API).parent)


def test_of_a_cartridge_in_a_database_the_page_says_why_there_is_no_map(devices, monkeypatch):
    stored = nullcontext(SimpleNamespace(id="devices"))
    monkeypatch.setattr("vrom.library.library.Library.reading", lambda *_: stored)
    response = devices.get("/explorer/map?cartridge=devices&query=dims")
    assert response.status_code == 200
    for shown in ("in a database", "vrom explore --cartridges", 'href="/explorer/names?cartridge=devices"'):
        assert shown in response.text


def listed(text):
    return re.findall(r'<li><a class="mono" href="[^"]*">([^<]*)</a>', text)


def test_the_hits_of_a_search_are_lit_and_listed(devices):
    text = devices.get("/explorer/map?cartridge=devices&query=dims+it&mode=lexical").text
    assert text.count('<circle class="lit"') == 2
    assert 'aria-label="api.md, hit 1"' in text
    assert "dim_light(slowly=False)" in re.search(r"<ol class=\"found\">.*?</ol>", text, re.DOTALL)[0]
    assert 'href="/explorer/document?cartridge=devices&amp;file=api.md&amp;chunk=1#chunk-1"' in text
    assert 'class="lit"' not in devices.get("/explorer/map?cartridge=devices").text


def test_the_search_page_leads_to_the_map_of_its_hits(devices):
    text = devices.get("/explorer/search?q=dims+it&mode=lexical").text
    link = html.unescape(re.search(r'href="(/explorer/map[^"]+)"', text)[1])
    assert 'class="lit"' in devices.get(link).text


def test_a_search_that_finds_nothing_lights_nothing(devices):
    text = devices.get("/explorer/map?cartridge=devices&query=zebra&mode=lexical").text
    assert "Nothing was found." in text
    assert 'class="lit"' not in text


def test_the_health_of_the_graph_is_measured_once_when_it_is_asked_for(devices):
    first = devices.get("/explorer/map?cartridge=devices").text
    address = html.unescape(re.search(r'class="noscript" href="([^"#]+)#graph"', first)[1])
    assert f'hx-get="{html.escape(address)}"' in first
    measured = devices.get(address).text
    assert "Recall@10" in measured
    assert 'aria-label="breadth 10: 1.000, ' in measured
    again = devices.get("/explorer/map?cartridge=devices").text
    assert "Recall@10" in again, "it is kept"
    assert "hx-trigger" not in again


def test_a_large_graph_is_measured_only_for_this_machines_user(devices, client_of, make_package, recorded, monkeypatch):
    monkeypatch.setattr("vrom.app.explorer.handlers.map.MEASURED", 5)
    text = devices.get("/explorer/map?cartridge=devices&graph=1").text
    assert "Not measured." in text
    owner = client_of(make_package("devices", API).parent, Access(secret="s"), Changes(recorded.operations))
    owner.get("/explorer/enter?secret=s")
    assert "Recall@10" in owner.get("/explorer/map?cartridge=devices&graph=1").text


def test_a_damaged_graph_is_told_and_the_map_is_drawn(client_of, make_package):
    folder = make_package("devices", API)
    index = json.loads((folder / "index.json").read_text())
    index["nodes"][1]["neighbors"] = [[10**9]]
    (folder / "index.json").write_text(json.dumps(index))
    response = client_of(folder.parent).get("/explorer/map?cartridge=devices&graph=1")
    assert response.status_code == 200
    assert "index.json, nodes[].neighbors: they aren&#39;t a graph of these nodes" in response.text
    assert str(folder.parent) not in response.text
    assert 'aria-label="api.md"' in response.text


def test_the_names_are_listed_by_the_alphabet_and_lead_to_their_definitions(devices):
    text = devices.get("/explorer/names?cartridge=devices").text
    assert listed(text) == ["dim_light", "Lamp", "Lamp.dim_light", "--no-cache"]
    assert 'href="/explorer/document?cartridge=devices&amp;file=api.md&amp;chunk=1#chunk-1"' in text


def test_a_heading_of_one_plain_word_is_kept_apart(devices):
    text = devices.get("/explorer/names?cartridge=devices&kind=words").text
    assert listed(text) == ["Other", "Overview", "Switches"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("LAMP", ["Lamp", "Lamp.dim_light"]),
        ("dim", ["dim_light", "Lamp.dim_light"]),
        ("light lamp", ["Lamp.dim_light"]),
        ("cache", ["--no-cache"]),
    ],
)
def test_names_are_filtered_by_their_parts(devices, words, expected):
    assert listed(devices.get("/explorer/names", params={"cartridge": "devices", "q": words}).text) == expected


def test_a_filter_that_only_words_meet_shows_them(devices):
    assert listed(devices.get("/explorer/names?cartridge=devices&q=over").text) == ["Overview"]
    assert "No name matches." in devices.get("/explorer/names?cartridge=devices&q=zebra").text


def test_many_names_are_paged(client_of, make_package):
    texts = ["# Long\n\nBegin.", *(f"## `name_{i:03}`\n\nText." for i in range(120))]
    client = client_of(make_package("long", {"long.md": texts}).parent)
    first, last = (client.get(f"/explorer/names?cartridge=long&page={page}").text for page in (1, 3))
    assert (len(listed(first)), listed(last)[-1]) == (50, "name_119")
    assert "51–100 of 120" in client.get("/explorer/names?cartridge=long&page=2").text


def test_a_document_shows_its_names(devices):
    text = devices.get("/explorer/document?cartridge=devices&file=more/other.md").text
    assert re.findall(r'<li><a class="mono"[^>]*>([^<]*)', text) == ["Lamp.dim_light"]


def test_hostile_names_are_only_text(client_of, make_package):
    texts = ["# Guide\n\nText.", "## `<script>alert(1)</script>`\n\nText.", "## `a\u202eb_c`\n\nText."]
    client = client_of(make_package("odd", {"<b>.md": texts}).parent)
    for path in (
        "names?cartridge=odd",
        "map?cartridge=odd&query=text&mode=lexical",
        "document?cartridge=odd&file=<b>.md",
    ):
        text = client.get(f"/explorer/{path}").text
        assert "<script>alert" not in text
        assert "<b>" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize(
    ("path", "status"), [("names", 400), ("names?cartridge=nothing", 404), ("map?cartridge=x", 404)]
)
def test_what_is_not_there_is_an_error(devices, path, status):
    assert devices.get(f"/explorer/{path}").status_code == status
