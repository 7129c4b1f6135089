"""Markdown rebuilt from text that lost it."""

from textwrap import dedent

import pytest

from vrom.builder.text_dumps.markup import recover_markup


def recovered(text: str) -> str:
    return recover_markup(dedent(text))[0].strip()


def test_short_lines_between_text_are_headings_and_the_first_is_the_title():
    assert recovered(
        """\
        Loading data
        Overview
        The library loads data from many places, near and far.
        Quick start
        This is how it is done, in a few lines of code.
        """
    ) == (
        "# Loading data\n\n## Overview\n\nThe library loads data from many places, near and far.\n\n"
        "## Quick start\n\nThis is how it is done, in a few lines of code."
    )


def test_a_title_shown_twice_stands_once_and_the_site_s_name_goes():
    assert recovered("Site docs\nTrainer\nTrainer\nIt trains a model on your own data.").startswith(
        "# Trainer\n\nIt trains"
    )


def test_a_menu_is_a_list():
    assert "- Home\n- Docs\n- Blog\n- Pricing\n- About" in recovered(
        "The text ends here, with a stop.\nHome\nDocs\nBlog\nPricing\nAbout\nThen the text begins again, as it ended."
    )


def test_bare_code_is_fenced_and_indented_by_its_brackets():
    assert recovered(
        """\
        This example shows how a model is trained on data.
        from lib import Trainer
        trainer = Trainer(
        model="small",
        data=[
        "a",
        ],
        )
        trainer.train()
        The model is then ready to be used by anyone.
        """
    ) == (
        "This example shows how a model is trained on data.\n\n"
        '```python\nfrom lib import Trainer\ntrainer = Trainer(\n    model="small",\n    data=[\n        "a",\n    ],\n'
        ")\ntrainer.train()\n```\n\nThe model is then ready to be used by anyone."
    )


def test_code_glued_to_what_follows_is_parted():
    assert recovered("run(\nfast=True,\n)Expected input\nThe input is a table with two columns.") == (
        "```python\nrun(\n    fast=True,\n)\n```\n\n## Expected input\n\nThe input is a table with two columns."
    )


def test_a_comment_above_code_is_no_heading():
    assert (
        recovered("# Standard format\nexample = {'a': 1}\n") == "```python\n# Standard format\nexample = {'a': 1}\n```"
    )


def test_parameters_are_a_list_with_their_names_as_code():
    assert recovered(
        """\
        Parameters
        - beta (
        float, optional, defaults to 0.1) —
        Strength of the pull towards the reference.
        - steps (int) — How many steps are made. - rate (float) — How large they are.
        """
    ) == (
        "**Parameters**\n\n"
        "- `beta` (float, optional, defaults to 0.1) — Strength of the pull towards the reference.\n"
        "- `steps` (int) — How many steps are made.\n"
        "- `rate` (float) — How large they are."
    )


def test_a_signature_is_code_under_its_name():
    assert recovered("class lib.Trainer\n< source >( model: str steps: int = 5 ) → Result\n") == (
        "### class lib.Trainer\n\n```python\nclass lib.Trainer(\n    model: str,\n    steps: int = 5,\n) -> Result\n```"
    )


def test_glued_list_items_are_parted():
    assert recovered("loss: The loss so far.epoch: The epoch so far.steps: The number of steps.") == (
        "- loss: The loss so far.\n- epoch: The epoch so far.\n- steps: The number of steps."
    )


def test_a_table_gets_its_outer_pipes():
    assert recovered(
        'name | meaning |\n|---|---|\n"a" | first |\n"b" | second |\nThe text goes on below, as it should.'
    ) == (
        '| name | meaning |\n| --- | --- |\n| "a" | first |\n| "b" | second |\n\nThe text goes on below, as it should.'
    )


def test_records_with_texts_in_their_cells_become_texts():
    assert recovered(
        "id | text | file |\n|---|---|---|\n0 | # One\nA first text.\nMore of it. | a.md |\n1 | # Two\nx\ny | b.md |"
    ) == ("# One\n\nA first text.\n\nMore of it.\n\nfile: a.md\n\n# Two\n\nx\ny\n\nfile: b.md")


@pytest.mark.parametrize(
    ("text", "fences"),
    [
        ("```python\nx = 1\n```", "```python\nx = 1\n```"),
        ("```python\nx = 1\nThe closing mark of this block was lost.", "```python\nx = 1\n```"),
        ("x = 1\n```\nThe opening mark of this block was lost.", "```python\nx = 1\n```"),
        ("```python\nx = 1\nThis sentence follows the first block.\n```bash\ngit pull\n```", "```python\nx = 1\n```"),
    ],
)
def test_a_fence_that_lost_a_mark_gets_it_back(text, fences):
    result = recovered(text)
    assert result.startswith(fences)
    assert result.count("```") % 2 == 0


LOG = "\n".join(["* fix test", "* style", "Co-authored-by: A <a@example.org>"] * 10)
HUNK = "@ -1,3 +1,4 @@ def f():"
"""What a code host's page holds besides its text."""


class TestRepetition:
    def test_a_sentence_that_a_diff_shows_twice_stands_once_and_a_heading_left_empty_goes_with_it(self):
        said = "This is a sentence of some length that is said."
        assert recovered(
            f"{LOG}\n{HUNK}\n## One\n{said}\n## Two\n{said}\n## Three\nAnother sentence of some length, said only once."
        ) == (f"## One\n\n{said}\n\n## Three\n\nAnother sentence of some length, said only once.")

    def test_of_a_changed_sentence_the_later_wording_stays(self):
        old = "Within the module is the class that serves as one method of generating better output."
        new = "Within the module is the class that serves as an alternative method of generating better output."
        assert recovered(f"{LOG}\n{HUNK}\n{old}\n{new}") == new

    def test_a_log_of_commits_and_marks_of_differences_are_dropped_and_counted(self):
        text = "What is left is the text of the page itself."
        markdown, dropped = recover_markup(f"{LOG}\n{HUNK}\n{text}\n{text}")
        assert markdown == f"{text}\n"
        assert dropped == {"diff hunk": 1, "line of a commit log": 30, "repeated line": 1}

    def test_a_code_block_shown_before_is_dropped(self):
        block = "```bash\ngit clone x\ncd x\n```"
        text = f"First do this, then the other thing.\n{block}\nThen do it again from the start.\n{block}"
        assert recovered(f"{LOG}\n{HUNK}\n{text}").count("git clone") == 1

    def test_without_such_evidence_everything_stays(self):
        said = "This is a sentence of some length that is said."
        text = (
            f"## One\n{said}\n## Two\n{said}\nSigned-off-by: A <a@example.org>\n-----\n```\nx\ny\n```\n```\nx\ny\n```"
        )
        markdown, dropped = recover_markup(text)
        assert (markdown.count(said), markdown.count("x\ny"), markdown.count("Signed-off-by"), dropped) == (2, 2, 1, {})

    def test_the_same_text_in_several_records_of_a_preview_stands_once(self):
        said = "This is a sentence of some length that is said."
        rows = "\n".join(f"{number} | ## Part\n{said}\nand more | {number} words" for number in range(5))
        assert recovered(f"id | text | size |\n|---|---|---|\n{rows}").count(said) == 1


@pytest.mark.parametrize(
    "line", ["import torch is how it all starts for most people.", "Set x = 1 when you want to be fast here."]
)
def test_prose_that_looks_a_bit_like_code_is_prose(line):
    assert recovered(line) == line
