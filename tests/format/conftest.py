"""A small package made by hand, and ways to edit its files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PAGES = {
    "guide/install.md": ["# Install\n\nRun the installer.", "## Upgrade\n\nRun it again.", "## Remove\n\nDelete it."],
    "guide/use.md": ["# Use\n\nType the command.", "## Options\n\n`--json` prints JSON."],
    "index.md": ["# Welcome\n\nRead the guide: größer, 日本語, 🙂."],
}


@pytest.fixture
def package(make_package) -> Path:
    """Six chunks of three documents, with `chunks.json`, every node linked to every other."""
    strategy = {
        "method": "section_aware", "max_tokens": 256, "overlap": 0, "preserve_code_blocks": True,
        "linked_list_pointers": True,
    }  # fmt: skip
    files = {"index": "index.json", "chunks": "chunks.json"}
    folder = make_package("guide", PAGES, files=files, chunk_strategy=strategy)
    chunks = [json.loads(node["metadata"]) for node in json.loads((folder / "index.json").read_text())["nodes"]]
    for chunk in chunks:
        chunk |= {"char_start": 0, "char_end": len(chunk["text"]), "token_estimate": max(1, len(chunk["text"]) // 4)}
    (folder / "chunks.json").write_text(json.dumps(chunks))
    return folder


@pytest.fixture
def change() -> Callable[[Path, str, Any], None]:
    """Change a JSON file: put a value at a path of keys, or remove what is there when the value is `...`.

    `nodes.3.metadata.text` leads into the metadata of a node, which is JSON in a string; the empty path is the whole.
    """

    def change(file: Path, path: str, value: Any) -> None:
        file.write_text(json.dumps(_changed(json.loads(file.read_text()), path.split(".") if path else [], value)))

    return change


def _changed(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    if isinstance(document, str):
        return json.dumps(_changed(json.loads(document), path, value))
    key = int(path[0]) if isinstance(document, list) else path[0]
    if value is ... and not path[1:]:
        del document[key]
    else:
        document[key] = _changed(document[key], path[1:], value) if path[1:] else value
    return document
