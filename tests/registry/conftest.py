"""Registries over the local web server, and a package to publish."""

import json
from pathlib import Path

import numpy as np
import pytest

from vrom.format.manifest import read_manifest
from vrom.format.write import write_tokens
from vrom.index.tokens import token_arrays
from vrom.registry.installed import PackageStore
from vrom.registry.keys.trust import KnownKeys
from vrom.registry.registry import Registry

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on.", "## Errors\n\n`E_DRY_BOIL`: it was empty."]}


@pytest.fixture
def store(tmp_path) -> PackageStore:
    return PackageStore(tmp_path / "vroms")


@pytest.fixture
def keys(tmp_path) -> KnownKeys:
    return KnownKeys(tmp_path / "trust.json")


@pytest.fixture
def registry_at(network, keys, tmp_path):
    """A registry by address, as a process that begins anew sees it."""

    def make(address: str, **options) -> Registry:
        return Registry(address, network, tmp_path / "registry.json", keys, **options)

    return make


@pytest.fixture
def kettle(make_package) -> Path:
    return make_package("kettle", PAGES, description="How to boil water", files={"index": "index.json"})


@pytest.fixture
def add_word_pieces():
    """Give a package the companion with word pieces: two of each chunk, of which every word is the chunk's number."""

    def add(folder: Path) -> None:
        chunks = read_manifest(folder).total_chunks
        codes = [np.full((2, 3), number, dtype=np.uint64) for number in range(chunks)]
        tokens = write_tokens(folder, read_manifest(folder), token_arrays(np.full(30, 16, dtype=np.uint8), codes))
        manifest = json.loads((folder / "manifest.json").read_text())
        manifest["companions"] = {"version": 1, "tokens": tokens}
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return add
