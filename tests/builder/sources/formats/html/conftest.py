"""Pages as the tests of the readers of HTML need them."""

import pytest

from vrom.builder.sources.formats.html.page import read_html


@pytest.fixture
def markdown():
    """Function from the main content of a page to its Markdown."""

    def read(content: str, head: str = "") -> str:
        [document] = read_html(f"<html><head>{head}</head><body><main>{content}</main></body></html>", "a.html")
        return document.text.strip()

    return read
