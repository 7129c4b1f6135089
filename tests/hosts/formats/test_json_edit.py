import pytest

from vrom.hosts.formats.json_edit import read, remove_value, set_value

PATH = ("servers", "vrom")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '{\n  "servers": {\n    "vrom": 1\n  }\n}\n'),
        ("// mine", '// mine\n{\n  "servers": {\n    "vrom": 1\n  }\n}\n'),
        ("{}", '{\n  "servers": {\n    "vrom": 1\n  }\n}'),
        ('{"servers": {}}\n', '{"servers": {"vrom": 1}}\n'),
        ('{"a":[1],"servers":{"b":"c"}}', '{"a":[1],"servers":{"b":"c","vrom":1}}'),
        ('{"servers": {"a": 1,}}', '{"servers": {"a": 1, "vrom": 1,}}'),
        ('{\n\t"servers": {\n\t}\n}', '{\n\t"servers": {\n\t\t"vrom": 1\n\t}\n}'),
        ('{\n "servers": {"a": 2}\n}', '{\n "servers": {"a": 2, "vrom": 1}\n}'),
        ('{\n "a": 2 // two\n}', '{\n "a": 2, // two\n "servers": {\n  "vrom": 1\n }\n}'),
        ('{\r\n  "a": 2,\r\n}', '{\r\n  "a": 2,\r\n  "servers": {\r\n    "vrom": 1\r\n  },\r\n}'),
        ('{"servers": {\n  // none\n}}', '{"servers": {\n  // none\n  "vrom": 1\n}}'),
        ('{\n"servers": {\n"a": 2\n}\n}', '{\n"servers": {\n"a": 2,\n"vrom": 1\n}\n}'),
    ],
)
def test_what_is_put_in_looks_like_what_stands_around_it(before, after):
    assert set_value(before, PATH, 1) == after
    assert set_value(after, PATH, 1) == after
    assert read(remove_value(after, PATH)).get("servers", {}) == read(before).get("servers", {})


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ('{"vrom": {"a": 1, /* x */ "b": [1]}}', {"a": 2, "b": [1]}, '{"vrom": {"a": 2, /* x */ "b": [1]}}'),
        ('{"vrom": {"a": 1, "b": [ 1 ]}}', {"a": 1, "b": [1]}, '{"vrom": {"a": 1, "b": [ 1 ]}}'),
        ('{"vrom": {"a": ["x"]}}', {"a": ["x", "y"]}, '{"vrom": {"a": ["x", "y"]}}'),
        ('{"vrom":{"a":1,"b":2}}', {"b": 2}, '{"vrom":{"b":2}}'),
        ('{"vrom": {"env": {"A": "1"}}}', {"env": {"A": "1", "B": "2"}}, '{"vrom": {"env": {"A": "1", "B": "2"}}}'),
        ('{\n "vrom": {\n  "a": [\n   1\n  ]\n }\n}', {"a": [2]}, '{\n "vrom": {\n  "a": [\n   2\n  ]\n }\n}'),
        ('{"vrom": "gone"}', {"a": 1}, '{"vrom": {"a": 1}}'),
    ],
)  # fmt: skip
def test_in_an_object_that_is_there_only_what_differs_is_touched(before, value, after):
    assert set_value(before, ("vrom",), value) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"vrom": 1}', "{}"),
        ('{"vrom": 1, "b": 2}', '{"b": 2}'),
        ('{"a": 1, "vrom": 1, "b": 2}', '{"a": 1, "b": 2}'),
        ('{"a": 1, "vrom": 1}', '{"a": 1}'),
        ('{"a": 1, "vrom": 1,}', '{"a": 1,}'),
        ('{\n  // of vrom\n  "vrom": 1,\n  "b": 2\n}', '{\n  // of vrom\n  "b": 2\n}'),
        ('{\n  "a": 1, // one\n\n  "vrom": 1 // mine\n}', '{\n  "a": 1 // one\n // mine\n}'),
        ('{"vrom": 1, "vrom": 2}', "{}"),
        ('{"vrom guide": 1}', '{"vrom guide": 1}'),
    ],
)
def test_a_member_goes_with_its_comma_and_leaves_every_comment(before, after):
    assert remove_value(before, ("vrom",)) == after
    read(after)


def test_what_is_not_there_needs_no_taking():
    assert remove_value("// none", PATH) == "// none"
    assert remove_value('{"servers": 1}', PATH) == '{"servers": 1}'
