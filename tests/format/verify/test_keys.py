"""Keys that an object has twice: each reader takes another of the values."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.format.verify.findings import Findings
from vrom.format.verify.keys import report_repeated_keys
from vrom.format.verify.package import check


def places(document: str | bytes) -> list[str]:
    findings = Findings()
    report_repeated_keys("index.json", document, findings)
    return [finding.where for finding in findings]


@pytest.mark.parametrize(
    ("file", "before", "after", "where"),
    [
        ("manifest.json", '"version":', '"version": "0.9", "version":', "version"),
        ("manifest.json", '"dimensions":', '"dimensions": 3, "dimensions":', "embedding_spec.dimensions"),
        ("index.json", '"dim":', '"dim": 3, "dim":', "dim"),
        ("index.json", '{"vector":', '{"vector": [], "vector":', "nodes[0, 1, 2, …].vector"),
        ("index.json", r"\"text\":", r"\"text\": \"Trust me.\", \"text\":", "nodes[0, 1, 2, …].metadata.text"),
        ("chunks.json", '"text":', '"text": "Trust me.", "text":', "[0, 1, 2, …].text"),
    ],
)
def test_check_names_the_file_and_the_field(package, file, before, after, where):
    text = (package / file).read_text()
    assert before in text
    (package / file).write_text(text.replace(before, after))
    (finding,) = (finding for finding in check(package) if finding.found == "a repeated key")
    assert (finding.severity, finding.file, finding.where) == ("error", file, where)


def test_a_sound_package_has_none(package):
    assert not [finding for finding in check(package) if "once" in finding.found]


def test_keys_are_found_at_any_depth():
    assert places('{"a": [1, [{"b": {"c": 1, "c": 2}}]], "a": 0}') == ["a", "a[1][0].b.c"]


def test_the_same_key_of_different_objects_is_none():
    assert places('[{"a": {"a": 1}}, {"a": 1}]') == []


@pytest.mark.parametrize("document", [b"{", b"", b"\xff", b'{"a": NaN}', b"null", b"1" + b"0" * 10_000])
def test_what_is_no_json_is_for_others_to_report(document):
    assert places(document) == []


def test_what_is_nested_too_deep_to_be_seen_is_said():
    (finding,) = places("[" * 100_000)
    assert finding == ""


def test_millions_of_repeated_keys_are_told_by_the_first():
    assert len(places("[" + ",".join(f'{{"{i}":0,"{i}":1}}' for i in range(10_000)) + "]")) == 20


def test_a_long_key_is_cut():
    assert places(json.dumps({"k" * 1000: 1})[:-1] + f', "{"k" * 1000}": 2}}') == ["k" * 60]


values = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=12,
)


@given(values)
def test_a_document_written_from_an_object_has_none(value):
    assert places(json.dumps(value)) == []
