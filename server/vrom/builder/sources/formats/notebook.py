"""Convert Jupyter notebooks to Markdown: text cells like other pages, code in fences, with its text output below."""

import json
import warnings
from collections.abc import Iterator
from typing import Any

from vrom.builder.document import Document, Remark
from vrom.builder.sources.extra import import_extra
from vrom.builder.sources.formats.encodings.decode import NothingToReadError, UnreadableError
from vrom.builder.sources.formats.markdown.rewrite import rewrite_dialects
from vrom.builder.sources.formats.markdown_writer import write_fence
from vrom.builder.sources.formats.titles import make_titled_document

_LONGEST_OUTPUT = 2_000
"""Maximum characters kept of an output: the first rows of a table are enough to show its structure."""


def read_notebook(text: str, name: str) -> Iterator[Document]:
    """Read a notebook of any version; of one that isn't valid, the cells that are there.

    Raises `UnreadableError` if it has no cells, or neither text nor code.
    """
    nbformat = import_extra("nbformat", "Reading Jupyter notebooks")
    remarks: list[Remark] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about cells without an id and other minor defects
            notebook = nbformat.reads(text, as_version=4)
    except Exception as error:  # noqa: BLE001 - nbformat raises many kinds for what it doesn't expect
        notebook = {"metadata": _find_metadata(text), "cells": list(_find_cells(text))}
        remarks.append(Remark("notebook that is not valid, read cell by cell", f"{name}: {type(error).__name__}"))
    language = _language(notebook)
    blocks = [block for cell in notebook.get("cells", []) for block in _write_cell(cell, language)]
    if not blocks:
        raise NothingToReadError("a notebook without text or code")
    page = rewrite_dialects("\n\n".join(blocks) + "\n", ".md", str)  # whole: a cell may define links of others
    title = str(notebook["metadata"].get("title") or "") or page.title
    yield make_titled_document(name, page.text, title, remarks=(*remarks, *page.remarks))


def _find_cells(text: str) -> Iterator[dict[str, Any]]:
    """The cells of an invalid notebook, with what is readable of them. Raises `UnreadableError` if it has none."""
    notebook = _load(text)
    sheets = notebook.get("worksheets")
    found = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)] if isinstance(sheets, list) else []
    cells = [cell for each in [notebook.get("cells"), *found] if isinstance(each, list) for cell in each]
    if not any(isinstance(cell, dict) for cell in cells):
        raise UnreadableError("not a Jupyter notebook")
    for cell in cells:
        if isinstance(cell, dict):
            is_code = cell.get("cell_type", "code" if "outputs" in cell else "markdown") == "code"
            outputs = cell.get("outputs")
            yield {
                "cell_type": "code" if is_code else cell.get("cell_type", "markdown"),
                "source": _join(cell.get("source", cell.get("input", ""))),
                "outputs": [one for one in outputs if isinstance(one, dict)] if isinstance(outputs, list) else [],
            }


def _find_metadata(text: str) -> dict[str, Any]:
    metadata = _load(text).get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _load(text: str) -> dict[str, Any]:
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("not a Jupyter notebook") from error
    if not isinstance(notebook, dict):
        raise UnreadableError("not a Jupyter notebook")
    return notebook


def _join(text: object) -> str:
    """A text of the format, which is a string or a list of lines."""
    lines = text if isinstance(text, list) else [text]
    return "".join(line for line in lines if isinstance(line, str))


def _language(notebook: Any) -> str:
    metadata = notebook.get("metadata", {})
    for key, field in (("language_info", "name"), ("kernelspec", "language")):
        stated = metadata.get(key)
        if isinstance(stated, dict) and isinstance(stated.get(field), str) and stated[field]:
            return str(stated[field])
    return "python"


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
        text = _join(output.get("text", ""))
    elif kind in ("execute_result", "display_data"):
        data = output.get("data")
        text = _join(data.get("text/plain", "")) if isinstance(data, dict) else ""
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
