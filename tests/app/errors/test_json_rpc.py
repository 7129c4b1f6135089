"""A message is answered with its id, or handed on; never dropped, never taken for a notification."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp.types import INVALID_REQUEST, PARSE_ERROR

from vrom.app.errors.json_rpc import find_error, repair_characters

REFUSED = {
    "a number with a point as id": ('{"jsonrpc": "2.0", "id": 1.5, "method": "ping"}', None, INVALID_REQUEST),
    "null as id": ('{"jsonrpc": "2.0", "id": null, "method": "ping"}', None, INVALID_REQUEST),
    "true as id": ('{"jsonrpc": "2.0", "id": true, "method": "ping"}', None, INVALID_REQUEST),
    "an object as id": ('{"jsonrpc": "2.0", "id": {"a": 1}, "method": "ping"}', None, INVALID_REQUEST),
    "half of a character": (
        r'{"jsonrpc": "2.0", "id": 7, "method": "ping", "params": {"x": "\ud800"}}',
        7,
        INVALID_REQUEST,
    ),
    "half of a character as id": (r'{"jsonrpc": "2.0", "id": "s\ud800", "method": "ping"}', "s?", INVALID_REQUEST),
    "a message that breaks off": ('{"jsonrpc": "2.0", "id": "a-1", "method": "ping", "par', "a-1", PARSE_ERROR),
    "a message nested without end": ('{"id": 3, "x": ' + "[" * 100_000, 3, PARSE_ERROR),
    "an id of 5,000 digits": ('{"jsonrpc": "2.0", "id": ' + "9" * 5_000 + ', "method": "ping"}', None, PARSE_ERROR),
    "a method that is none": ('{"jsonrpc": "2.0", "id": 3, "method": 5}', 3, INVALID_REQUEST),
    "parameters in a list": ('{"jsonrpc": "2.0", "id": 3, "method": "ping", "params": [1]}', 3, INVALID_REQUEST),
    "another version": ('{"jsonrpc": "1.0", "id": 3, "method": "ping"}', 3, INVALID_REQUEST),
    "a batch": ('[{"jsonrpc": "2.0", "id": 3, "method": "ping"}]', None, INVALID_REQUEST),
    "no message": ('{"hello": "world"}', None, INVALID_REQUEST),
    "no JSON": ("hello", None, PARSE_ERROR),
}


@pytest.mark.parametrize(("raw", "identity", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_can_t_be_handed_on_is_answered_with_its_id(raw, identity, code):
    error = find_error(raw)
    assert (error.id, error.code) == (identity, code)
    assert find_error(raw.encode()) == error
    json.dumps(error.as_json(), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "raw",
    [
        '{"jsonrpc": "2.0", "id": 1, "method": "ping"}',
        '{"jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": {"name": "x", "arguments": {"id": 1.5}}}',
        '{"jsonrpc": "2.0", "method": "notifications/initialized"}',
        '{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1, "id": null}}',
        '{"jsonrpc": "2.0", "id": 1, "result": {}}',
        '{"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": "no"}}',
    ],
)
def test_everything_else_is_handed_on(raw):
    assert find_error(raw) is None


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "replace")))
def test_whatever_comes_it_is_a_verdict(raw):
    error = find_error(raw)
    assert error is None or error.code in {PARSE_ERROR, INVALID_REQUEST}


@pytest.mark.parametrize(
    ("given", "repaired"),
    [
        (rb'{"x": "a \ud800 b"}', rb'{"x": "a \ufffd b"}'),
        (rb'{"x": "\uDC00\uD800"}', rb'{"x": "\ufffd\ufffd"}'),
        (rb'{"x": "\ud83d\ude00"}', rb'{"x": "\ud83d\ude00"}'),
        (rb'{"x": "\\ud800 \n"}', rb'{"x": "\\ud800 \n"}'),
    ],
)
def test_only_halves_of_characters_are_replaced(given, repaired):
    assert repair_characters(given) == repaired


@given(st.dictionaries(st.text(), st.text()))
def test_a_message_of_whole_characters_is_left_as_it_is(parameters):
    raw = json.dumps(parameters).encode()
    assert repair_characters(raw) == raw
