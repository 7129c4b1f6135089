import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.errors import InvalidArgumentError
from vrom.format.versions import (
    UNKNOWN,
    VERSION,
    Reference,
    choose,
    describe_version,
    newest,
    parse_reference,
    sort_key,
)

VERSIONS = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}(-(alpha|beta|rc)\.[0-9]{1,2})?", fullmatch=True)
KNOWN = ["0.9.0", "1.2.0", "1.2.7", "1.20.0", "2.0.0-rc.1"]


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("kettle", Reference("kettle")),
        ("hub://kettle", Reference("kettle")),
        ("kettle@1.2", Reference("kettle", "1.2")),
        ("hub://kettle@>=1,<2", Reference("kettle", ">=1,<2")),
        ("kettle@latest", Reference("kettle")),
        ("kettle@", Reference("kettle")),
    ],
)
def test_a_reference_is_an_id_and_the_version_wanted(text, reference):
    assert parse_reference(text) == reference
    assert parse_reference(str(reference)) == reference


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("", "1.20.0"),
        ("1.2", "1.2.7"),
        ("1.2.0", "1.2.0"),
        ("1", "1.20.0"),
        ("2.0.0-rc.1", "2.0.0-rc.1"),
        ("2.0.0rc1", "2.0.0-rc.1"),
        ("2", "2.0.0-rc.1"),
        ("<1", "0.9.0"),
        (">=1.2,<1.20", "1.2.7"),
        ("~=1.2.0", "1.2.7"),
        ("!=1.20.0", "1.2.7"),
        (">1.20.0", "2.0.0-rc.1"),
        ("3", None),
        ("1.2.1", None),
        ("edge", None),
    ],
)
def test_the_newest_version_that_is_meant_is_chosen(wanted, chosen):
    assert choose(wanted, KNOWN) == chosen


def test_versions_in_words_of_their_own_are_found_by_name_and_are_older_than_all_others():
    assert choose("edge", ["edge", "1.0"]) == "edge"
    assert newest(["edge", "0.1"]) == "0.1"
    assert newest(["1.0-x.7", "0.9"]) == "0.9", "a pre-release in semantic versioning that PEP 440 doesn't know"
    assert newest(["edge", "1.0-x.7"]) == "1.0-x.7"
    assert newest(["9" * 5000, "1.0"]) == "1.0", "more digits than Python turns into a number"
    assert newest([]) is None


@pytest.mark.parametrize("wanted", ["=>1", ">=", "1.2/..", "../x", "a b", "<1,>"])
def test_what_is_no_version_is_refused_with_examples(wanted):
    with pytest.raises(InvalidArgumentError, match=r"Expected something like 1\.2"):
        choose(wanted, KNOWN)


@pytest.mark.slow
@given(st.lists(VERSIONS, min_size=1, unique=True))
def test_the_newest_is_one_of_them_and_its_exact_name_chooses_it(versions):
    latest = newest(versions)
    assert latest in versions
    for version in versions:
        assert choose(version, versions) == version


@pytest.mark.slow
@given(st.lists(VERSIONS, min_size=1, unique=True), VERSIONS)
def test_what_a_range_leaves_is_inside_it(versions, bound):
    chosen = choose(f">={bound}", versions)
    if chosen is not None:
        assert sort_key(chosen)[0] >= sort_key(bound)[0]
    below = choose(f"<{bound}", versions)
    if below is not None:
        assert sort_key(below)[0] < sort_key(bound)[0]


@given(st.text(max_size=30), st.lists(st.text(max_size=12), max_size=5))
def test_any_text_gives_a_version_or_the_one_error(wanted, versions):
    try:
        chosen = choose(wanted.strip(), versions)
    except InvalidArgumentError:
        return
    assert chosen is None or chosen in versions


def test_an_unknown_version_is_older_than_every_other_and_is_found_by_its_name():
    others = ["0.0.1", "0.1.dev1", "0", "nightly", "1.0a1"]
    assert min([UNKNOWN, *others[:3], others[4]], key=sort_key) == UNKNOWN
    for other in others[:3]:
        assert newest([UNKNOWN, other]) == other
    assert choose(UNKNOWN, [UNKNOWN, "1.0"]) == UNKNOWN
    assert choose(">=0", [UNKNOWN]) is None
    assert VERSION.fullmatch(UNKNOWN)
    assert describe_version(UNKNOWN) == "version unknown"
