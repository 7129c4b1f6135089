"""Plain text that is reStructuredText."""

import time

import pytest

from vrom.builder.document import Document
from vrom.builder.sources.extra import MissingExtraError
from vrom.builder.sources.files.read import read_content
from vrom.builder.sources.formats.restructured_text.evidence import find_evidence


@pytest.mark.parametrize(
    "text",
    [
        "====\nPots\n====\n\nText.\n\nSizes\n~~~~~\n\nText.",
        "Pots\n====\n\n.. note:: Mind this.",
        "Pots\n====\n\nSee :func:`warm`.",
        "Pots\n====\n\nRun this::\n\n    warm(pot)\n",
        ".. _pots:\n\nSee `the guide <https://e.org>`_.",
    ],
)
def test_it_is_known_by_its_titles_directives_roles_and_blocks(text):
    assert find_evidence(text)


@pytest.mark.parametrize(
    "text",
    [
        "Pots\n====\n\nText with ``code`` of Markdown.\n\n- a\n- b\n",
        "# Pots\n\n```python\nx = 1\n```\n\nUse `std::vector` here.\n\n## More\n\nText.",
        "Just text, with a line.\n\nAnd another: as it should be.",
        "One\n---\n\nTwo\n===\n",
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n",
    ],
)
def test_other_text_is_not(text):
    assert find_evidence(text) == {}


def test_a_text_file_of_it_is_read_as_such():
    [document] = read_content(b"====\nPots\n====\n\n.. note:: Mind this.\n\nSizes\n~~~~~\n\nText.\n", "pots.txt")
    assert isinstance(document, Document)
    assert document.text == "# Pots\n\n> **Note**\n>\n> Mind this.\n\n## Sizes\n\nText.\n"


def test_a_text_file_of_it_is_read_without_docutils_too(monkeypatch):
    def missing(*_):
        raise MissingExtraError("docutils")
        yield

    monkeypatch.setattr("vrom.builder.sources.files.read.read_isolated", missing)
    [document] = read_content(b"====\nPots\n====\n\nSizes\n~~~~~\n\nText.\n", "pots.txt")
    assert document.text == "# Pots\n\n## Sizes\n\nText.\n"
    assert document.remarks[0].example == "pots.txt: docutils is not installed"


@pytest.mark.parametrize("line", ["=" * 50 + "\n", ".. a", "`a ", "`a <", ":a", ".. _a", "a\n===\n"])
def test_hostile_text_costs_little_time(line):
    begun = time.monotonic()
    find_evidence(line * 50_000)
    assert time.monotonic() - begun < 2
