"""`vrom load`, `unload`, `list --store` and `check --store` with Milvus."""

import json

import pytest
from typer.testing import CliRunner

from vrom.cli import make_app


@pytest.fixture
def vrom(url, monkeypatch, tmp_path):
    monkeypatch.setenv("VROM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("VROM_STORE", url)

    def run(*words):
        return CliRunner().invoke(make_app(), [*map(str, words), "--json"])

    return run


def test_a_package_is_loaded_listed_checked_and_unloaded(vrom, cartridge, url):
    loaded = json.loads(vrom("load", cartridge.folder).stdout)
    assert loaded["cartridges"] == [{"id": "pottery", "version": "1.0.0", "state": "loaded", "chunks": cartridge.size}]
    assert json.loads(vrom("load", cartridge.folder, "--to", url).stdout)["cartridges"][0]["state"] == "unchanged"
    (line,) = json.loads(vrom("list", "--store", url).stdout)["cartridges"]
    assert (line["id"], line["space"], line["chunks"]) == ("pottery", "public", cartridge.size)
    assert json.loads(vrom("check", "--store", url).stdout) == {"problems": []}
    assert json.loads(vrom("unload", "pottery@1.0.0").stdout)["versions"] == ["1.0.0"]
    assert json.loads(vrom("list", "--store", url).stdout) == {"cartridges": []}


def test_registries_are_refused_with_the_remedy(vrom, url, tmp_path):
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "registry.json").write_text("{}")
    refused = vrom("load", tmp_path / "registry")
    assert refused.exit_code != 0
    assert "vrom pull" in str(refused.exception)


@pytest.mark.parametrize("address", ["milvus://me:hunter2@127.0.0.1", "milvus://hunter2@127.0.0.1/docs"])
def test_credentials_in_an_argument_are_refused_with_the_remedy(vrom, address, cartridge):
    refused = vrom("load", cartridge.folder, "--to", address)
    assert refused.exit_code != 0
    assert "VROM_STORE_FILE" in str(refused.exception)
    assert "hunter2" not in str(refused.exception) + refused.output
