import io
import json
import sys
import tomllib
import zipfile
from importlib import metadata

import pytest

import vrom
from vrom.hosts.mcpb import DESCRIPTION, ENTRY_POINT, bundle_files, pack, project

TOOLS = [{"name": "search_docs", "description": "Search."}]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return bundle_files(TOOLS)


def test_a_bundle_holds_the_source_and_nothing_made_from_it(files):
    assert {"manifest.json", "pyproject.toml", ENTRY_POINT, "server/vrom/library/library.py"} <= set(files)
    assert not [path for path in files if "__pycache__" in path or "/." in path or path.startswith((".", "/"))]


def test_the_manifest_is_of_a_server_that_the_host_runs_with_uv(files):
    manifest = json.loads(files["manifest.json"])
    assert manifest["manifest_version"] == "0.4"
    assert manifest["server"]["type"] == "uv"
    assert manifest["server"]["entry_point"] in files
    assert manifest["version"] == vrom.__version__
    assert manifest["tools"] == TOOLS


def test_the_project_asks_for_what_vrom_needs_in_the_versions_that_run_here():
    document = tomllib.loads(project())
    needed = [line for line in metadata.requires("vrom") if "extra ==" not in line]
    assert document["project"]["dependencies"] == needed
    constraints = document["tool"]["uv"]["constraint-dependencies"]
    assert len(constraints) >= len(needed)
    assert f"onnxruntime=={metadata.version('onnxruntime')}" in constraints
    assert f"mcp=={metadata.version('mcp')}" in constraints


def test_cartridges_are_shipped_where_the_server_finds_them(make_package):
    package = make_package("kettle", {"kettle.md": ["# Kettle"]})
    files = bundle_files(TOOLS, [package])
    assert files["server/vrom/cartridges/kettle/index.json"] == (package / "index.json").read_bytes()


def test_the_same_files_pack_into_the_same_bytes(files):
    packed = pack(files)
    assert packed == pack(dict(reversed(files.items())))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_no_path_of_this_machine_is_in_a_bundle(files):
    assert not [path for path, content in files.items() if sys.prefix.encode() in content]


def test_the_description_is_short_enough_for_the_registry():
    assert len(DESCRIPTION) <= 100
