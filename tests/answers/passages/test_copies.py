"""What several cartridges hold is sent once, with the names of the others; what differs isn't said to be the same."""

import pytest

from vrom.answers import markdown
from vrom.answers.passages.copies import MOST_NAMED, text_key
from vrom.answers.search import search_docs

WHISTLE = "# Whistle\n\nThe whistle blows when the water boils.\n\n```python\nkettle.whistle(loud=True)\n```"
LID = "## Lid\n\nThe lid of the kettle is opened by `kettle.lid.open()`."
QUERY = "when does the whistle blow"


@pytest.fixture
def editions(make_package, library_of, tmp_path):
    """A library of one kettle in several versions, each with its own chunks, which are searched together."""

    def make(*documents, ids=None):
        root = tmp_path / "cartridges"
        names = ids or ["kettle"] * len(documents)
        for number, (name, chunks) in enumerate(zip(names, documents, strict=True), 1):
            chunks = chunks if isinstance(chunks, dict) else {"kettle.md": chunks}
            make_package(f"{name}@{number}.0", chunks, root=root, vrom_id=name, version=f"{number}.0")
        library = library_of(root)
        return library, [f"{name}@{number}.0" for number, name in enumerate(names, 1)]

    return make


def ask(made, query=QUERY, **options):
    library, names = made
    return search_docs(library, query, names, mode="lexical", **options)


def test_a_passage_of_two_versions_is_sent_once_and_says_so(editions):
    answer = ask(editions([WHISTLE], [WHISTLE]))
    (one,) = answer.results
    other = {"1.0": "2.0", "2.0": "1.0"}[one.version]
    assert one.same_in == [f"kettle@{other}"]
    heading = markdown.passage(one).partition("\n")[0]
    assert heading.endswith(f" · same in kettle@{other}")


def test_of_three_versions_the_two_others_are_named(editions):
    (one,) = ask(editions([WHISTLE], [WHISTLE], [WHISTLE])).results
    assert {f"kettle@{one.version}", *one.same_in} == {"kettle@1.0", "kettle@2.0", "kettle@3.0"}


def test_a_version_that_differs_is_a_passage_of_its_own(editions):
    changed = WHISTLE.replace("boils", "is hot")
    answer = ask(editions([WHISTLE], [WHISTLE], [changed]))
    by_version = {item.version: item for item in answer.results}
    assert by_version["3.0"].same_in == []
    assert sorted(len(item.same_in) for item in answer.results) == [0, 1]


@pytest.mark.parametrize(
    "other",
    [
        WHISTLE.replace("True", "true"),
        WHISTLE.replace("kettle.whistle", "    kettle.whistle"),
        WHISTLE.replace("boils", "boils in kettle 2.0"),
    ],
    ids=["capitals in code", "indentation of code", "a version"],
)
def test_texts_that_nearly_agree_are_both_sent(editions, other):
    answer = ask(editions([WHISTLE], [other]))
    assert {item.version for item in answer.results} == {"1.0", "2.0"}
    assert not any(item.same_in or item.partly_in for item in answer.results)


def test_prose_is_the_same_however_its_lines_are_broken(editions):
    prose = "# Whistle\n\nThe whistle blows when the water boils."
    assert len(ask(editions([prose], [prose.replace("when the", "when\nthe")])).results[0].same_in) == 1
    assert text_key("Blows\nwhen hot") == text_key("Blows when  hot")
    assert text_key("```\na\n```") != text_key("```\n a\n```")


def test_where_a_passage_goes_on_differently_it_is_in_the_other_partly(editions):
    more = "It is heard in the garden, too."
    less = "It is heard in the kitchen only."
    answer = ask(editions([WHISTLE, more], [WHISTLE, less]), "when does the whistle blow, where is it heard")
    best = answer.results[0]
    assert more in best.text or less in best.text
    assert (best.same_in, len(best.partly_in)) == ([], 1)
    assert f" · partly in {best.partly_in[0]}\n" in markdown.passage(best)
    assert [item.version == best.version for item in answer.results] == [True, False], "the other's end is there, too"


def test_two_libraries_with_one_text_are_named_too(editions):
    (one,) = ask(editions([WHISTLE], [WHISTLE], ids=["kettle", "kitchen"])).results
    assert one.same_in in (["kettle@1.0"], ["kitchen@2.0"])


def test_a_copy_in_another_file_counts(editions):
    answer = ask(editions({"kettle.md": [WHISTLE]}, {"sounds.md": [LID, WHISTLE]}))
    assert len(answer.results[0].same_in) == 1


def test_a_copy_that_ranks_far_below_is_named(editions):
    others = [f"# Whistle {n}\n\nThe whistle {n} blows when it does, the whistle." for n in range(15)]
    answer = ask(editions([WHISTLE, *others], {"other.md": [WHISTLE]}), top_k=2)
    assert next(item for item in answer.results if "loud=True" in item.text).same_in


def test_a_passage_that_is_only_named_says_it_in_its_line(editions):
    answer = ask(editions([WHISTLE, LID], [WHISTLE, LID]), "whistle blows boils water; kettle", max_tokens=2000)
    listed = [item for item in answer.results if item.listed]
    assert all(item.same_in for item in answer.results)
    assert all(f", same in {item.same_in[0]})" in markdown.listed(item) for item in listed)


def test_of_many_cartridges_some_are_named_and_the_rest_counted(editions):
    (one,) = ask(editions(*[[WHISTLE]] * (MOST_NAMED + 3))).results
    assert len(one.same_in) == MOST_NAMED + 1
    assert one.same_in[-1] == "2 more"


def test_a_copy_is_not_sent_for_a_second_query(editions):
    answer = ask(editions([WHISTLE], [WHISTLE]), [QUERY, "whistle loud"])
    assert len(answer.results) == 1


def test_within_one_cartridge_nothing_is_said_of_copies(editions):
    (one,) = ask(editions({"a.md": [WHISTLE], "b.md": [WHISTLE]})).results
    assert (one.same_in, one.partly_in) == ([], [])
