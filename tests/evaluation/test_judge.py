import math
from collections import Counter

import pytest

from vrom.errors import InvalidArgumentError
from vrom.evaluation.judge import Result, Section, covered, judge, mean
from vrom.evaluation.sections import section_lines, telling_lines

PAGE = """# Title
An introduction of one line.
## First part
The first part says this.
```bash
# this comment is no heading
run the first command
```
### Detail
The detail belongs to the first part.
## Second part
The second part says that.
"""


def test_a_section_runs_to_the_next_heading_of_its_level_and_code_holds_none():
    lines = section_lines(PAGE, "First part", None)
    assert "The detail belongs to the first part." in lines
    assert "# this comment is no heading" in lines
    assert "The second part says that." not in lines


def test_a_title_stands_for_its_introduction():
    assert set(section_lines(PAGE, "Title", 1)) == {"An introduction of one line."}


def test_without_heading_the_page_answers():
    assert set(section_lines(PAGE, "", None)) == set(telling_lines(PAGE))


@pytest.mark.parametrize(("heading", "line"), [("Nowhere", None), ("First part", 2), ("First part", 99)])
def test_a_section_that_is_not_there_is_named(heading, line):
    with pytest.raises(InvalidArgumentError, match=heading):
        section_lines(PAGE, heading, line)


SECTION = Section("a.md", Counter(["the first long line", "the second long line"]))


@pytest.mark.parametrize(
    ("result", "covers"),
    [
        (Result("a.md", "the first long line"), True),
        (Result("a.md", "the first  long line\nsomething else as long"), False),
        (Result("a.md", "the first long line\nthe second long line\n" + "other words here\n" * 9), True),
        (Result("b.md", "the first long line"), False),
        (Result("a.md", ""), False),
    ],
    ids=["half of the section", "less than half of either", "all of the section", "another page", "nothing"],
)
def test_covering_takes_half_of_the_result_or_half_of_the_section(result, covers):
    other = Section("a.md", Counter(["the first long line", "x" * 60]))
    section = other if "something else" in result.text else SECTION
    assert bool(covered([section], result)) is covers


def test_figures_of_one_question():
    miss, hit = Result("a.md", "something different altogether"), Result("a.md", "the first long line")
    figures = judge([SECTION], [miss, hit, hit], budget=10)
    assert figures.ndcg == pytest.approx(1 / math.log2(3))
    assert (figures.hit1, figures.hit5, figures.hit10, figures.mrr) == (0, 1, 1, 0.5)
    assert figures.cov == 0
    assert judge([SECTION], [miss, hit], budget=100).cov == 1


def test_nothing_found_scores_nothing():
    assert set(judge([SECTION], [], 100).as_dict().values()) == {0}


def test_the_mean_is_taken_figure_by_figure():
    one, other = judge([SECTION], [], 9), judge([SECTION], [Result("a.md", "the first long line")], 9)
    assert mean([one, other]).hit1 == 0.5


@pytest.mark.timeout(60)
def test_a_heading_that_was_made_to_be_read_for_ever_comes_to_an_end():
    page = f"# Title  \nIt is about something.\n# a{' ' * 200_000}b\nAnd this is of another section."
    assert set(section_lines(page, "Title", None)) == {"It is about something."}
