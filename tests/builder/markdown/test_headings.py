"""Headings as readers see them, and titles of pages."""

import pytest

from vrom.builder.markdown.blocks import parse, title_of
from vrom.builder.markdown.headings import LONGEST, plain_heading


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Quick start", "Quick start"),
        ("The `reward_funcs` argument", "The reward_funcs argument"),
        ("DPOTrainer[[trl.DPOTrainer]]", "DPOTrainer"),
        ("[[trl.DPOTrainer]]", ""),
        ("Strict mode {#strict-lax}", "Strict mode"),
        ("Strict mode { #strict-lax data-toc-label='x' }", "Strict mode"),
        ("[Install](install.md) it", "Install it"),
        ("[](https://example.org/#a)Install", "Install"),
        ("**Bold** and _soft_ __init__", "Bold and soft init"),
        ("`__init__` and snake_case_name", "__init__ and snake_case_name"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        (r"list\[int\]", "list[int]"),
        ("`dict[str, {}]`", "dict[str, {}]"),
        ("Heading ¶", "Heading"),
        ("A <code>b</code>", "A b"),
    ],
)
def test_a_heading_is_what_readers_see(written, seen):
    assert plain_heading(written) == seen


@pytest.mark.parametrize("hostile", ["``", "**a", "[", "<a ", "[[", " ", "__"])
def test_a_heading_that_was_made_to_be_read_for_ever_is_cut(hostile):
    assert len(plain_heading("Title" + hostile * 500_000 + "b")) <= LONGEST


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
def test_the_title_of_a_page(text, title):
    assert title_of(parse(text)) == title
