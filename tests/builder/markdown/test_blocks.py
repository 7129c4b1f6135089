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
        ('<!-- old -->\n\n<a id="x"></a>\n\n## Install\n\nText.', "Install"),
        ('<a name="x"/> <a name="y"></a>\n\n## Install\n\nText.', "Install"),
        ("(install)=\n## Install\n\nText.", "Install"),
        ('<h1 align="center">\n  <img src="x">\n  Tool\n</h1>\n\nText.', "Tool"),
        ("[![ci](a)](b)\n\n## Install\n\nText.", "Install"),
    ],
)
def test_the_title_of_a_document(text, title):
    assert find_title(parse_markdown(text)) == title


def fences_of(text):
    found, pending = [], list(parse_markdown(text).blocks)
    while pending:
        block = pending.pop(0)
        if block.kind == "fence":
            found.append((block.first, block.last, block.closed))
        pending = block.children + pending
    return found


@pytest.mark.parametrize(
    ("text", "fences"),
    [
        ("```md\n    ```c\n    x\n    ```\n```\n", [(0, 5, True)]),
        ('``` md\n=== "A"\n\n    ```\n    x\n    ```\n```\n\n## B\n\n```\ny\n```\n', [(0, 7, True), (10, 13, True)]),
        ("```\nx\n   ```\n", [(0, 3, True)]),
        ("   ```\nx\n```\n", [(0, 3, True)]),
        ("- a\n\n  ```\n  x\n  ```\n", [(2, 5, True)]),
        ("- a\n\n  ```\n      ```\n  ```\n", [(2, 5, True)]),
        ('=== "A"\n\n    ```\n    x\n    ```\n', [(2, 5, True)]),
        ('=== "A"\n\n    ```md\n        ```\n    ```\n', [(2, 5, True)]),
        ('=== "A"\n\n    === "B"\n\n        ```\n        x\n        ```\n', [(4, 7, True)]),
        ("> ```\n>     ```\n> ```\n", [(0, 3, True)]),
        ("Text\n\n      ```\n      x\n      ```\n", [(2, 5, True)]),
    ],
)
def test_a_fence_is_closed_at_most_three_columns_deeper_than_what_holds_it(text, fences):
    assert fences_of(text) == fences
