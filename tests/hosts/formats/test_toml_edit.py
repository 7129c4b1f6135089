import tomllib

import pytest

from vrom.hosts.formats.toml_edit import read, remove_table, set_table

PATH = ("mcp_servers", "vrom")
ENTRY = {"command": "/v", "args": ["serve"]}
SECTION = '[mcp_servers.vrom]\ncommand = "/v"\nargs = ["serve"]\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", SECTION),
        ("a = 1", f"a = 1\n\n{SECTION}"),
        ("a = 1\n\n# end\n", f"a = 1\n\n# end\n\n{SECTION}"),
        ("[mcp_servers]\na = {b = 1}\n", f"[mcp_servers]\na = {{b = 1}}\n\n{SECTION}"),
        ("a = 1\r\n", "a = 1\r\n\r\n" + SECTION.replace("\n", "\r\n")),
    ],
)
def test_a_new_table_comes_last(before, after):
    assert set_table(before, PATH, ENTRY) == after
    assert set_table(after, PATH, ENTRY) == after
    assert remove_table(after, PATH).strip() == before.strip()


def test_a_table_written_as_a_value_takes_the_entry_as_one():
    before = 'mcp_servers = { a = { command = "x" } } # one line\n[t]\n'
    after = set_table(before, PATH, ENTRY)
    assert read(after)["mcp_servers"] == {"a": {"command": "x"}, "vrom": ENTRY}
    assert after.endswith(" # one line\n[t]\n")
    assert read(remove_table(after, PATH)) == read(before)


def test_values_change_in_their_place_and_comments_stay():
    before = '[mcp_servers.vrom]\ncommand = "/old" # mine\nargs = ["serve"]\ncwd = "/srv"\n# end\n\n# next\n[other]\n'
    wanted = ENTRY | {"cwd": "/srv", "env": {"A": "b"}}
    after = set_table(before, PATH, wanted)
    assert after == (
        '[mcp_servers.vrom]\ncommand = "/v" # mine\nargs = ["serve"]\ncwd = "/srv"\nenv = {A = "b"}\n# end\n\n'
        "# next\n[other]\n"
    )


@pytest.mark.parametrize(
    "before",
    [
        '[mcp_servers]\nvrom.command = "/old"\nvrom.args = ["serve"]\n',
        '[mcp_servers]\nvrom = {command = "/old", args = ["serve"]}\n# end\n',
        '[mcp_servers.vrom]\nargs = ["serve"]\ncommand = "/old"\r\n',
        '["mcp_servers"."vrom"]\ncommand = "/old"\nargs = ["serve"]\n',
    ],
)
def test_a_table_may_be_written_in_any_way(before):
    after = set_table(before, PATH, ENTRY)
    assert read(after)["mcp_servers"]["vrom"] == ENTRY
    assert read(remove_table(after, PATH)).get("mcp_servers", {}) == {}


def test_a_table_goes_with_those_below_it_and_leaves_comments_of_others():
    before = '# top\n[mcp_servers.vrom] # of mine\n\n[mcp_servers.vrom.env]\nA = "b"\n\n# next\n[[mcp_servers.vromx]]\n'
    assert remove_table(before, PATH) == "# top\n\n# next\n[[mcp_servers.vromx]]\n"


def test_what_only_looks_like_a_header_is_none():
    before = 'a = """\n[mcp_servers.vrom]\n"""\nb = [\n  ["mcp_servers.vrom"],\n]\n'
    assert remove_table(set_table(before, PATH, ENTRY), PATH) == before
    assert remove_table(before, PATH) == before


def test_a_file_that_is_no_toml_is_refused():
    with pytest.raises(tomllib.TOMLDecodeError, match="line 1, column 5"):
        read("a = \n")
