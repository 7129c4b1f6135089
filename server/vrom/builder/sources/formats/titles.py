"""Documents whose title is found in their Markdown, or else made from their name."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from vrom.builder.document import Document, Remark
from vrom.builder.markdown.blocks import find_title, parse_markdown


def make_titled_document(name: str, text: str, title: str = "", *, remarks: Sequence[Remark] = ()) -> Document:
    """A document of a Markdown text, with its title: the given one, else the text's own, else its name as words."""
    if title:
        return Document(name, text, title, remarks=tuple(remarks))
    parsed = parse_markdown(text)
    return Document(name, text, find_title(parsed) or title_from_name(name), parsed=parsed, remarks=tuple(remarks))


def title_from_name(name: str) -> str:
    """The file's name as words; the folder's name for an index or README."""
    path = PurePosixPath(name)
    stem = path.parent.name if path.stem.lower() in ("index", "readme") and path.parent.name else path.stem
    words = " ".join(stem.replace("_", " ").replace("-", " ").split()) or stem
    return words.capitalize() if words.islower() else words
