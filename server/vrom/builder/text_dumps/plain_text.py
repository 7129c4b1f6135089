"""A plain text file as Markdown, whatever of its markup is left."""

from vrom.builder.text_dumps.bare_code import fence_bare_code
from vrom.builder.text_dumps.markup import lost_markup, recover_markup


def as_markdown(text: str) -> str:
    """Markdown for a plain text: rebuilt where its markup is gone, else as it is, with bare code fenced."""
    return recover_markup(text) if lost_markup(text) else fence_bare_code(text)
