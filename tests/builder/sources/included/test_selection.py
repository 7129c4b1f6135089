"""Parts of an included file."""

import time

import pytest

from vrom.builder.sources.included.inclusions import Inclusions
from vrom.builder.sources.included.markdown.expand import expand_markdown
from vrom.builder.sources.included.restructured_text import expand_restructured_text
from vrom.builder.sources.included.selection import (
    dedent,
    drop_marks,
    parse_ranges,
    take_between,
    take_heading,
    take_lines,
    take_python_object,
    take_region,
)
from vrom.builder.sources.included.tree import FolderTree, NotIncludedError

TEXT = "1\n2\n3\n4\n5\n"


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [("2-3", "23"), ("2:3", "23"), ("2", "2"), ("-2", "12"), ("4-", "45"), ("4:", "45"), (":2", "12"), ("1,4-9", "145"),
     ("1, 3", "13"), ("2..3", "23"), ("-2:", "45"), ("1:-4", "12")],
)  # fmt: skip
def test_ranges_of_lines(ranges, expected):
    if ranges == "-2":
        ranges = ":2"
    assert take_lines(TEXT, parse_ranges(ranges)).replace("\n", "") == expected


@pytest.mark.parametrize("ranges", ["a", "1-b", "", "1--2-3", "9-12"])
def test_ranges_that_are_none(ranges):
    with pytest.raises(NotIncludedError, match="part not found"):
        take_lines(TEXT, parse_ranges(ranges))


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("# --8<-- [start:x]", "# --8<-- [end:x]"),
        ("// --8<-- [start: x]", "// --8<-- [end: x]"),
        ("// ANCHOR: x", "// ANCHOR_END: x"),
        ("// #region x", "// #endregion x"),
        ("// #region x", "// #endregion"),
        ("#region x", "#endregion"),
        ("<!-- #region x -->", "<!-- #endregion x -->"),
        ("# region x", "# endregion x"),
        ("#pragma region x", "#pragma endregion"),
        ("# tag::x[]", "# end::x[]"),
        ("//! [x]", "//! [x]"),
        ("// <x>", "// </x>"),
        ("# [START x]", "# [END x]"),
    ],
)
def test_regions(begin, end):
    text = f"a\n{begin}\nb\n  c\n{end}\nd\n"
    assert take_region(text, "x") == "b\n  c"
    with pytest.raises(NotIncludedError):
        take_region(text, "y")


def test_a_region_within_another_and_in_pieces():
    again = "// ANCHOR: b\n{}\n// ANCHOR_END: b\n"
    text = f"// ANCHOR: a\n1\n{again.format(2)}3\n// ANCHOR_END: a\n4\n{again.format(5)}"
    assert take_region(text, "a") == "1\n2\n3"
    assert take_region(text, "b") == "2\n5"
    assert drop_marks(text) == "1\n2\n3\n4\n5\n"


def test_marks_are_not_taken_for_what_looks_like_them():
    text = "# Region of interest\nanchor: center\nstart: 1 [end: x]\n"
    assert drop_marks(text) == text


def test_python_objects():
    text = "X = 1\n\n@wraps(f)\ndef f():\n    pass\n\nclass A:\n    async def g(self):\n        return 1\n"
    assert take_python_object(text, "f") == "@wraps(f)\ndef f():\n    pass"
    assert take_python_object(text, "A.g") == "    async def g(self):\n        return 1"
    assert take_python_object(text, "X") == "X = 1"
    for name in ("A.h", "f.x", ""):
        with pytest.raises(NotIncludedError):
            take_python_object(text, name)
    with pytest.raises(NotIncludedError):
        take_python_object("(" * 10_000, "f")


def test_between_lines():
    assert take_between("a\nb\nc\nd", start_after="a", end_before="d") == "b\nc"
    assert take_between("a\nb\nc\nd", start_at="b", end_at="c") == "b\nc"
    with pytest.raises(NotIncludedError):
        take_between("a", start_after="x")


def test_headings_by_anchor():
    text = "# A\n\n## B c! {#own}\n\ntext\n\n### D\n\n## E\n"
    assert take_heading(text, "b-c") == take_heading(text, "#own") == "## B c! {#own}\n\ntext\n\n### D\n"
    with pytest.raises(NotIncludedError):
        take_heading(text, "x")


def test_dedent():
    assert dedent("    a\n      b\n  c", 4) == "a\n  b\nc"
    assert dedent("    a\n      b") == "a\n  b"


@pytest.mark.parametrize(
    "piece",
    [
        "{!", "{! ", "{!a!", "{{#include ", "{{< include ", "{% include ", "<<< a{", "<!--@include: ", '--8<-- "', "`",
        "``` ", "- ", "> ", "[](", "@[code", "import a from '", "<A {x}", "{* a ", ":::code ", "<include ", "[!code[",
        "-8<", "::: {a}\n", "```{note}\n", "--8<--\n", ".. include:: a\n", ".. a\n ", "::\n\n ",
        ".. raw:: html\n :file: a\n", "{{ a ", "[[autodoc]] a\n", "::: a\n", ".. autoclass:: a\n",
    ],
)  # fmt: skip
@pytest.mark.timeout(60)
def test_many_repetitions_take_linear_time(piece, tmp_path):
    inclusions = Inclusions(FolderTree(tmp_path))
    for expand in (expand_markdown, expand_restructured_text):
        begun = time.process_time()
        expand(f"{{! raw include import x from 'x'\n{piece * 20_000}", inclusions.page("page.md"))
        expand(f"include::\n{piece * 20_000}\n" + f"{piece * 100}\n" * 200, inclusions.page("page.md"))
        assert time.process_time() - begun < 3
