import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrom.hosts.formats.jsonc import after_comments, parse

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(documents, st.sampled_from([None, 2, "\t"]), st.booleans())
def test_plain_json_reads_as_the_standard_library_reads_it(document, indent, ascii_only):
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    node = parse(text)
    assert node.value == document
    assert text[node.start : node.end] == text


def test_every_member_knows_where_it_stands():
    text = '{ /* one */ "a" : [1, 2,] , // two\n "b": {"c": null}\n}'
    a, b = parse(text).members
    assert text[a.start : a.end] == '"a" : [1, 2,] ,'
    assert text[a.node.start : a.node.end] == "[1, 2,]"
    assert text[b.start : b.end] == '"b": {"c": null}'
    assert b.comma is None
    assert text[b.node.members[0].start : b.node.members[0].end] == '"c": null'


def test_the_last_of_two_members_with_one_name_counts():
    node = parse('{"a": 1, "a": 2}')
    assert node.value == {"a": 2}
    assert node.member("a").node.value == 2


@pytest.mark.parametrize("text", ["", " \n", "// nothing\n", "/* a */ // b"])
def test_spaces_and_comments_alone_are_no_document(text):
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ('{"a" 1}', 1, 6, "expected ':', found '1'"),
        ('{\n "a": 1\n "b": 2}', 3, 2, "expected ',' or '}', found '\"'"),
        ("[1 2]", 1, 4, "expected ',' or ']'"),
        ("[,]", 1, 2, "expected a value"),
        ("{,}", 1, 2, "expected a name in double quotes"),
        ("{a: 1}", 1, 2, "expected a name in double quotes"),
        ("{'a': 1}", 1, 2, "expected a name in double quotes"),
        ('{"a": }', 1, 7, "expected a value"),
        ('{"a": 1', 1, 8, "expected ',' or '}', found the end of the file"),
        ('{"a": "b', 1, 7, "unterminated string"),
        ('"a\nb"', 1, 1, "unterminated string, or invalid character in a string"),
        (r'"\x"', 1, 1, "unterminated string, or invalid character in a string"),
        ("[01]", 1, 3, "expected ',' or ']'"),
        ("NaN", 1, 1, "expected a value"),
        ("{}\n/* x", 2, 1, "unterminated comment"),
        ("{} {}", 1, 4, "expected the end of the file"),
        ("[" * 300, 1, 202, "more than 200 levels of nesting"),
    ],
)
def test_what_is_wrong_is_named_with_line_and_column(text, line, column, message):
    with pytest.raises(json.JSONDecodeError) as wrong:
        parse(text)
    assert message in wrong.value.msg
    assert (wrong.value.lineno, wrong.value.colno) == (line, column)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("1 // c\n2", "\n2"),
        ("1 /* a */ // b\n", "\n"),
        ("1\n// next", "\n// next"),
        ("1  2", "  2"),
        ("1 /* a\n */ 2", " 2"),
    ],
)
def test_a_comment_behind_something_belongs_to_it(text, rest):
    assert text[after_comments(text, 1) :] == rest
