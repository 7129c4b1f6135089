import json
import shlex
from pathlib import Path

import pytest

from vrom.hosts.catalog import known_hosts
from vrom.installation import quote_command
from vrom.settings import read_host_folders, server_environment

COMMAND = ["/opt/my vrom/bin/vrom", "serve"]


def places(platform: str, **environment: str) -> dict[str, dict[str, str]]:
    folders = read_host_folders({"HOME": "/home/ada", "USERPROFILE": "/Users/Ada"} | environment, Path("/p"), platform)
    return {
        name: {scope: place.file.as_posix() for scope, place in host.places.items()}
        for name, host in known_hosts(folders).items()
    }


def test_each_host_has_its_files_on_linux():
    assert places("linux") == {
        "claude-code": {"user": "/home/ada/.claude.json", "project": "/p/.mcp.json"},
        "claude-desktop": {"user": "/home/ada/.config/Claude/claude_desktop_config.json"},
        "cursor": {"user": "/home/ada/.cursor/mcp.json", "project": "/p/.cursor/mcp.json"},
        "vscode": {"user": "/home/ada/.config/Code/User/mcp.json", "project": "/p/.vscode/mcp.json"},
        "codex": {"user": "/home/ada/.codex/config.toml", "project": "/p/.codex/config.toml"},
        "gemini": {"user": "/home/ada/.gemini/settings.json", "project": "/p/.gemini/settings.json"},
    }


def test_desktop_programs_keep_theirs_where_the_system_wants_them():
    mac, windows = places("darwin"), places("win32", APPDATA="/Users/Ada/AppData/Roaming")
    assert mac["claude-desktop"]["user"] == ("/home/ada/Library/Application Support/Claude/claude_desktop_config.json")
    assert mac["vscode"]["user"] == "/home/ada/Library/Application Support/Code/User/mcp.json"
    assert windows["claude-desktop"]["user"] == "/Users/Ada/AppData/Roaming/Claude/claude_desktop_config.json"
    assert windows["vscode"]["user"] == "/Users/Ada/AppData/Roaming/Code/User/mcp.json"
    assert windows["cursor"]["user"] == "/Users/Ada/.cursor/mcp.json"
    assert places("linux", XDG_CONFIG_HOME="/x")["vscode"]["user"] == "/x/Code/User/mcp.json"


def test_hosts_that_were_told_another_folder_are_followed_there():
    moved = places("linux", CLAUDE_CONFIG_DIR="/c", CODEX_HOME="/d", GEMINI_CLI_HOME="/g")
    assert moved["claude-code"]["user"] == "/c/.claude.json"
    assert moved["codex"]["user"] == "/d/config.toml"
    assert moved["gemini"]["user"] == "/g/.gemini/settings.json"


@pytest.mark.parametrize(
    ("host", "scope", "line"),
    [
        ("claude-code", "user", "claude mcp add --scope user vrom -- '/opt/my vrom/bin/vrom' serve"),
        ("claude-code", "project", "claude mcp add --scope project vrom -- '/opt/my vrom/bin/vrom' serve"),
        ("codex", "user", "codex mcp add vrom -- '/opt/my vrom/bin/vrom' serve"),
        ("gemini", "project", "gemini mcp add --scope project vrom '/opt/my vrom/bin/vrom' serve"),
    ],
)
def test_hosts_have_commands_of_their_own(hosts, host, scope, line):
    assert quote_command(hosts[host].command(scope, COMMAND, {})) == line


def test_vs_code_takes_the_entry_as_json(hosts):
    *_, document = shlex.split(quote_command(hosts["vscode"].command("user", COMMAND, {"VROM_HOME": "/d"})))
    assert json.loads(document) == {
        "name": "vrom", "command": COMMAND[0], "args": ["serve"], "env": {"VROM_HOME": "/d"},
    }  # fmt: skip


def test_variables_and_dashed_arguments_are_passed_as_each_command_takes_them(hosts):
    command, variables = ["python", "-m", "vrom", "serve"], {"VROM_HOME": "/d"}
    assert quote_command(hosts["gemini"].command("user", command, variables)) == (
        "gemini mcp add --scope user vrom --env VROM_HOME=/d python -- -m vrom serve"
    )
    assert quote_command(hosts["claude-code"].command("user", command, variables)) == (
        "claude mcp add --env VROM_HOME=/d --scope user vrom -- python -m vrom serve"
    )


def test_hosts_without_a_command_for_it_have_none(hosts):
    without = [
        (name, scope) for name, host in hosts.items() for scope in host.places if not host.command(scope, COMMAND, {})
    ]
    assert without == [
        ("claude-desktop", "user"), ("cursor", "user"), ("cursor", "project"), ("vscode", "project"),
        ("codex", "project"),
    ]  # fmt: skip


def test_variables_of_the_shell_are_made_absolute_for_the_host(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert server_environment({"VROM_HOME": "data", "VROM_CARTRIDGES": "", "PATH": "x"}) == {
        "VROM_HOME": str(tmp_path / "data")
    }
