"""Whatever goes wrong here, a client is told what to do about it, and nothing about this machine."""

import asyncio
import logging

import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp.types import INTERNAL_ERROR, PromptReference

from vrom.app.server import create_server
from vrom.library.library import Library

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on."]}
SECRET = "/home/somebody/secret"

both_eras = pytest.mark.parametrize("era", ["auto", "legacy"])


async def everything(client) -> dict[str, str]:
    """What a client is told by each kind of request, in words."""
    page = PromptReference(name="compare_versions")
    requests = {
        "search_docs": client.call_tool("search_docs", {"query": "kettle"}),
        "get_chunk_context": client.call_tool("get_chunk_context", {"cartridge": "kettle", "chunk_id": 0}),
        "read_document": client.call_tool("read_document", {"cartridge": "kettle", "source_file": "kettle.md"}),
        "list_cartridges": client.call_tool("list_cartridges", {}),
        "resources/list": client.list_resources(),
        "cartridge": client.read_resource("vrom://kettle"),
        "document": client.read_resource("vrom://kettle/kettle.md"),
        "chunk": client.read_resource("vrom://kettle/chunks/0"),
        "prompt": client.get_prompt("answer_from_docs", {"question": "kettle", "cartridge": "kettle"}),
        "completion": client.complete(page, {"name": "page", "value": ""}, {"old": "kettle"}),
    }
    return {name: await _told(request) for name, request in requests.items()}


async def _told(request) -> str:
    try:
        result = await request
    except MCPError as error:
        return f"error {error.error.code}: {error.error.message} {error.error.data or ''}"
    marked = "error: " if getattr(result, "is_error", False) else ""
    return marked + result.model_dump_json(exclude={"meta"})


def ask_everything(library, era) -> dict[str, str]:
    async def session():
        async with Client(create_server(library, warm=False), mode=era) as client:
            return await everything(client)

    return asyncio.run(session())


@both_eras
def test_what_nobody_expected_is_logged_and_answered_without_its_text(
    make_package, library_of, tmp_path, monkeypatch, caplog, era
):
    def fail(*_, **__):
        raise RuntimeError(f"no {SECRET}")

    make_package("kettle", PAGES)
    library = library_of(tmp_path / "cartridges")
    monkeypatch.setattr(Library, "mount", fail)
    monkeypatch.setattr(Library, "select", fail)
    with caplog.at_level(logging.ERROR):
        told = ask_everything(library, era)
    del told["list_cartridges"]
    assert all(words.startswith("error") for words in told.values()), told
    assert not [name for name, words in told.items() if SECRET in words or "RuntimeError" in words]
    del told["completion"]
    assert all("vrom doctor" in words for words in told.values()), told
    assert told["resources/list"].startswith(f"error {INTERNAL_ERROR}:")
    assert SECRET in caplog.text


@both_eras
@pytest.mark.parametrize("damage", ["index", "manifest", "missing"])
def test_a_package_that_can_not_be_read_is_told_without_its_place(make_package, library_of, tmp_path, era, damage):
    folder = make_package("kettle", PAGES)
    if damage == "missing":
        (folder / "index.json").unlink()
    else:
        (folder / f"{damage}.json").write_text('{"nodes": 3}')
    told = ask_everything(library_of(tmp_path / "cartridges"), era)
    assert not [name for name, words in told.items() if str(tmp_path) in words or "Traceback" in words]
    for name in ("search_docs", "get_chunk_context", "read_document", "cartridge", "document", "chunk", "prompt"):
        assert told[name].startswith("error"), name
        assert "Cartridge 'kettle' can't be read" in told[name]
        assert "vrom check" in told[name]


@both_eras
def test_a_model_that_can_not_be_used_is_told_without_its_place(make_package, model_home, tmp_path, era):
    models = tmp_path / "models"
    for file in (model_home / "models").rglob("*"):
        if file.is_file():
            copy = models / file.relative_to(model_home / "models")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(b"damaged" if file.suffix == ".onnx" else file.read_bytes())
    root = make_package("kettle", PAGES).parent
    told = ask_everything(Library([root], cache=tmp_path / "cache", models=models), era)
    assert "Searched by words only" in told["search_docs"]
    assert "vrom doctor" in told["search_docs"]
    assert not [name for name, words in told.items() if str(tmp_path) in words]


@both_eras
def test_a_cache_that_can_not_be_written_is_no_failure(make_package, model_home, tmp_path, era):
    root = make_package("kettle", PAGES).parent
    (tmp_path / "cache").write_text("a file where a folder should be")
    told = ask_everything(Library([root], cache=tmp_path / "cache", models=model_home / "models"), era)
    assert not [name for name, words in told.items() if words.startswith("error") or str(tmp_path) in words]
