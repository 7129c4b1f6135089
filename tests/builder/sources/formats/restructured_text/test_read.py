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


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (":menuselection:`File --> &Open`", "**File ‣ Open**"),
        (":kbd:`Ctrl+C` and :file:`/etc/{name}`", "`Ctrl+C` and `/etc/name`"),
        (":py:meth:`~a.b.c` and `~a.b.c`", "`c` and `c`"),
        (":meth:`.Pot.warm`, :class:`!Pot`, :file:`.vromrc`", "`Pot.warm`, `Pot`, `.vromrc`"),
        (":pep:`8`", "[PEP 8](https://peps.python.org/pep-0008/)"),
        (":rfc:`the rule <9110#section-9>`", "[the rule](https://datatracker.ietf.org/doc/html/rfc9110#section-9)"),
        ("See :ref:`here`.\n\n.. _here:\n\nThe place\n=========\n\nText.", "See The place.\n\n# The place\n\nText."),
        ("Version |release|, see `nowhere`_ and [A1]_.", "Version |release|, see nowhere and [A1]."),
        (".. |now| date::\n\nOn |now|.", "On |now|."),
        (".. |br| raw:: html\n\n   <br>\n\nOne |br| two.", "One  two."),
        (":raw-html:`<br>` stays out.", "stays out."),
    ],
)
def test_inline_markup_is_shown_as_sphinx_shows_it(given, expected):
    assert markdown(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            ".. code-tab:: py Python\n\n   if x:\n       # no heading\n       y()",
            "**Python**\n\n```py\nif x:\n    # no heading\n    y()\n```",
        ),
        (".. code-block:: sh\n   :caption: run.sh\n\n   ls", "**run.sh**\n\n```sh\nls\n```"),
        (
            ".. highlight:: sh\n\nRun::\n\n   ls\n\n.. code-block::\n\n   pwd",
            "Run:\n\n```sh\nls\n```\n\n```sh\npwd\n```",
        ),
        (".. prompt:: bash $\n\n   ls", "```bash\nls\n```"),
        (".. plot::\n\n   import x", "```python\nimport x\n```"),
        (".. graphviz::\n\n   digraph { a -> b }", "```dot\ndigraph { a -> b }\n```"),
        (".. math::\n   :label: one\n\n   a^2", "```latex\na^2\n```"),
        (".. productionlist::\n   a: `b`+", "```\na: `b`+\n```"),
        ("So::\n\n   import x\n   x.y()", "So:\n\n```python\nimport x\nx.y()\n```"),
        ("So::\n\n   key = value", "So:\n\n```\nkey = value\n```"),
        ("So:\n\n   >>> 1\n   1", "So:\n\n```python\n>>> 1\n1\n```"),
    ],
)
def test_code_keeps_its_language(given, expected):
    assert markdown(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            '.. csv-table:: Limits\n   :header: a, b\n\n   "x, y", 1',
            "**Limits**\n\n| a | b |\n| --- | --- |\n| x, y | 1 |",
        ),
        (
            "+---+---+\n| a | b |\n+===+===+\n| c     |\n+---+---+\n| d | e |\n|   +---+\n|   | f |\n+---+---+",
            "| a | b |\n| --- | --- |\n| c | c |\n| d | e |\n| d | f |",
        ),
        (
            ".. list-table::\n   :header-rows: 1\n   :align: left\n\n   * - Name\n     - Use\n   * - a\n     - ::\n\n"
            "          x = 1\n          y = 2",
            "- **Name**: a\n\n  **Use**\n\n  ```\n  x = 1\n  y = 2\n  ```",
        ),
        ("=== ===\nbroken\n=== ==\n\nText.", "```text\n=== ===\nbroken\n=== ==\n```\n\nText."),
    ],
)
def test_every_value_of_a_table_is_in_its_row(given, expected):
    assert markdown(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            ".. grid-item-card:: Card\n\n   Head\n   ^^^^\n   Body.\n   ++++\n   Foot",
            "**Card**\n\nHead\n\nBody.\n\nFoot",
        ),
        (".. dropdown:: More\n\n   Hidden.", "**More**\n\nHidden."),
        (".. topic:: About\n\n   It is so.", "**About**\n\nIt is so."),
        (".. admonition:: Mind\n   :class: tip\n\n   This.", "> **Mind**\n>\n> This."),
        (".. note::\n   :collapsible: closed\n\n   This.", "> **Note**\n>\n> This."),
        (".. only:: html or latex\n\n   Here.", "Here."),
        (".. only:: not released\n\n   Here.", "Here."),
        (".. ifconfig:: x in ('a',)\n\n   Here.", "Here."),
        (".. glossary::\n\n   one\n   two\n      The meaning.", "- **one, two** — The meaning."),
        (".. seealso:: `Docs <https://e.org>`_", "**See also** — [Docs](https://e.org)"),
        (".. raw:: html\n\n   <p>Some <b>words</b>.</p>", "Some **words**."),
        (".. figure:: x.png\n   :loading: lazy\n\n   The caption.", "The caption."),
        (".. sectnum::\n\nTitle\n=====\n\nText.", "# Title\n\nText."),
        (".. tab-item:: A\n\n   Sub\n   ---\n\n   Text.", "**A**\n\n# Sub\n\nText."),
        (":Author: Ann Writer\n:orphan:\n\nText.", "- **Author** — Ann Writer\n\nText."),
        (".. setting:: SIZE\n\n``SIZE``\n========\n\nText.", "# `SIZE`\n\nText."),
    ],
)
def test_the_content_of_a_directive_is_kept(given, expected):
    assert markdown(given) == expected


@pytest.mark.parametrize(
    ("given", "title", "signature"),
    [
        (
            ".. function:: load(path)\n              load(path, *, mode)",
            "load",
            "```python\nload(path)\nload(path, *, mode)\n```",
        ),
        (".. py:class:: Pot(size=1)", "Pot", "```python\nclass Pot(size=1)\n```"),
        (".. py:property:: Pot.size\n   :type: int", "Pot.size", "```python\nproperty Pot.size: int\n```"),
        (".. py:method:: warm()\n   :async:", "warm", "```python\nasync warm()\n```"),
        (".. c:function:: int fill(pot *p)", "fill", "```c\nint fill(pot *p)\n```"),
        (".. cpp:class:: tea::Pot", "tea::Pot", "```cpp\nclass tea::Pot\n```"),
        (".. js:function:: $.pour(cup)", "$.pour", "```javascript\n$.pour(cup)\n```"),
        (".. http:get:: /pots/(int:id)", "GET /pots/(int:id)", "```http\nGET /pots/(int:id)\n```"),
        (".. rst:directive:: pot", ".. pot::", "```rst\n.. pot::\n```"),
        (".. option:: --size <n>", "--size <n>", ""),
        (".. django-admin:: pour [cup]", "pour [cup]", ""),
        (".. confval:: size\n   :type: int\n   :default: ``1``", "size", "- **type** — int\n- **default** — `1`"),
    ],
)
def test_an_object_is_a_heading_with_its_signature_as_code(given, title, signature):
    assert markdown(f"{given}\n\n   Text.") == "\n\n".join(filter(None, [f"# `{title}`", signature, "Text."]))


def test_members_are_nested_under_their_class_and_text_after_it_is_not():
    text = """\
        Tea
        ===

        .. class:: Pot

           .. method:: warm()

              Warms it.

        Other text.

        ``pour``
        --------

        .. function:: pour()

           Pours.
    """
    assert markdown(text) == (
        "# Tea\n\n## `Pot`\n\n```python\nclass Pot\n```\n\n### `Pot.warm`\n\n```python\nwarm()\n```\n\nWarms it.\n\n"
        "# Tea\n\nOther text.\n\n## `pour`\n\n```python\npour()\n```\n\nPours."
    )


@pytest.mark.parametrize(
    ("given", "subject", "lost"),
    [
        (".. autoclass:: lib.Pot\n   :members:", "reference from source code not included", True),
        (".. only:: latex\n\n   On paper.", "parts that are only for print", False),
    ],
)
def test_what_is_left_out_is_said(given, subject, lost):
    text, [remark] = convert(f"{given}\n\nText.", "a.rst")
    assert (text, remark.subject, remark.lost) == ("Text.\n", subject, lost)
    assert remark.example == given.partition("\n")[0]


def test_an_exception_of_docutils_costs_nothing_but_its_reading(monkeypatch):
    monkeypatch.setattr("docutils.core.publish_doctree", lambda *_, **__: {}["br"])
    text, [remark] = convert("Title\n=====\n\nText.", "a.rst")
    assert (text, remark.example) == ("# Title\n\nText.\n", "a.rst: docutils fails: KeyError")


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
