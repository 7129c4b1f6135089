"""reStructuredText as Markdown."""

from textwrap import dedent

import pytest

from vrom.builder.sources.formats.restructured_text.read import convert, read_restructured_text, to_markdown


def markdown(text: str) -> str:
    return to_markdown(dedent(text)).strip()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Text with *soft*, **strong** and ``code``.", "Text with *soft*, **strong** and `code`."),
        ("A `link <https://example.org>`_.", "A [link](https://example.org)."),
        (":class:`~lib.core.Trainer` and :func:`lib.load`", "`Trainer` and `lib.load`"),
        (":ref:`the guide <guide>`, :doc:`/install`", "the guide, /install"),
        (":some:unknown:`role`", "`role`"),
        ("Example::\n\n    # no heading\n    x = 1", "Example:\n\n```\n# no heading\nx = 1\n```"),
        (".. code-block:: python\n   :linenos:\n\n   x = 1", "```python\nx = 1\n```"),
        (".. code:: bash\n\n   pip install x", "```bash\npip install x\n```"),
        (">>> 1 + 1\n2", "```python\n>>> 1 + 1\n2\n```"),
        (".. note:: Mind this.", "> **Note**\n>\n> Mind this."),
        (".. versionadded:: 2.0\n   The ``x`` flag.", "**Added in version 2.0** — The `x` flag."),
        (".. toctree::\n   :maxdepth: 2\n\n   a\n   b", ""),
        (".. comment", ""),
        (".. unknown-directive:: Title\n   :option: 1\n\n   Text.", "**Title**\n\nText."),
        (".. tab-set::\n\n   .. tab-item:: Linux\n\n      Text.", "**Linux**\n\nText."),
        ("- one\n- two\n\n  - nested", "- one\n- two\n  - nested"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("term\n   Meaning.", "- **term** — Meaning."),
        (":param bool strict: Fail.\n:returns: A thing.", "- `strict` (bool) — Fail.\n- **returns** — A thing."),
        ("Text:\n\n  Quoted.", "Text:\n\n> Quoted."),
        ("=== ===\nA   B\n=== ===\n1   a|b\n=== ===", "| A | B |\n| --- | --- |\n| 1 | a\\|b |"),
        ("\\# not a heading", "\\# not a heading"),
        (".. image:: x.png\n   :alt: A picture", "![A picture](x.png)"),
        (".. include:: /etc/passwd", ""),
        (".. raw:: html\n\n   <script>", ""),
        (":orphan:\n\nText.", "Text."),
        ("|name|\n\n.. |name| replace:: value", "value"),
        (
            ".. py:function:: load(path)\n\n   Loads.\n\n   :param path: Where.",
            "# `load`\n\n```python\nload(path)\n```\n\nLoads.\n\n- `path` — Where.",
        ),
    ],
)
def test_each_construct(given, expected):
    assert markdown(given) == expected


def test_sections_keep_their_depth():
    assert markdown("Title\n=====\n\nText.\n\nPart\n----\n\nMore.\n\nDetail\n~~~~~~\n\nEnd.") == (
        "# Title\n\nText.\n\n## Part\n\nMore.\n\n### Detail\n\nEnd."
    )


def test_the_title_is_the_first_heading():
    [document] = read_restructured_text("Install\n=======\n\nText.", "a/install.rst")
    assert (document.title, document.source_file) == ("Install", "a/install.rst")


def test_broken_markup_is_read_as_far_as_it_goes():
    assert "Text" in markdown("Text with `broken markup\n\n.. code-block:: \n\nTitle\n===\n\n=== ==\nx")


@pytest.mark.timeout(60)
def test_nesting_without_end_is_read_line_by_line():
    markdown, [remark] = convert("\n\n".join(" " * depth + "- x" for depth in range(0, 2_000, 2)), "a.rst")
    assert markdown.count("- x") == 1_000
    assert (remark.subject, remark.example) == ("reStructuredText read line by line", "a.rst: nested too deeply")
