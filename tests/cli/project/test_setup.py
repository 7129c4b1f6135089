"""`vrom setup`, and `vrom uninstall`, which takes out what it wrote."""

import json

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def home(vrom):
    """A home folder in which Codex and Cursor are used."""
    (vrom.folder / ".git").mkdir()
    home = vrom.folder.parent
    (home / ".codex").mkdir()
    (home / ".codex" / "config.toml").write_text('model = "large"\n')
    (home / ".cursor").mkdir()
    (home / ".cursor" / "extensions.json").write_text("[]")
    return home


def files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "home" not in path.parts[-4:]}


def test_every_host_gets_an_entry_and_the_project_rules_that_name_the_versions(vrom, home, release, lock):
    release("1.0")
    lock()
    done = vrom("setup", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["hosts"] == ["codex", "cursor"]
    assert "[mcp_servers.vrom]" in (home / ".codex" / "config.toml").read_text()
    assert "vrom" in json.loads((home / ".cursor" / "mcp.json").read_text())["mcpServers"]
    assert "`kettle` 1.0." in (vrom.folder / "AGENTS.md").read_text()


def test_adding_another_version_keeps_the_rules_in_step(vrom, home, release, lock):
    release("1.0")
    release("2.0")
    lock("1.0")
    vrom("setup")
    lock("2.0")
    done = vrom("add")
    assert "Rules: updated" in done.stderr
    assert "`kettle` 2.0." in (vrom.folder / "AGENTS.md").read_text()


def test_uninstalling_leaves_every_file_as_it_was(vrom, home, release, lock):
    lock()
    before = {name: content for name, content in files(home).items() if "vroms" not in name.parts}
    assert vrom("setup", "--no-add").returncode == 0
    assert vrom("uninstall").returncode == 0
    after = {name: content for name, content in files(home).items() if not name.name.endswith(".bak")}
    assert after == before


def test_a_dry_run_changes_nothing(vrom, home, lock, site):
    lock()
    before = files(home)
    done = vrom("setup", "--dry-run")
    assert "would be added" in done.stderr
    assert (files(home), site.asked) == (before, [])


def test_if_a_dependency_fails_hosts_are_configured_all_the_same_and_the_exit_code_is_1(vrom, home, release, lock):
    release("1.0")
    lock()
    (vrom.folder.parent / "home" / "cache").write_text("no folder, so that nothing can be unpacked")
    done = vrom("setup")
    assert "✗ kettle 1.0" in done.stderr
    assert done.returncode == 1
    assert "vrom" in json.loads((home / ".cursor" / "mcp.json").read_text())["mcpServers"]
    assert "[mcp_servers.vrom]" in (home / ".codex" / "config.toml").read_text()
