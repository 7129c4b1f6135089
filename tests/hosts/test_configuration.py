import os
import re
import stat
from pathlib import Path

import pytest

from vrom.errors import ConfigurationError
from vrom.hosts.configuration import apply, plan_installation, plan_removal, read_entry
from vrom.hosts.entry import new_entry
from vrom.hosts.host import Place

HOSTS = [
    "claude-code", "claude-desktop", "cursor", "vscode", "codex", "gemini", "copilot-cli", "opencode", "cline",
    "windsurf", "zed", "junie",
]  # fmt: skip
every_host = pytest.mark.parametrize("host", HOSTS)
COMMAND = ["/opt/vrom/bin/vrom", "serve"]
ENTRY = new_entry(COMMAND, {})


def write(file: Path, content: bytes | str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def install(place: Place, entry=ENTRY):
    change = plan_installation(place, entry)
    return change.done, apply(change)


def uninstall(place: Place):
    change = plan_removal(place)
    return change.done, apply(change)


# what stands in each host's file, and what stands there afterwards
COMES_IN = {
    "claude-code": (
        '${TOKEN}"\n      }\n    }\n  },',
        '${TOKEN}"\n      }\n    },\n    "vrom": {\n      "command": "/opt/vrom/bin/vrom",\n'
        '      "args": [\n        "serve"\n      ]\n    }\n  },',
    ),
    "claude-desktop": (
        '"D:\\\\notes.db"]}\r\n    }',
        '"D:\\\\notes.db"]},\r\n        "vrom": {\r\n            "command": "/opt/vrom/bin/vrom",\r\n'
        '            "args": [\r\n                "serve"\r\n            ]\r\n        }\r\n    }',
    ),
    "cursor": (
        "}, // switched off on Fridays\n",
        '}, // switched off on Fridays\n\t\t"vrom": {\n\t\t\t"command": "/opt/vrom/bin/vrom",\n'
        '\t\t\t"args": [\n\t\t\t\t"serve"\n\t\t\t]\n\t\t},\n',
    ),
    "vscode": (
        '@latest"],\n    },\n',
        '@latest"],\n    },\n    "vrom": {\n      "command": "/opt/vrom/bin/vrom",\n'
        '      "args": [\n        "serve"\n      ]\n    },\n',
    ),
    "codex": (
        'without asking.\n"""\n',
        'without asking.\n"""\n\n[mcp_servers.vrom]\ncommand = "/opt/vrom/bin/vrom"\nargs = ["serve"]\n',
    ),
    "gemini": (
        '"trust": false\n    }\n',
        '"trust": false\n    },\n    "vrom": {\n      "command": "/opt/vrom/bin/vrom",\n'
        '      "args": [\n        "serve"\n      ]\n    }\n',
    ),
    "copilot-cli": (
        '@latest"\n      ]\n    }\n',
        '@latest"\n      ]\n    },\n    "vrom": {\n      "type": "local",\n      "tools": [\n        "*"\n      ],\n'
        '      "command": "/opt/vrom/bin/vrom",\n      "args": [\n        "serve"\n      ]\n    }\n',
    ),
    "opencode": (
        '"enabled": false\n    }\n',
        '"enabled": false\n    },\n    "vrom": {\n      "type": "local",\n      "enabled": true,\n'
        '      "command": [\n        "/opt/vrom/bin/vrom",\n        "serve"\n      ]\n    }\n',
    ),
    "cline": (
        'index.js"\n      ]\n    }\n',
        'index.js"\n      ]\n    },\n    "vrom": {\n      "command": "/opt/vrom/bin/vrom",\n'
        '      "args": [\n        "serve"\n      ]\n    }\n',
    ),
    "windsurf": (
        '.com/mcp"\n    }\n',
        '.com/mcp"\n    },\n    "vrom": {\n      "command": "/opt/vrom/bin/vrom",\n'
        '      "args": [\n        "serve"\n      ]\n    }\n',
    ),
    "zed": (
        'example.org/mcp" },\n',
        'example.org/mcp" },\n    "vrom": {\n      "source": "custom",\n      "command": "/opt/vrom/bin/vrom",\n'
        '      "args": [\n        "serve"\n      ]\n    },\n',
    ),
    "junie": (
        '"enabled": true\n        }\n',
        '"enabled": true\n        },\n        "vrom": {\n            "command": "/opt/vrom/bin/vrom",\n'
        '            "args": [\n                "serve"\n            ]\n        }\n',
    ),
}
PLAINLY = {"claude-code", "cursor", "vscode"}
"""Hosts whose entries are shown above without their transport."""


@every_host
def test_an_entry_comes_into_a_realistic_file_and_nothing_else_changes(hosts, realistic, host):
    place, before = hosts[host].places["user"], realistic(host)
    entry = ENTRY if host in PLAINLY else new_entry(COMMAND, {}, hosts[host].form)
    write(place.file, before)
    assert install(place, entry)[0] == "added"
    assert read_entry(place) == entry
    there, afterwards = (text.encode() for text in COMES_IN[host])
    assert before.count(there) == 1
    assert place.file.read_bytes() == before.replace(there, afterwards)


@every_host
def test_uninstalling_gives_the_original_bytes_back_and_no_copy_is_left(hosts, realistic, host):
    place, before = hosts[host].places["user"], realistic(host)
    write(place.file, before)
    _, copy = install(place)
    assert copy
    assert copy.read_bytes() == before
    assert uninstall(place) == ("removed", None)
    assert place.file.read_bytes() == before
    assert list(place.file.parent.iterdir()) == [place.file]


@every_host
def test_uninstalling_takes_out_just_the_entry_where_the_copy_is_gone(hosts, realistic, host):
    place, before = hosts[host].places["user"], realistic(host)
    write(place.file, before)
    install(place)[1].unlink()
    done, copy = uninstall(place)
    assert done == "removed"
    assert copy, "what is taken out by editing is copied first"
    assert place.file.read_bytes() == before


@every_host
def test_what_others_have_written_since_stays(hosts, realistic, host):
    place = hosts[host].places["user"]
    write(place.file, realistic(host))
    install(place)
    place.file.write_bytes(place.file.read_bytes().replace(b'"serve"', b'"SERVE"') + b"\n")
    assert uninstall(place)[0] == "removed"
    assert place.file.read_bytes() == realistic(host) + b"\n"


@every_host
def test_installing_twice_changes_nothing_the_second_time(hosts, realistic, host):
    place = hosts[host].places["user"]
    write(place.file, realistic(host))
    install(place)
    after, names = place.file.read_bytes(), sorted(place.file.parent.iterdir())
    assert install(place) == ("already there", None)
    assert place.file.read_bytes() == after
    assert sorted(place.file.parent.iterdir()) == names


@every_host
def test_an_outdated_entry_gets_the_new_command_and_keeps_what_the_user_added(hosts, realistic, host):
    place = hosts[host].places["user"]
    write(place.file, realistic(host))
    mine = {"command": "/old/vrom", "args": ["serve", "--cartridges", "/srv/docs"], "env": {"VROM_HOME": "/data"}}
    install(place, mine)
    assert install(place)[0] == "updated"
    assert read_entry(place) == mine | {"command": "/opt/vrom/bin/vrom"}
    assert uninstall(place)[0] == "removed"
    assert place.file.read_bytes() == realistic(host)


@every_host
def test_where_there_is_no_file_one_is_made_and_taken_away_again(hosts, host):
    for place in hosts[host].places.values():
        assert install(place) == ("added", None)
        assert read_entry(place) == ENTRY
        assert uninstall(place) == ("removed", None)
        assert not place.file.exists()
        assert not place.file.parent.name.startswith(".") or not place.file.parent.exists()
        assert place.file.parent.name not in {"mcp", "windsurf", "opencode", "zed"} or not place.file.parent.exists()
        assert uninstall(place) == ("not there", None)


BROKEN = {
    "no JSON": ("mcp.json", '{\n  "mcpServers": {\n    "a": {]\n  }\n}', "line 3, column 11: invalid JSON"),
    "cut off": ("mcp.json", '{"mcpServers": {"a": ', "line 1, column 22: invalid JSON: expected a value"),
    "no comma": ("mcp.json", '{\n  "a": 1\n  "b": 2\n}', "line 3, column 3: invalid JSON: expected ',' or '}'"),
    "two documents": ("mcp.json", "{}\n{}", "line 2, column 1: invalid JSON: expected the end of the file"),
    "a list": ("mcp.json", "[]", "the document is a list, expected an object"),
    "servers in a list": ("mcp.json", '{"mcpServers": []}', "mcpServers is a list, expected an object"),
    "servers null": ("mcp.json", '{"mcpServers": null}', "mcpServers is null, expected an object"),
    "not UTF-8": ("mcp.json", b'{\n  "a": "\xff"\n}', "line 2, column 9: not UTF-8"),
    "UTF-16": ("mcp.json", "{}".encode("utf-16"), "line 1, column 1: not UTF-8"),
    "no TOML": ("config.toml", "a = 1\nb = \n", "invalid TOML: Invalid value (at line 2, column 5)"),
    "servers a string": ("config.toml", "mcpServers = 'none'", "mcpServers is a string, expected an object"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_that_cannot_be_read_is_refused_and_left_alone(tmp_path, case):
    name, content, message = BROKEN[case]
    place = Place(write(tmp_path / name, content), ("mcpServers", "vrom"))
    before = place.file.read_bytes()
    for action in (plan_installation, plan_removal):
        args = (place, ENTRY) if action is plan_installation else (place,)
        with pytest.raises(ConfigurationError, match=re.escape(message)) as refused:
            action(*args)
        assert str(place.file) in str(refused.value)
        assert re.search(r"line \d+, column \d+|expected an object", str(refused.value))
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [before]


def test_a_linked_file_stays_a_link_and_its_target_is_changed(tmp_path, realistic):
    target = write(tmp_path / "dotfiles" / "cursor.json", realistic("cursor"))
    link = tmp_path / "home" / "mcp.json"
    link.parent.mkdir()
    link.symlink_to(os.path.relpath(target, link.parent))
    place = Place(link, ("mcpServers", "vrom"))
    _, copy = install(place)
    assert link.is_symlink()
    assert b"/opt/vrom" in target.read_bytes()
    assert list(target.parent.iterdir()) == [target], "a folder of dotfiles gets no copies"
    assert copy
    assert copy.parent == link.parent
    uninstall(place)
    assert link.is_symlink()
    assert target.read_bytes() == realistic("cursor")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_file_and_its_copy_are_readable_to_the_same_people_as_before(tmp_path):
    place = Place(write(tmp_path / ".claude.json", "{}"), ("mcpServers", "vrom"))
    place.file.chmod(0o600)
    _, copy = install(place)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (place.file, copy)] == [0o600, 0o600]


def test_a_change_of_the_host_s_own_in_between_is_not_lost(tmp_path):
    place = Place(write(tmp_path / "mcp.json", "{}"), ("mcpServers", "vrom"))
    change = plan_installation(place, ENTRY)
    place.file.write_text('{"theme": "dark"}')
    with pytest.raises(ConfigurationError, match="changed by another program"):
        apply(change)
    assert place.file.read_text() == '{"theme": "dark"}'


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_gives_an_error_with_its_reason(tmp_path):
    folder = tmp_path / "closed"
    place = Place(write(folder / "mcp.json", "{}"), ("mcpServers", "vrom"))
    folder.chmod(0o500)
    with pytest.raises(ConfigurationError, match=r"Permission denied.*Check its permissions"):
        install(place)
    assert place.file.read_text() == "{}"
