from pathlib import Path

import pytest

from vrom.hosts.catalog import known_hosts
from vrom.hosts.configuration import apply, plan_installation
from vrom.hosts.detect import detect
from vrom.hosts.entry import new_entry
from vrom.settings import HostFolders, read_host_folders

PROGRAMS = {
    "claude": "claude-code", "codex": "codex", "gemini": "gemini", "copilot": "copilot-cli", "opencode": "opencode",
    "cursor": "cursor", "code": "vscode", "windsurf": "windsurf", "zed": "zed", "zeditor": "zed", "junie": "junie",
}  # fmt: skip
FILES = {
    ".claude/projects/x.jsonl": "claude-code",
    ".claude.json": "claude-code",
    ".codex/auth.json": "codex",
    ".gemini/settings.json": "gemini",
    ".copilot/config.json": "copilot-cli",
    ".config/opencode/opencode.json": "opencode",
    ".config/Claude/config.json": "claude-desktop",
    ".cursor/argv.json": "cursor",
    ".config/Code/User/settings.json": "vscode",
    ".config/Code/User/globalStorage/saoudrizwan.claude-dev/state.json": "cline",
    ".codeium/windsurf/memories/global_rules.md": "windsurf",
    ".config/zed/settings.json": "zed",
    ".junie/config.json": "junie",
}


@pytest.fixture
def folders(tmp_path: Path) -> HostFolders:
    return read_host_folders({"HOME": str(tmp_path)}, tmp_path / "project", "linux")


def found(folders: HostFolders, *programs: str) -> list[str]:
    return [host.name for host in detect(folders, lambda name: f"/bin/{name}" if name in programs else None)]


def test_an_empty_machine_has_no_hosts(folders):
    assert found(folders) == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_on_the_path_is_evidence(folders, program):
    assert found(folders, program) == [PROGRAMS[program]]


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_the_host_is_evidence(tmp_path, folders, file):
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text("{}")
    assert found(folders) == [FILES[file]]


def test_an_empty_folder_is_no_evidence(tmp_path, folders):
    (tmp_path / ".cursor" / "rules").mkdir(parents=True)
    assert found(folders) == []


def test_a_file_that_only_vrom_has_written_is_no_evidence(folders):
    for host in known_hosts(folders).values():
        apply(plan_installation(host.places["user"], new_entry(["/opt/vrom", "serve"], {}, host.form), host.form))
    assert found(folders) == []


def test_a_broken_file_is_evidence(tmp_path, folders):
    (tmp_path / ".claude.json").write_text("{")
    assert found(folders) == ["claude-code"]
