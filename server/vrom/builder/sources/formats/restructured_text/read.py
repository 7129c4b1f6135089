"""Convert reStructuredText to Markdown with docutils, accepting Sphinx's roles and directives."""

from collections.abc import Iterator
from typing import Any

from vrom.builder.document import Document, Remark
from vrom.builder.sources.extra import MissingExtraError, import_extra
from vrom.builder.sources.formats.encodings.decode import NothingToReadError
from vrom.builder.sources.formats.restructured_text.names import accept_unknown_names
from vrom.builder.sources.formats.restructured_text.plain import convert_plainly
from vrom.builder.sources.formats.restructured_text.roles import find_labels
from vrom.builder.sources.formats.titles import make_titled_document

_SETTINGS = {
    "report_level": 5,
    "halt_level": 5,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "syntax_highlight": "none",
    "smart_quotes": False,
    "_disable_config": True,
    "doctitle_xform": False,
    "docinfo_xform": False,
    "input_encoding": "unicode",
}


def read_restructured_text(text: str, name: str) -> Iterator[Document]:
    """Read a reStructuredText document. Raises `UnreadableError` if it has no text, only directives."""
    markdown, remarks = convert(text, name)
    if not markdown.strip():
        raise NothingToReadError("no text, only directives")
    yield make_titled_document(name, markdown, remarks=remarks)


def read_plainly(text: str, name: str, problem: str) -> Iterator[Document]:
    """Read a document without docutils, which had a problem with it."""
    yield make_titled_document(name, convert_plainly(text), remarks=[_remark_on(name, problem)])


def to_markdown(text: str) -> str:
    """The Markdown of reStructuredText, however broken it is."""
    return convert(text, "")[0]


def convert(text: str, name: str) -> tuple[str, tuple[Remark, ...]]:
    """Convert reStructuredText to Markdown; what docutils fails at is read line by line.

    Raises `MissingExtraError` if docutils isn't installed.
    """
    try:
        return _convert(text)
    except MissingExtraError:
        raise
    except RecursionError:
        problem = "nested too deeply"
    except Exception as error:  # noqa: BLE001 - docutils raises many kinds for what it doesn't expect
        problem = f"docutils fails: {type(error).__name__}"
    return convert_plainly(text), (_remark_on(name, problem),)


def _convert(text: str) -> tuple[str, tuple[Remark, ...]]:
    core = import_extra("docutils.core", "reStructuredText")
    from docutils.parsers.rst import Parser

    from vrom.builder.sources.formats.restructured_text.writer import TreeWriter

    accept_unknown_names(text)
    remarks: list[Remark] = []

    class CollectingParser(Parser):  # type: ignore[misc]
        """Gives directives a place for what they find out."""

        def parse(self, inputstring: str, document: Any) -> None:
            document.vrom_remarks, document.vrom_holders, document.vrom_domain = remarks, [], ""
            document.vrom_labels = find_labels(text)
            super().parse(inputstring, document)

    tree = core.publish_doctree(text, parser=CollectingParser(), settings_overrides=_SETTINGS)
    return "\n\n".join(TreeWriter().blocks(tree, level=0)) + "\n", tuple(remarks)


def _remark_on(name: str, problem: str) -> Remark:
    return Remark("reStructuredText read line by line", f"{name}: {problem}" if name else problem)
