"""Directives of reStructuredText that include files."""

import pytest

PAGE = "Title\n=====\n\nBefore.\n\n{}\n\nAfter.\n"
FILES = {
    "docs/_part.rst": ".. start\n\nShared *text*.\n\n.. end\n",
    "docs/_part.md": "# Changes\n\n- `run` is **new**\n",
    "docs/table.csv": '"a, b",2\nc,4\n',
    "docs/raw.html": "<b>bold</b>",
}


@pytest.fixture
def read(expand):
    """The text between "Before." and "After." in a page with a directive."""

    def read(directive):
        text = expand(PAGE.format(directive), FILES, name="guide/page.rst")
        return text.partition("Before.")[2].partition("After.")[0].strip()

    return read


@pytest.mark.parametrize(
    ("directive", "expected"),
    [
        (".. literalinclude:: ../../docs_src/app.py\n   :lines: 4-5",
         "```python\ndef start(port):\n    return port\n```"),
        (".. literalinclude:: /../docs_src/app.py\n   :pyobject: stop\n   :language: py",
         "```py\ndef stop():\n    pass\n```"),
        (".. literalinclude:: ../../docs_src/app.py\n   :start-at: def stop\n   :emphasize-lines: 1\n   :linenos:",
         "```python\ndef stop():\n    pass\n```"),
        (".. literalinclude:: ../../docs_src/app.py\n   :start-after: return\n   :end-before: pass",
         "```python\ndef stop():\n```"),
        (".. literalinclude:: ../../docs_src/app.py\n   :lines: 5\n   :dedent: 4\n   :prepend: # port",
         "```python\n# port\nreturn port\n```"),
        (".. literalinclude:: ../../docs_src/app.py\n   :diff: ../../docs_src/app.py.orig\n   :lines: 1",
         "```diff\nimport os\n```"),
        (".. include:: ../_part.rst", "Shared *text*."),
        (".. include:: ../_part.rst\n   :start-after: start\n   :end-before: .. end", "Shared *text*."),
        (".. include:: ../_part.rst\n   :start-line: 2\n   :end-line: 3", "Shared *text*."),
        (".. include:: ../../docs_src/app.py\n   :code: python\n   :end-line: 1", "```python\nimport os\n```"),
        (".. include:: ../../docs_src/app.py\n   :literal:\n   :end-line: 1", "```text\nimport os\n```"),
        (".. code-block:: python\n   :file: ../parts.py", ""),
        (".. code-block:: python\n   :file: ../../docs_src/app.py", None),
        (".. exampleinclude:: /../docs_src/app.py\n   :language: python\n   :start-after: return", None),
        ("* - .. literalinclude:: ../../docs_src/app.py\n       :lines: 4-5\n       :dedent:\n\n  - two",
         "- - ```python\n    def start(port):\n        return port\n    ```\n  - two"),
        (".. literalinclude:: ../../docs_src/app.py\n   :start-after: import\n   :lines: 3-4",
         "```python\ndef start(port):\n    return port\n```"),
        (".. mdinclude:: ../_part.md", "# Changes\n\n- `run` is **new**"),
        (".. csv-table:: Sizes\n   :file: ../table.csv\n   :header: x, y", None),
        (".. raw:: html\n   :file: ../raw.html", "<b>bold</b>"),
    ],
)  # fmt: skip
def test_the_file_is_put_in(read, expand, directive, expected):
    found = read(directive)
    if expected is None:
        assert "a, b" in found or "def stop" in found
    else:
        assert found == expected
    assert len(expand.remarks) == ("../parts.py" in directive)


def test_markdown_within_reStructuredText(read):
    assert read(".. include:: ../_part.md\n   :parser: myst_parser.sphinx_") == "# Changes\n\n- `run` is **new**"


def test_a_directive_within_another_keeps_its_indentation(read):
    assert read(".. note::\n\n   Look:\n\n   .. literalinclude:: ../../docs_src/app.py\n      :lines: 4-5") == (
        "> **Note**\n>\n> Look:\n>\n> ```python\n> def start(port):\n>     return port\n> ```"
    )


@pytest.mark.parametrize(
    "shown",
    [
        ".. code-block:: rst\n\n   .. include:: ../_part.rst",
        "Write::\n\n   .. include:: ../_part.rst",
        "::\n\n   .. literalinclude:: gone.py",
    ],
)
def test_a_directive_in_a_literal_block_is_only_shown(read, expand, shown):
    assert "include::" in read(shown)
    assert expand.remarks == []


def test_a_directive_in_a_comment_is_none(read, expand):
    assert read(".. a comment\n\n   .. include:: gone.rst") == ""
    assert expand.remarks == []


def test_what_is_missing_is_named(read, expand):
    assert read(".. literalinclude:: gone.py\n   :language: python\n\n.. include:: /../../../../../etc/passwd") == ""
    assert expand.remarks == [
        ("included file not found", ".. literalinclude:: gone.py in guide/page.rst"),
        ("included file outside the source", ".. include:: /../../../../../etc/passwd in guide/page.rst"),
    ]


def test_a_page_may_name_what_is_put_aside(expand):
    assert "vrom-aside-7" in expand(PAGE.format(".. include:: _part.md\n\nvrom-aside-7"), FILES, name="a.rst")
