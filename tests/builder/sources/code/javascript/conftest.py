"""Packages of invented files, as npm installs them."""

import json
from textwrap import dedent

import pytest

from vrom.builder.document import Document
from vrom.builder.sources.code.javascript.package import read_npm_package


class Package:
    """An invented package in a folder."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, files, **manifest):
        """Write files by path, and a package.json of these fields."""
        self.folder.mkdir(parents=True, exist_ok=True)
        fields = {"name": "invented", "version": "2.1.0", **manifest}
        (self.folder / "package.json").write_text(json.dumps(fields))
        for name, content in files.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
        return self

    def read(self, **options):
        """All documents and skipped entries."""
        return list(read_npm_package(self.folder, **options))

    def documents(self, **options):
        """The documents by name."""
        return {one.source_file: one for one in self.read(**options) if isinstance(one, Document)}

    def skipped(self):
        """The reasons by name."""
        return {one.name: one.reason for one in self.read() if not isinstance(one, Document)}

    def reference(self, declarations):
        """The text of the reference of a package with one declaration file."""
        return self.write({"index.d.ts": declarations}).documents()["invented"].text


@pytest.fixture
def package(tmp_path):
    return Package(tmp_path / "node_modules" / "invented")
