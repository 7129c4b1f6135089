"""Names that headings define, and how they are looked up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.index.lexical.names import (
    Definition,
    Names,
    arrays_of,
    find_definitions,
    last_part,
    name_in,
    names_fit,
    names_in_heading,
)


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("Depends", ["Depends"]),
        ("`httpx.AsyncClient`", ["httpx.AsyncClient"]),
        ("class `Kettle`", ["Kettle"]),
        ("class kettle.Kettle(target: int = 80)", ["kettle.Kettle"]),
        ("`boil(wait: bool) -> None`", ["boil"]),
        ("`--no-cache`", ["--no-cache"]),
        ("`-q`, `--quiet`", ["-q", "--quiet"]),
        ("`-q, --quiet`", ["-q", "--quiet"]),
        ("-q, --quiet", ["-q", "--quiet"]),
        ("-j \\[\\<jobs\\>], --parallel \\[\\<jobs\\>]", ["-j", "--parallel"]),
        ("-h, --help, /?", ["-h", "--help", "/?"]),
        ("-q, --quiet and other words", []),
        ("std::move", ["std::move"]),
        ("`$ref`", ["$ref"]),
        ("The `|>` operator", ["|>"]),
        ("`Vec<T>`", ["Vec"]),
        ("`=>`", ["=>"]),
        ("`E_LID` {#e-lid}", ["E_LID"]),
        ("Sending requests", []),
        ("Using `with_format('numpy')`", []),
        ("`boil()` replaces the use of `heat()`", []),
        ("boil() replaces the use of heat()", []),
        ("Note: it is hot", []),
        ("Lists, tuples and sets", []),
    ],
)
def test_a_heading_defines_the_name_that_it_is(heading, names):
    assert names_in_heading(heading) == names


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (" Depends ", "Depends"),
        ("`boil()`", "boil"),
        ("boil(...)", "boil"),
        ("class Kettle", "Kettle"),
        ("def boil", "boil"),
        ("--no-cache", "--no-cache"),
        ("|>", "|>"),
        ("class", "class"),
        ("boil(wait=True)", "boil(wait=True)"),
        ("how to boil", ""),
        ("boil() stop()", ""),
        ("boil\nstop", ""),
        ("", ""),
        ("x" * 300, ""),
    ],
)
def test_a_query_that_is_a_name(query, name):
    assert name_in(query) == name


def test_definitions_are_found_outside_code_with_the_place_of_their_line():
    text = "# boil\n\n```py\n# not_this\n```\n\n- `--now`: at once\n\n## Kettle.stop\n\nText."
    found = list(find_definitions(text))
    assert [name for name, _ in found] == ["boil", "--now", "Kettle.stop"]
    assert [text[place:].partition("\n")[0] for _, place in found] == ["# boil", "- `--now`: at once", "## Kettle.stop"]


def test_what_a_class_has_without_documentation_is_defined_by_the_line_that_lists_it():
    text = "## Kettle: without documentation\n\n```python\nlid: Lid\nstop() -> None\n```"
    assert [name for name, _ in find_definitions(text)] == ["Kettle.lid", "Kettle.stop"]


def names(*defined):
    return Names(arrays_of([Definition(name, at, 7) for at, name in enumerate(defined)]), len(defined))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("get", [0, 1]),
        ("Client.get", [1]),
        ("httpx.get", [0]),
        ("lient.get", []),
        ("Get", []),
        ("move", [3]),
        ("::", [4]),
        ("$ref", [5]),
        ("ref", []),
        ("gets", []),
        ("", []),
    ],
)
def test_a_name_is_found_whole_or_by_its_end_case_and_all(wanted, found):
    known = names("httpx.get", "httpx.Client.get", "get_all", "std::move", "::", "$ref")
    assert [(one.chunk_id, one.place) for one in known.find(wanted)] == [(at, 7) for at in found]


@given(st.lists(st.text(st.sampled_from("ab.:#/$|>é"), min_size=1, max_size=6), max_size=20))
def test_every_name_is_found_by_itself_and_by_its_last_part(defined):
    known = names(*defined)
    for at, name in enumerate(defined):
        assert at in [one.chunk_id for one in known.find(name)]
        if name.endswith(last_part(name)) and len(name) > len(last_part(name)):
            assert at in [one.chunk_id for one in known.find(last_part(name))]
    assert sorted(known) == sorted(defined)


def test_damaged_arrays_are_told_from_sound_ones():
    arrays = arrays_of([Definition("boil", 0, 0)])
    assert names_fit(arrays)
    assert names_fit(arrays_of([]))
    assert not names_fit({**arrays, "name_chunks": np.zeros(2, dtype=np.int32)})
    assert not names_fit({**arrays, "name_places": arrays["name_places"].astype(np.int64)})
    assert Names({**arrays, "name_chunks": np.array([9], dtype=np.int32)}, 1).find("boil") == []


@pytest.mark.parametrize("text", ["# " + "class " * 20_000, "# " + "(" * 50_000, "# `" * 30_000, "# a" + "." * 50_000])
def test_hostile_headings_take_no_time(text):
    list(find_definitions(text))
    name_in(text)
