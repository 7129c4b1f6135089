"""Jupyter notebooks as Markdown."""

import json
from typing import ClassVar

import pytest

from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.notebook import read_notebook


def notebook(*cells, **metadata):
    cells = [
        {"metadata": {}, **({"outputs": [], "execution_count": 1} if c["cell_type"] == "code" else {}), **c}
        for c in cells
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": cells})


def text_cell(source):
    return {"cell_type": "markdown", "source": source}


def code_cell(source, *outputs):
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def read(text):
    [document] = read_notebook(text, "a.ipynb")
    return document


def test_texts_stay_and_code_is_fenced_with_what_it_printed():
    document = read(
        notebook(
            text_cell(["# Title\n", "Text."]),
            code_cell("print(1)", {"output_type": "stream", "name": "stdout", "text": ["1\n"]}),
            code_cell("%%bash\nls"),
            {"cell_type": "raw", "source": "raw"},
        )
    )
    assert (
        document.text == "# Title\nText.\n\n```python\nprint(1)\n```\n\n```text\n1\n```\n\n```bash\n%%bash\nls\n```\n"
    )
    assert document.title == "Title"


def test_the_language_is_the_kernel_s():
    assert read(
        notebook(code_cell("1"), kernelspec={"name": "ir", "display_name": "R", "language": "R"})
    ).text.startswith("```R\n")


def test_pictures_and_escape_sequences_are_left_out_and_long_outputs_cut():
    result = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}
    document = read(
        notebook(
            code_cell("a", {**result, "data": {"image/png": "AAAA", "text/plain": "\x1b[31mred\x1b[0m"}}),
            code_cell("b", {**result, "data": {"text/plain": "row\n" * 5_000}}),
        )
    )
    assert "```text\nred\n```" in document.text
    assert "AAAA" not in document.text
    assert len(document.text) < 3_000
    assert document.text.endswith("…\n```\n")


def test_notebooks_of_version_3_are_read():
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"metadata": {}, "cells": []}]}
    old["worksheets"][0]["cells"].append({"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Old"]})
    assert read(json.dumps(old)).text == "## Old\n"


@pytest.mark.parametrize("text", ["not json", "{}", "[]", "null", '{"nbformat": 4}', '{"nbformat": 99}', notebook()])
def test_what_is_no_notebook_is_refused(text):
    with pytest.raises(UnreadableError, match="notebook"):
        read(text)


class TestInvalidNotebooks:
    CELLS: ClassVar = [text_cell("# Title\n\nText."), {"cell_type": "code", "source": ["x = 1"], "outputs": "x"}]

    @pytest.mark.parametrize(
        "fields",
        [
            {"metadata": {"language_info": "x"}},
            {"metadata": {"kernelspec": ["x"]}},
            {"metadata": "x"},
            {"metadata": None},
            {"nbformat": "four"},
            {"nbformat": 99},
            {"cells": [*CELLS, 1, None, {"source": 5}]},
            {"worksheets": [{"cells": CELLS}], "cells": None},
        ],
    )
    def test_their_cells_are_read_all_the_same_and_that_is_said(self, fields):
        document = read(json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": self.CELLS, **fields}))
        assert document.text == "# Title\n\nText.\n\n```python\nx = 1\n```\n"
        assert [one.subject for one in document.remarks] == ["notebook that is not valid, read cell by cell"]

    def test_a_language_of_an_odd_kind_is_none(self):
        assert "```python\n" in read(notebook(code_cell("x = 1"), language_info="x")).text


def test_text_cells_are_read_like_pages():
    """A list of contents in HTML, a link that another cell defines, and a note of MyST."""
    contents = '<div class="toc"><ul><li><span><a href="#Keys"><span>1&nbsp;</span>Keys</a></span></li></ul></div>'
    document = read(
        notebook(
            text_cell(contents),
            text_cell("See [keys][k].\n\n```{note}\nMind <b>it</b>.\n```"),
            code_cell("a = '<b>'"),
            text_cell("[k]: /keys"),
        )
    )
    assert "- 1&nbsp;Keys" in document.text
    assert "See [keys](/keys)." in document.text
    assert "**Note**:\nMind **it**." in document.text.replace("\n\n", "\n")
    assert "```python\na = '<b>'\n```" in document.text
