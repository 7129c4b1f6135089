"""Notebooks: code cells are code, Markdown cells are Markdown; outputs don't count."""

import json
from pathlib import Path

from benchmarks.reading.originals.markdown import read_markdown
from benchmarks.reading.originals.original import Original
from benchmarks.reading.trees import Tree


def read_notebook(source: bytes, tree: Tree, page: Path) -> Original:
    """The content of a notebook."""
    original = Original()
    for cell in json.loads(source)["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code" and text.strip():
            original.codes.append(text)
        elif cell["cell_type"] == "markdown":
            found = read_markdown(text.encode(), tree, page)
            original.codes += found.codes
            original.headings += found.headings
            original.prose += found.prose
    return original
