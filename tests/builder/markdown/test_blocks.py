"""Titles of documents."""

import pytest

from vrom.builder.markdown.blocks import find_title, parse_markdown


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Install\n\nText.", "Install"),
        ("---\ntitle: 'Stated'\n---\n\n# Install", "Stated"),
        ('+++\ntitle = "Stated"\n+++\n', "Stated"),
        ("Text first.\n\n# Install", "Install"),
        ("## Install\n\nText.", "Install"),
        ("Text first.\n\n## Install", ""),
        ("## Section\n\nText.\n\n# Late", "Section"),
        ("<!-- licence -->\n\n# Install", "Install"),
        ("Only text.", ""),
        ("```\n# comment\n```", ""),
    ],
)
def test_the_title_of_a_document(text, title):
    assert find_title(parse_markdown(text)) == title
