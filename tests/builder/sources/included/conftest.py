"""A checkout with a documentation folder, and how its pages come out."""

import pytest

from vrom.builder.document import Document
from vrom.builder.sources.files.read import read_path
from vrom.builder.sources.included.expand import expand_text
from vrom.builder.sources.included.inclusions import open_inclusions

CODE = "import os\n\n\ndef start(port):\n    return port\n\n\ndef stop():\n    pass\n"


@pytest.fixture
def build(tmp_path):
    """Write files by name into a project, and read its `docs`, or another source in it: documents by name."""

    def build(files, source="docs"):
        root = tmp_path / "project"
        for name, text in {"pyproject.toml": "", "docs_src/app.py": CODE, **files}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        found = list(read_path(root / source))
        build.skipped = {one.name: one.reason for one in found if not isinstance(one, Document)}
        return {one.source_file: one for one in found if isinstance(one, Document)}

    return build


@pytest.fixture
def include(tmp_path):
    """The text of one page with what it includes, before its reader has it."""

    def include(text, name="page.md"):
        return expand_text(text, name, open_inclusions(tmp_path).page(name))

    return include


@pytest.fixture
def expand(build):
    """The text of one page, `docs/guide/page.md`, with what it includes from a project."""

    def expand(text, files=(), name="guide/page.md"):
        document = build({**dict(files), f"docs/{name}": text})[name]
        expand.remarks = [(one.subject, one.example) for one in document.remarks]
        assert all(one.lost for one in document.remarks)
        return document.text.strip()

    return expand
