import subprocess
from pathlib import Path

import pytest

from vrom.hosts.entry import TYPED, new_entry, server_command, update_entry

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


def test_variables_are_added_to_those_that_are_there():
    wanted = new_entry(["/opt/vrom", "serve"], {"VROM_HOME": "/new"})
    existing = WANTED | {"env": {"VROM_HOME": "/old", "HF_TOKEN": "x"}}
    assert update_entry(existing, wanted)["env"] == {"VROM_HOME": "/new", "HF_TOKEN": "x"}
    assert update_entry(existing, WANTED) == existing
