import json
import os
import re
import subprocess
import sys
import tomllib

import pytest

from vrom.cli.hosts import install
from vrom.hosts.catalog import known_hosts
from vrom.hosts.entry import read_command
from vrom.settings import read_host_folders

HOSTS = {
    "claude-code": ".claude.json",
    "claude-desktop": ".config/Claude/claude_desktop_config.json",
    "cursor": ".cursor/mcp.json",
    "vscode": ".config/Code/User/mcp.json",
    "codex": ".codex/config.toml",
    "gemini": ".gemini/settings.json",
    "copilot-cli": ".copilot/mcp-config.json",
    "opencode": ".config/opencode/opencode.json",
    "cline": ".config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json",
    "windsurf": ".codeium/windsurf/mcp_config.json",
    "zed": ".config/zed/settings.json",
    "junie": ".junie/mcp/mcp.json",
}
KEYS = ("mcpServers", "servers", "mcp_servers", "mcp", "context_servers")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the paths are those of Linux; see tests/hosts")


@pytest.fixture
def home(tmp_path):
    (tmp_path / "project").mkdir()
    return tmp_path


@pytest.fixture
def vrom(home):
    """Run the command for a user of its own, in a project."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "vrom", *arguments],
            env={"HOME": str(home), "PATH": os.defpath, "COLUMNS": "200", "PYTHONWARNINGS": "error"} | environment,
            cwd=home / "project", capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip

    return run


def entry(file):
    document = tomllib.loads(file.read_text()) if file.suffix == ".toml" else json.loads(file.read_text())
    return next(document[key]["vrom"] for key in KEYS if key in document)


@pytest.mark.slow
@pytest.mark.parametrize("host", HOSTS)
def test_install_writes_an_entry_that_starts_the_server_and_uninstall_leaves_no_trace(vrom, home, host):
    done = vrom("install", host)
    assert (done.returncode, done.stdout) == (0, "")
    file = home / HOSTS[host]
    assert str(file) in done.stderr
    command = read_command(entry(file))
    started = subprocess.run([*command, "--help"], capture_output=True, text=True, cwd="/", check=True)
    assert "--transport" in started.stdout
    assert "already up to date" in vrom("install", host).stderr
    gone = vrom("uninstall", host)
    assert gone.returncode == 0
    assert not file.exists()
    assert "not configured" in vrom("uninstall", host).stderr


def test_the_command_knows_every_host_of_the_catalogue(tmp_path):
    assert list(install.HOSTS) == list(known_hosts(read_host_folders({"HOME": str(tmp_path)}, tmp_path, "linux")))
    assert set(HOSTS) == set(install.HOSTS)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_the_help_breaks_the_list_of_hosts_between_names(vrom, command):
    shown = vrom(command, "--help", COLUMNS="80", TERM="dumb").stdout
    words = set(re.findall(r"[a-z-]+", shown))
    assert set(HOSTS) <= words


def test_dry_run_shows_the_change_and_makes_none(vrom, home):
    (home / ".claude.json").write_text('{\n  "numStartups": 3\n}')
    done = vrom("install", "claude-code", "--dry-run")
    assert done.returncode == 0
    assert '+  "mcpServers": {' in done.stderr
    assert '-  "numStartups": 3\n+  "numStartups": 3,' in done.stderr
    assert [path.name for path in home.iterdir() if path.is_file()] == [".claude.json"]
    assert (home / ".claude.json").read_text() == '{\n  "numStartups": 3\n}'


@pytest.mark.parametrize(
    ("host", "line"),
    [
        ("claude-code", r"claude mcp add --scope user vrom -- \S+.* serve"),
        ("vscode", r"code --add-mcp '\{\"name\": \"vrom\", .*\}'"),
        ("codex", r"codex mcp add vrom -- \S+.* serve"),
        ("gemini", r"gemini mcp add --scope user vrom \S+.* serve"),
    ],
)
def test_the_host_s_own_command_is_printed_on_one_line(vrom, host, line):
    assert re.search(rf"^\s*{line}$", vrom("install", host, "--dry-run", COLUMNS="40").stderr, re.MULTILINE)


def test_an_entry_of_the_host_s_own_for_this_project_is_pointed_out(vrom, home):
    servers = {"mcpServers": {"vrom": {"command": "uv"}}}
    (home / ".claude.json").write_text(json.dumps({"projects": {str(home / "project"): servers}}))
    done = vrom("install", "claude-code")
    assert "comes first. Remove it: claude mcp remove vrom -s local" in done.stderr
    (home / ".claude.json").write_text("{}")
    assert "comes first" not in vrom("install", "claude-code").stderr


def test_json_is_one_document(vrom, home):
    (home / ".cursor").mkdir()
    (home / ".cursor" / "mcp.json").write_text("{}")
    done = vrom("install", "cursor", "--json")
    assert done.stderr == ""
    document = json.loads(done.stdout)
    backup = document.pop("backup")
    assert document == {
        "host": "cursor", "scope": "user", "file": str(home / ".cursor" / "mcp.json"), "done": "added",
        "dry_run": False, "command": None,
    }  # fmt: skip
    assert re.fullmatch(r"mcp\.json\.vrom-\d{8}-\d{6}\.bak", os.path.basename(backup))  # noqa: PTH119
    assert json.loads(vrom("uninstall", "cursor", "--json").stdout)["done"] == "removed"


@pytest.mark.slow
def test_a_project_s_file_is_for_everyone_and_says_nothing_of_this_shell(vrom, home):
    done = vrom("install", "vscode", "--scope", "project", VROM_HOME="/data")
    assert "Everyone who opens the project needs the command vrom on their PATH." in done.stderr
    file = home / "project" / ".vscode" / "mcp.json"
    assert entry(file)["env"] == {"CLAUDE_PROJECT_DIR": "${workspaceFolder}"}
    assert (entry(file)["command"], entry(file)["args"]) == ("vrom", ["serve"])
    elsewhere = vrom("uninstall", "vscode")
    assert "vrom uninstall vscode --scope project" in elsewhere.stderr
    assert vrom("uninstall", "vscode", "--scope", "project").returncode == 0
    assert not file.parent.exists()


def test_variables_of_the_shell_go_along_for_the_user(vrom, home):
    vrom("install", "codex", VROM_HOME=str(home / "data"))
    assert entry(home / ".codex" / "config.toml")["env"] == {"VROM_HOME": str(home / "data")}
    vrom("install", "codex", VROM_HOME=str(home / "other"))
    assert entry(home / ".codex" / "config.toml")["env"] == {"VROM_HOME": str(home / "other")}


def test_a_file_that_cannot_be_read_is_refused_with_line_and_column(vrom, home):
    (home / ".claude.json").write_text('{\n  "mcpServers": {,}\n}')
    for command in ("install", "uninstall"):
        done = vrom(command, "claude-code")
        assert done.returncode == 1
        assert f"{home / '.claude.json'}, line 2, column 18: invalid JSON" in done.stderr
    assert len(list(home.glob(".claude*"))) == 1


@pytest.mark.slow
def test_wrong_usage_ends_with_code_2(vrom):
    unknown = vrom("install", "emacs")
    assert unknown.returncode == 2
    assert "Unknown host 'emacs'. Expected one of: claude-code, codex" in unknown.stderr
    assert vrom("install").returncode == 2
    assert vrom("install", "cursor", "--scope", "world").returncode == 2
    done = vrom("install", "claude-desktop", "--scope", "project")
    assert done.returncode == 2
    assert "Claude Desktop has no project-level configuration" in done.stderr
