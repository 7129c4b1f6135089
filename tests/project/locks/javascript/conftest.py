"""One project, locked by every tool: what each reader must find in it.

`debug` needs another `ms` than the project, `events-small` is an alias of `mitt`, and `cart` and `till` are members of
the workspace.
"""

import base64
import hashlib
from typing import Any

import pytest

FILES = {
    "package.json": """{
  "name": "shop", "version": "1.0.0", "private": true,
  "workspaces": ["packages/*"],
  "dependencies": {"debug": "2.6.9", "ms": "2.1.3", "events-small": "npm:mitt@3.0.1"},
  "devDependencies": {"@types/ms": "0.7.34"},
  "optionalDependencies": {"picocolors": "1.0.0"}
}""",
    "packages/cart/package.json": """{
  "name": "@shop/cart", "version": "0.2.0",
  "dependencies": {"ms": "2.0.0", "@shop/till": "0.1.0", "use-sync-external-store": "1.2.0"},
  "peerDependencies": {"react": "18.2.0"},
  "devDependencies": {"react": "18.2.0"}
}""",
    "packages/till/package.json": '{"name": "@shop/till", "version": "0.1.0", "dependencies": {"react": "18.2.0"}}',
}
ALL = {
    "@shop/cart 0.2.0": set(),
    "@shop/till 0.1.0": {"main"},
    "@types/ms 0.7.34": {"dev"},
    "debug 2.6.9": {"main"},
    "js-tokens 4.0.0": set(),
    "loose-envify 1.4.0": set(),
    "mitt 3.0.1": {"main"},
    "ms 2.0.0": {"main"},
    "ms 2.1.3": {"main"},
    "picocolors 1.0.0": {"optional"},
    "react 18.2.0": {"main", "dev", "peer"},
    "use-sync-external-store 1.2.0": {"main"},
}
CART = {
    "@shop/till 0.1.0": {"main"},
    "ms 2.0.0": {"main"},
    "react 18.2.0": {"dev", "peer"},
    "use-sync-external-store 1.2.0": {"main"},
}


@pytest.fixture
def shop() -> dict[str, str]:
    """Files of the project, without a lock file."""
    return dict(FILES)


@pytest.fixture
def shop_groups() -> dict[str, set[str]]:
    """All of its dependencies and their groups."""
    return {name: set(groups) for name, groups in ALL.items()}


@pytest.fixture
def cart_groups() -> dict[str, set[str]]:
    """The direct dependencies of the member `packages/cart`."""
    return {name: set(groups) for name, groups in CART.items()}


@pytest.fixture(scope="session")
def integrity() -> dict[str, str]:
    """The integrity of a file, as lock files and as dependencies write it."""
    digest: Any = hashlib.sha512(b"ms")
    return {"sri": f"sha512-{base64.b64encode(digest.digest()).decode()}", "hex": f"sha512:{digest.hexdigest()}"}
