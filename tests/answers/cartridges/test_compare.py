"""What changed between two versions, page by page and line by line."""

import pytest

from vrom.answers.cartridges.compare import compare_versions
from vrom.answers.models import FORMS
from vrom.answers.render import render
from vrom.errors import NotFoundError
from vrom.library.library import Library

OLD = {
    "boil.md": ["# Boiling\n\nCall `boil()`.\n\nIt waits.", "## Errors\n\n`DryBoil` is raised."],
    "lid.md": ["# Lid\n\nClose it."],
    "gone.md": ["# Gone\n\nOld."],
}
NEW = {
    "boil.md": ["# Boiling\n\nCall `await boil()`.\n\nIt waits.", "## Errors\n\n`DryBoilError` is raised."],
    "lid.md": OLD["lid.md"],
    "fresh.md": ["# Fresh\n\nNew.\n\n```python\nx = 1\n```"],
}


@pytest.fixture(scope="module")
def library(tmp_path_factory, write_package):
    root = tmp_path_factory.mktemp("cartridges")
    write_package(root, "kettle@1.0", OLD, vrom_id="kettle", version="1.0")
    write_package(root, "kettle", NEW, version="2.0")
    long = {"a.md": ["# A\n\n" + "\n\n".join(f"Line {i} of one." for i in range(400))]}
    longer = {"a.md": ["# A\n\n" + "\n\n".join(f"Line {i} of {'two' if i % 9 == 0 else 'one'}." for i in range(400))]}
    write_package(root, "long@1.0", long, vrom_id="long", version="1.0")
    write_package(root, "long", longer, version="2.0")
    return Library([root], cache=root / ".cache", models=root / ".models")


def test_pages_that_were_added_removed_or_changed_are_listed(library):
    answer = compare_versions(library, "kettle@1.0", "kettle@2.0")
    assert {(page.source_file, page.change) for page in answer.pages} == {
        ("boil.md", "changed"), ("gone.md", "removed"), ("fresh.md", "added"),
    }  # fmt: skip
    text = render(answer, "markdown")
    assert text.startswith("**kettle 1.0 to kettle 2.0**")
    assert "- `boil.md` changed (+2, -2 lines)" in text


def test_a_page_is_compared_line_by_line_under_its_headings(library):
    text = render(compare_versions(library, "kettle@1.0", "kettle@2.0", "boil.md"), "markdown")
    assert "-Call `boil()`.\n+Call `await boil()`." in text
    assert "@@ Boiling @@" in text
    assert "+`DryBoilError` is raised." in text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("max_tokens", [200, 400, 800])
def test_an_answer_never_exceeds_its_budget_and_says_what_it_left_out(library, form, max_tokens):
    answer = compare_versions(library, "long@1.0", "long@2.0", "a.md", max_tokens=max_tokens, form=form)
    assert len(render(answer, form)) <= max_tokens * 4
    assert "changed lines are left out" in answer.notes[0]


def test_what_is_the_same_is_said_to_be(library):
    assert compare_versions(library, "kettle", "kettle").notes == ["Both are the same cartridge."]
    assert compare_versions(library, "kettle@1.0", "kettle", "lid.md").notes == ["This page is the same in both."]


def test_a_page_that_one_version_lacks_is_named(library):
    with pytest.raises(NotFoundError, match=r"No document 'gone\.md'"):
        compare_versions(library, "kettle@1.0", "kettle", "gone.md")
