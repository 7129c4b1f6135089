"""Cells of Quarto, R Markdown and notebooks, and attributes of fences."""

import pytest

from vrom.builder.sources.formats.markdown.fences import rewrite_fences


def rewrite(text):
    return rewrite_fences(text, str.upper)


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("{r}", "r"),
        ("{r, echo=FALSE}", "r"),
        ("{r setup, include = FALSE}", "r"),
        ("{python}", "python"),
        ("{{python}}", "python"),
        ("{ojs}", "js"),
        ("{.bash}", "bash"),
        ("{ .python .annotate hl_lines='1' }", "python"),
        ('{.sh filename="a.sh"}', 'sh title="a.sh"'),
        ("{=html}", "html"),
        ("{code-cell} ipython3", "python"),
    ],
)
def test_a_cell_becomes_a_fence_with_its_language(info, language):
    assert rewrite(f"```{info}\n# x\n```") == f"```{language}\n# x\n```"


def test_options_of_a_cell_go_and_captions_stay():
    text = '```{python}\n#| label: fig-a\n#| fig-cap: "How it grows"\n# comment\nplot()\n```'
    assert rewrite(text) == "```python\n# comment\nplot()\n```\n\nHow it grows"


def test_a_cell_in_a_list_stays_there():
    assert rewrite("- a\n\n  ```{r}\n  x\n\n  y\n  ```\n") == "- a\n\n  ```r\n  x\n\n  y\n  ```\n"


@pytest.mark.parametrize(
    "text", ["```python\n{x}\n```", "```js{2,4-5}\nx\n```", "````md\n```{note}\nx\n```\n````", "~~~\n```{r}\n~~~"]
)
def test_other_fences_are_as_written(text):
    assert rewrite(text) == text
