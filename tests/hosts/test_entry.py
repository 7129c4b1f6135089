import subprocess
from pathlib import Path

import pytest

from vrom.errors import ConfigurationError
from vrom.hosts.entry import (
    TYPED,
    EntryForm,
    entry_command,
    needs_path,
    new_entry,
    read_command,
    server_command,
    update_entry,
)
from vrom.installation import Installation

WANTED = new_entry(["/opt/vrom", "serve"], {})


@pytest.mark.slow
def test_the_command_is_one_that_starts_from_anywhere():
    command = server_command()
    assert Path(command[0]).is_absolute()
    done = subprocess.run([*command, "--help"], capture_output=True, text=True, cwd="/", check=True)
    assert "--transport" in done.stdout


def test_an_entry_names_its_transport_and_variables_where_they_are_wanted():
    assert WANTED == {"command": "/opt/vrom", "args": ["serve"]}
    full = new_entry(["/opt/vrom", "serve"], {"VROM_HOME": "/data"}, TYPED)
    assert full == {"type": "stdio", "command": "/opt/vrom", "args": ["serve"], "env": {"VROM_HOME": "/data"}}


@pytest.mark.parametrize(
    ("existing", "becomes"),
    [
        (WANTED, WANTED),
        ({"command": "/old", "args": ["serve"]}, WANTED),
        ({"command": "python", "args": ["-m", "vrom", "serve"]}, WANTED),
        ({"command": "/old", "args": []}, WANTED),
        ({"command": "/old", "timeout": 9}, WANTED | {"timeout": 9}),
        ({"command": "/old", "args": ["serve", "-v"]}, WANTED | {"args": ["serve", "-v"]}),
        ({"url": "http://127.0.0.1:8000/mcp"}, WANTED),
        ("vrom serve", WANTED),
    ],
)
def test_what_the_user_added_to_an_entry_stays(existing, becomes):
    assert update_entry(existing, WANTED) == becomes


OPENCODE = EntryForm({"type": "local", "enabled": True}, variables="environment", is_one_list=True)


def test_an_entry_has_the_form_that_its_host_reads():
    assert new_entry(["/opt/vrom", "serve"], {"VROM_HOME": "/d"}, OPENCODE) == {
        "type": "local", "enabled": True, "command": ["/opt/vrom", "serve"], "environment": {"VROM_HOME": "/d"},
    }  # fmt: skip
    copilot = EntryForm({"type": "local", "tools": ["*"]})
    assert new_entry(["/opt/vrom", "serve"], {}, copilot) == {"type": "local", "tools": ["*"], **WANTED}


def test_what_the_user_added_to_an_entry_of_another_form_stays():
    existing = {
        "type": "local", "enabled": False, "command": ["/old", "serve", "-v"], "environment": {"A": "b"}, "timeout": 9,
    }  # fmt: skip
    wanted = new_entry(["/opt/vrom", "serve"], {"VROM_HOME": "/d"}, OPENCODE)
    assert update_entry(existing, wanted, OPENCODE) == existing | {
        "command": ["/opt/vrom", "serve", "-v"], "environment": {"A": "b", "VROM_HOME": "/d"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "command"),
    [
        (WANTED, ["/opt/vrom", "serve"]),
        ({"command": ["/opt/vrom", "serve"]}, ["/opt/vrom", "serve"]),
        ({"command": "/opt/vrom"}, ["/opt/vrom"]),
        ({"command": "/opt/vrom", "args": "serve"}, ["/opt/vrom"]),
        ({"url": "http://127.0.0.1:8000/mcp"}, []),
        ("vrom", []),
        (None, []),
    ],
)
def test_the_command_of_an_entry_is_read_in_any_form(entry, command):
    assert read_command(entry) == command


CACHED = Path("/home/ada/.cache/uv/archive-v0/Zk3")


@pytest.mark.parametrize("origin", ["git+https://example.org/vrom@0123abc", "https://example.org/vrom-1.0.tar.gz"])
def test_a_temporary_installation_is_started_from_its_origin(monkeypatch, origin):
    monkeypatch.setattr("shutil.which", lambda name: f"/opt/{name}")
    uvx, pipx = Installation("uvx", CACHED, origin), Installation("pipx run", CACHED, origin)
    assert entry_command("user", uvx) == ["/opt/uvx", "--from", origin, "vrom", "serve"]
    assert entry_command("project", uvx) == ["uvx", "--from", origin, "vrom", "serve"]
    assert entry_command("user", pipx) == ["/opt/pipx", "run", "--spec", origin, "vrom", "serve"]


def test_a_temporary_installation_of_unknown_origin_is_refused_with_advice(tmp_path):
    for origin in ("", str(tmp_path / "gone")):
        with pytest.raises(ConfigurationError, match=r"archive-v0.Zk3, which a clean-up removes.*uv tool install"):
            entry_command("user", Installation("uvx", CACHED, origin))


@pytest.mark.parametrize("kind", ["uvx", "uv tool", "pipx", "uv checkout", "environment"])
def test_a_project_s_entry_has_no_path_of_this_machine(tmp_path, kind):
    command = entry_command("project", Installation(kind, tmp_path / "env", str(tmp_path)))
    assert command == ["vrom", "serve"]
    assert needs_path(command)


def test_a_lasting_installation_is_started_where_it_is():
    assert entry_command("user", Installation("uv tool", Path("/x"), "")) == server_command()
    assert not needs_path(server_command())


def test_variables_are_added_to_those_that_are_there():
    wanted = new_entry(["/opt/vrom", "serve"], {"VROM_HOME": "/new"})
    existing = WANTED | {"env": {"VROM_HOME": "/old", "HF_TOKEN": "x"}}
    assert update_entry(existing, wanted)["env"] == {"VROM_HOME": "/new", "HF_TOKEN": "x"}
    assert update_entry(existing, WANTED) == existing
