"""Reports: what a build leaves out, in rows of bounded number and length."""

from vrom.app.explorer.changes.report import LONGEST, SHOWN, losses_of
from vrom.builder.document import Document, Remark, Skipped
from vrom.builder.sources.left_out import LeftOut


def document(name, *remarks):
    return Document(name, "Text.", "Title", remarks=remarks)


def test_what_is_missing_remarked_and_passed_over_are_told_apart():
    skipped = [
        Skipped("a.odt", "no reader", lost=True, way_round="convert it"),
        Skipped("https://docs.example/b", "status 500", failed=True),
        Skipped("*.png", "not documentation", count=7),
    ]
    found = losses_of(LeftOut([document("c.md", Remark("included file not found", "{!x!}", lost=True))], skipped))
    assert [(one.name, one.reason, one.remedy) for one in found.missing] == [
        ("a.odt", "no reader", "convert it"), ("https://docs.example/b", "status 500", ""),
    ]  # fmt: skip
    assert [(one.name, one.reason) for one in found.remarks] == [("c.md", "included file not found: {!x!}")]
    assert [(one.name, one.count) for one in found.passed_over] == [("*.png", 7)]
    assert found.warning.startswith("2 of 3 documentation files")


def test_little_is_no_warning():
    assert losses_of(LeftOut([document(f"{i}.md") for i in range(9)], [Skipped("a.odt", "x", lost=True)])).warning == ""


def test_rows_are_bounded_and_the_rest_is_counted():
    found = losses_of(LeftOut([], [Skipped(f"{i}.odt", "x" * 10_000, lost=True) for i in range(SHOWN + 20)]))
    assert len(found.missing) == SHOWN
    assert found.more == {"missing": 20}
    assert len(found.missing[0].reason) <= LONGEST + 1
