"""Registries over the local web server, and a package to publish."""

from pathlib import Path

import pytest

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
