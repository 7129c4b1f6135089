"""Readers of originals, by the syntax of a tree's pages."""

from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.reading.originals.asciidoc import read_asciidoc
from benchmarks.reading.originals.html import read_html
from benchmarks.reading.originals.man import read_man
from benchmarks.reading.originals.markdown import read_markdown
from benchmarks.reading.originals.notebook import read_notebook
from benchmarks.reading.originals.original import Original
from benchmarks.reading.originals.pod import read_pod
from benchmarks.reading.originals.rst import read_rst
from benchmarks.reading.trees import Tree

READERS: Mapping[str, Callable[[bytes, Tree, Path], Original]] = {
    "html": read_html,
    "markdown": read_markdown,
    "rst": read_rst,
    "notebook": read_notebook,
    "asciidoc": read_asciidoc,
    "man": read_man,
    "pod": read_pod,
}
