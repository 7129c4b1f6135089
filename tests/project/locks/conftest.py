"""What tests of readers of lock files may ask for: a project's files, and values that a hostile one may hold."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from vrom.project.dependency import Dependency


@pytest.fixture
def project(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Write a project's files; return its folder."""

    def write(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            file = tmp_path / "project" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return tmp_path / "project"

    return write


@pytest.fixture(scope="session")
def groups() -> Callable[[Iterable[Dependency]], dict[str, set[str]]]:
    """The groups of dependencies by `NAME VERSION`."""
    return lambda dependencies: {f"{one.name} {one.version}".strip(): set(one.groups) for one in dependencies}


@pytest.fixture(scope="session")
def direct(groups: Any) -> Callable[[Iterable[Dependency]], dict[str, set[str]]]:
    """The groups of the direct dependencies by `NAME VERSION`."""
    return lambda dependencies: {name: found for name, found in groups(dependencies).items() if found}


_TEXTS = [
    "", ".", "..", "../../..", "/", "/etc", "a", "b", "@a/b", "a@1.0.0", "a@npm:1.0.0", "npm:b@1.0.0", "b@workspace:a",
    "link:../a", "link:../../..", "file:../..", "workspace:*", "1.0.0", "^1", "a 1.0.0", "sha512-AA==", "sha1-?", "**",
    "a/*", "!a", "[", "\0", "\ud800", "é", "https://[", "git+ssh://x@y/z#1", "https://u:p@registry.example/a/-/a.tgz",
    "registry+https://registry.example/index", "node_modules/a", "node_modules/../../a", "9" * 5000,
]  # fmt: skip
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(_TEXTS)
    | st.text(max_size=9)
)


@pytest.fixture(scope="session")
def hostile() -> Callable[..., st.SearchStrategy[dict[str, Any]]]:
    """A strategy of nested mappings with a format's own keys, and values of wrong types among plausible ones."""

    def mappings(*keys: str) -> st.SearchStrategy[dict[str, Any]]:
        key = st.sampled_from(keys) | st.sampled_from(_TEXTS) | st.text(max_size=5)
        values = st.recursive(
            _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(key, inner, max_size=4), max_leaves=12
        )
        below = st.dictionaries(key, values | st.dictionaries(key, values, max_size=4), max_size=4)
        return st.dictionaries(st.sampled_from(keys), below | values, max_size=len(keys))

    return mappings
