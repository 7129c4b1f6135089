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
        "copilot-cli": {"user": "/home/ada/.copilot/mcp-config.json", "project": "/p/.github/mcp.json"},
        "opencode": {"user": "/home/ada/.config/opencode/opencode.json", "project": "/p/opencode.json"},
        "cline": {
            "user": "/home/ada/.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"
        },
        "windsurf": {"user": "/home/ada/.codeium/windsurf/mcp_config.json"},
        "zed": {"user": "/home/ada/.config/zed/settings.json", "project": "/p/.zed/settings.json"},
        "junie": {"user": "/home/ada/.junie/mcp/mcp.json", "project": "/p/.junie/mcp/mcp.json"},
    }


def test_desktop_programs_keep_theirs_where_the_system_wants_them():
    mac, windows = places("darwin"), places("win32", APPDATA="/Users/Ada/AppData/Roaming")
    assert mac["claude-desktop"]["user"] == ("/home/ada/Library/Application Support/Claude/claude_desktop_config.json")
    assert mac["vscode"]["user"] == "/home/ada/Library/Application Support/Code/User/mcp.json"
    assert windows["claude-desktop"]["user"] == "/Users/Ada/AppData/Roaming/Claude/claude_desktop_config.json"
    assert windows["vscode"]["user"] == "/Users/Ada/AppData/Roaming/Code/User/mcp.json"
    assert windows["cursor"]["user"] == "/Users/Ada/.cursor/mcp.json"
    assert places("linux", XDG_CONFIG_HOME="/x")["vscode"]["user"] == "/x/Code/User/mcp.json"
    assert places("linux", XDG_CONFIG_HOME="/x")["zed"]["user"] == "/x/zed/settings.json"
    assert mac["zed"]["user"] == "/home/ada/.config/zed/settings.json"
    assert windows["zed"]["user"] == "/Users/Ada/AppData/Roaming/Zed/settings.json"
    assert mac["opencode"]["user"] == "/home/ada/.config/opencode/opencode.json"
    assert windows["opencode"]["user"] == "/Users/Ada/.config/opencode/opencode.json"


def test_hosts_that_were_told_another_folder_are_followed_there():
    moved = places("linux", CLAUDE_CONFIG_DIR="/c", CODEX_HOME="/d", GEMINI_CLI_HOME="/g", COPILOT_HOME="/h")
    assert moved["copilot-cli"]["user"] == "/h/mcp-config.json"
    assert moved["claude-code"]["user"] == "/c/.claude.json"
    assert moved["codex"]["user"] == "/d/config.toml"
    assert moved["gemini"]["user"] == "/g/.gemini/settings.json"


@pytest.mark.parametrize(
    ("host", "scope", "line"),
    [
        ("claude-code", "user", "claude mcp add --scope user vrom -- '/opt/my vrom/bin/vrom' serve"),
        ("claude-code", "project", "claude mcp add --scope project vrom -- '/opt/my vrom/bin/vrom' serve"),
        ("codex", "user", "codex mcp add vrom -- '/opt/my vrom/bin/vrom' serve"),
        ("copilot-cli", "user", "copilot mcp add vrom -- '/opt/my vrom/bin/vrom' serve"),
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
        ("codex", "project"), ("copilot-cli", "project"), ("opencode", "user"), ("opencode", "project"),
        ("claude-desktop", "user"), ("cursor", "user"), ("cursor", "project"), ("vscode", "project"), ("cline", "user"),
        ("windsurf", "user"), ("zed", "user"), ("zed", "project"), ("junie", "user"), ("junie", "project"),
    ]  # fmt: skip


def test_opencode_s_file_with_comments_is_used_where_it_is_there(tmp_path):
    folders = read_host_folders({"HOME": str(tmp_path)}, tmp_path / "project", "linux")
    file = tmp_path / ".config" / "opencode" / "opencode.jsonc"
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    assert known_hosts(folders)["opencode"].places["user"].file == file


def test_variables_of_the_shell_are_made_absolute_for_the_host(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert server_environment({"VROM_HOME": "data", "VROM_CARTRIDGES": "", "PATH": "x"}) == {
        "VROM_HOME": str(tmp_path / "data")
    }
