import os
from pathlib import Path

import pytest

from vrom.errors import ConfigurationError
from vrom.hosts.catalog import known_hosts
from vrom.hosts.configuration import apply
from vrom.hosts.host import Host
from vrom.hosts.rules.plan import plan_rules, plan_rules_removal
from vrom.project.dependency import Dependency
from vrom.settings import read_host_folders

FIRST, SECOND = [Dependency("pypi", "httpx", "0.27.2")], [Dependency("pypi", "httpx", "0.28.0")]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


@pytest.fixture
def every(tmp_path, project) -> dict[str, Host]:
    return known_hosts(read_host_folders({"HOME": str(tmp_path / "home")}, project, "linux"))


@pytest.fixture
def write(project, every):
    """Write the rules for hosts, and return what was done by file."""

    def run(*names: str, dependencies=FIRST) -> dict[str, str]:
        changes = plan_rules([every[name] for name in names], project, dependencies)
        for change in changes:
            apply(change)
        return {change.file.relative_to(project).as_posix(): change.done for change in changes}

    return run


@pytest.fixture
def remove(project, every):
    """Remove the rules of every host, and return what was done by file."""

    def run() -> dict[str, str]:
        changes = plan_rules_removal(every.values(), project)
        for change in changes:
            apply(change)
        return {change.file.relative_to(project).as_posix(): change.done for change in changes}

    return run


def put(project: Path, **files: str | bytes) -> dict[Path, bytes]:
    """Write files, named by path, and return them."""
    for name, content in files.items():
        file = project / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return tree(project)


def tree(project: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}


READERS = ["codex", "copilot-cli", "opencode", "cursor", "vscode", "cline", "windsurf", "zed", "junie"]


@pytest.mark.parametrize(
    ("there", "hosts", "written"),
    [
        ([], READERS, ["AGENTS.md"]),
        ([], ["claude-code"], ["CLAUDE.md"]),
        ([], ["claude-code", "codex"], ["AGENTS.md", "CLAUDE.md"]),
        ([], ["gemini"], ["GEMINI.md"]),
        ([], ["claude-desktop"], []),
        (["AGENTS.md"], [*READERS, "gemini"], ["AGENTS.md", "GEMINI.md"]),
        (["AGENTS.md", ".cursor/rules/style.mdc"], ["cursor"], ["AGENTS.md"]),
        ([".claude/CLAUDE.md"], ["claude-code"], [".claude/CLAUDE.md"]),
        ([".cursor/rules/style.mdc"], ["cursor"], [".cursor/rules/vrom.mdc"]),
        ([".cursor/rules/style.mdc"], ["cursor", "codex"], ["AGENTS.md"]),
        ([".cursor/rules/style.mdc"], ["cursor", "windsurf"], ["AGENTS.md"]),
        ([".windsurf/rules/style.md"], ["windsurf"], [".windsurf/rules/vrom.md"]),
        ([".clinerules/style.md"], ["cline"], [".clinerules/vrom.md"]),
        ([".clinerules"], ["cline"], [".clinerules"]),
        ([".github/copilot-instructions.md"], ["vscode", "copilot-cli"], [".github/copilot-instructions.md"]),
        ([".junie/guidelines.md"], ["junie"], [".junie/guidelines.md"]),
        (["CLAUDE.md"], ["codex"], ["AGENTS.md"]),
    ],
)
def test_each_host_gets_the_rules_in_one_file(project, write, remove, there, hosts, written):
    before = put(project, **dict.fromkeys(there, "# Rules\n"))
    assert write(*hosts) == dict.fromkeys(written, "added")
    assert all("`httpx` 0.27.2" in (project / name).read_text() for name in written)
    after = tree(project)
    assert write(*hosts) == dict.fromkeys(written, "already there")
    assert tree(project) == after
    assert remove() == dict.fromkeys(written, "removed")
    assert tree(project) == before
    assert not [path for path in project.rglob("*") if path.is_dir() and not any(path.iterdir())]
    assert remove() == {}


@pytest.mark.parametrize("imports", ["@AGENTS.md\n", "See @./AGENTS.md.\n", "- @../AGENTS.md"])
def test_a_claude_md_that_imports_agents_md_is_left_alone(project, write, imports):
    put(project, **{"AGENTS.md": "# Rules\n", "CLAUDE.md": imports})
    assert write("claude-code", "codex") == {"AGENTS.md": "added"}
    assert write("claude-code") == {"AGENTS.md": "already there"}


def test_a_claude_md_that_only_mentions_agents_md_gets_the_rules(project, write):
    put(project, **{"AGENTS.md": "# Rules\n", "CLAUDE.md": "`@AGENTS.md` and me@AGENTS.md are no imports.\n"})
    assert write("claude-code") == {"CLAUDE.md": "added"}


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_claude_md_that_is_a_link_stays_one_and_the_rules_come_once(project, write, remove):
    before = put(project, **{"AGENTS.md": "# Rules\n"})
    (project / "CLAUDE.md").symlink_to("AGENTS.md")
    assert write("claude-code", "codex") == {"AGENTS.md": "added"}
    assert (project / "CLAUDE.md").is_symlink()
    assert (project / "AGENTS.md").read_text().count("vrom:begin") == 1
    remove()
    assert (project / "AGENTS.md").read_bytes() == before[project / "AGENTS.md"]
    assert (project / "CLAUDE.md").is_symlink()


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize("name", ["AGENTS.md", ".cursor"])
def test_a_link_that_leads_out_of_the_project_is_refused(tmp_path, project, write, name):
    outside = tmp_path / "outside"
    put(outside, **{"rules/a.mdc": "a", "notes": "mine"})
    (project / name).symlink_to(outside if name == ".cursor" else outside / "notes")
    before = tree(outside)
    with pytest.raises(ConfigurationError, match="outside the project"):
        write("cursor")
    assert tree(outside) == before


def test_the_rules_follow_the_dependencies_and_the_only_backup_is_the_first(project, write, remove):
    put(project, **{"AGENTS.md": "# Rules\r\n"})
    write("codex")
    assert len(tree(project)) == 2
    assert write("codex", dependencies=SECOND) == {"AGENTS.md": "updated"}
    assert b"`httpx` 0.28.0" in (project / "AGENTS.md").read_bytes()
    assert b"0.27.2" not in (project / "AGENTS.md").read_bytes()
    assert len(tree(project)) == 2
    remove()
    assert tree(project) == {project / "AGENTS.md": b"# Rules\r\n"}


def test_text_that_the_user_has_written_since_stays(project, write, remove):
    put(project, **{"AGENTS.md": "# Rules\n"})
    write("codex")
    with (project / "AGENTS.md").open("a") as file:
        file.write("\n## More\n")
    assert remove() == {"AGENTS.md": "removed"}
    assert (project / "AGENTS.md").read_text() == "# Rules\n\n## More\n"


def test_a_file_of_vrom_that_the_user_has_changed_is_kept(project, write, remove):
    put(project, **{".cursor/rules/style.mdc": "a"})
    write("cursor")
    own = project / ".cursor" / "rules" / "vrom.mdc"
    assert own.read_text().startswith("---\ndescription: Documentation of the dependencies\nalwaysApply: true\n---\n")
    own.write_text(own.read_text().replace("Call the tool", "Always call the tool"))
    changed = tree(project)
    assert write("cursor", dependencies=SECOND) == {".cursor/rules/vrom.mdc": "kept"}
    assert remove() == {".cursor/rules/vrom.mdc": "kept"}
    assert tree(project) == changed


def test_a_file_of_vrom_with_other_line_ends_is_still_its_own(project, write, remove):
    put(project, **{".cursor/rules/style.mdc": "a"})
    write("cursor")
    own = project / ".cursor" / "rules" / "vrom.mdc"
    own.write_bytes(own.read_bytes().replace(b"\n", b"\r\n"))
    assert write("cursor") == {".cursor/rules/vrom.mdc": "already there"}
    assert write("cursor", dependencies=SECOND) == {".cursor/rules/vrom.mdc": "updated"}
    assert remove() == {".cursor/rules/vrom.mdc": "removed"}


def test_rules_move_to_agents_md_once_it_is_there(project, write):
    put(project, **{".cursor/rules/style.mdc": "a"})
    write("cursor")
    put(project, **{"AGENTS.md": "# Rules\n"})
    assert write("cursor") == {"AGENTS.md": "added", ".cursor/rules/vrom.mdc": "removed"}


def test_a_mark_at_the_beginning_stays(project, write, remove):
    before = put(project, **{"AGENTS.md": b"\xef\xbb\xbf# Rules\n"})
    write("codex")
    assert (project / "AGENTS.md").read_bytes().startswith(b"\xef\xbb\xbf# Rules\n\n<!-- vrom:begin -->")
    remove()
    assert tree(project) == before


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"# A\n<!-- vrom:begin -->\n", "line 2: "),
        (b"# A\n\n```\n<!-- vrom:begin -->\n<!-- vrom:end -->\n```\n", "line 4: "),
        (b"# A\n```\nnever closed\n", "line 2: "),
        (b"# A\n\xff\n", "line 2, column 1: not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_changed_safely_is_named_with_its_line_and_nothing_is_written(
    project, write, content, line
):
    before = put(project, **{"AGENTS.md": content})
    with pytest.raises(ConfigurationError) as refused:
        write("codex", "claude-code")
    assert str(project / "AGENTS.md") in str(refused.value)
    assert line in str(refused.value)
    assert tree(project) == before
