"""Convert Jupyter notebooks to Markdown: text cells unchanged, code in fences, with its text output below."""

import warnings
from collections.abc import Iterator
from typing import Any

from vrom.builder.document import Document
from vrom.builder.sources.extra import import_extra
from vrom.builder.sources.formats.decode import NothingToReadError, UnreadableError
from vrom.builder.sources.formats.markdown_writer import write_fence
from vrom.builder.sources.formats.titles import make_titled_document

_LONGEST_OUTPUT = 2_000
"""Maximum characters kept of an output: the first rows of a table are enough to show its structure."""


def read_notebook(text: str, name: str) -> Iterator[Document]:
    """Read a notebook of any version. Raises `UnreadableError` if it isn't valid, or has neither text nor code."""
    nbformat = import_extra("nbformat", "Reading Jupyter notebooks")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about cells without an id and other minor defects
            notebook = nbformat.reads(text, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, RecursionError) as error:
        raise UnreadableError("not a Jupyter notebook") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableError(f"nbformat cannot read this Jupyter notebook: {type(error).__name__}") from error
    language = _language(notebook)
    blocks = [block for cell in notebook.get("cells", []) for block in _write_cell(cell, language)]
    if not blocks:
        raise NothingToReadError("a notebook without text or code")
    markdown = "\n\n".join(blocks) + "\n"
    title = str(notebook.metadata.get("title") or "")
    yield make_titled_document(name, markdown, title)


def _language(notebook: Any) -> str:
    metadata = notebook.get("metadata", {})
    named = metadata.get("language_info", {}).get("name") or metadata.get("kernelspec", {}).get("language")
    return str(named or "python")


def _write_cell(cell: Any, language: str) -> Iterator[str]:
    source = str(cell.get("source", "")).strip()
    if cell.get("cell_type") == "markdown" and source:
        yield source
    elif cell.get("cell_type") == "code" and source:
        magic = source.split("\n")[0]
        yield write_fence(source, magic[2:].split()[0] if magic.startswith("%%") and magic[2:].split() else language)
        for output in cell.get("outputs", []):
            if text := _output_text(output):
                yield write_fence(text, "text")


def _output_text(output: Any) -> str:
    """The text of an output, without images and escape sequences."""
    kind = output.get("output_type")
    if kind == "stream":
        text = output.get("text", "")
    elif kind in ("execute_result", "display_data"):
        text = output.get("data", {}).get("text/plain", "")
    elif kind == "error":
        text = f"{output.get('ename', '')}: {output.get('evalue', '')}"
    else:
        return ""
    text = str(text).strip("\n")
    if len(text) > _LONGEST_OUTPUT:
        text = text[:_LONGEST_OUTPUT].rpartition("\n")[0] + "\n…"
    return _remove_escapes(text)


def _remove_escapes(text: str) -> str:
    return "".join(part if number == 0 else part.partition("m")[2] for number, part in enumerate(text.split("\x1b[")))
