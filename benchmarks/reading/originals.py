"""Readers of originals, by the syntax of a tree's pages."""

from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.reading.html_original import read_html
from benchmarks.reading.markdown_original import read_markdown
from benchmarks.reading.notebook_original import read_notebook
from benchmarks.reading.original import Original
from benchmarks.reading.other_originals import read_asciidoc, read_man, read_pod
from benchmarks.reading.rst_original import read_rst
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
