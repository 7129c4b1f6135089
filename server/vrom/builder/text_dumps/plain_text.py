"""Convert a plain text file to Markdown, with or without remaining markup."""

from vrom.builder.text_dumps.bare_code import fence_bare_code
from vrom.builder.text_dumps.markup import has_lost_markup, recover_markup


def convert_plain_text(text: str) -> str:
    """Convert plain text to Markdown: recover lost markup, else only fence bare code."""
    return recover_markup(text) if has_lost_markup(text) else fence_bare_code(text)
