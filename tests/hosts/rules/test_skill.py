import re

import pytest

from vrom.hosts.catalog import known_hosts
from vrom.hosts.configuration import apply
from vrom.hosts.rules.skill import SKILL, plan_skills, plan_skills_removal
from vrom.settings import read_host_folders


@pytest.fixture
def project(tmp_path):
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


@pytest.fixture
def every(tmp_path, project):
    return known_hosts(read_host_folders({"HOME": str(tmp_path)}, project, "linux"))


@pytest.fixture
def hosts(every):
    return [every["claude-code"]]


def run(plan, hosts, project):
    changes = plan(hosts, project)
    for change in changes:
        apply(change)
    return [(change.file.relative_to(project).as_posix(), change.done) for change in changes]


FILE = ".claude/skills/vrom-docs/SKILL.md"


def test_the_skill_is_written_once_and_removed_with_its_folders(hosts, project):
    assert run(plan_skills, hosts, project) == [(FILE, "added")]
    assert (project / FILE).read_text().startswith(SKILL)
    assert run(plan_skills, hosts, project) == [(FILE, "already there")]
    assert run(plan_skills_removal, hosts, project) == [(FILE, "removed")]
    assert list(project.iterdir()) == []
    assert run(plan_skills_removal, hosts, project) == []


@pytest.mark.parametrize(
    ("names", "folders"),
    [
        (["claude-code"], [".claude"]),
        (["codex", "gemini"], [".agents"]),
        (["claude-code", "opencode", "copilot-cli"], [".claude"]),
        (["opencode", "claude-code"], [".claude"]),
        (["opencode"], [".agents"]),
        (["claude-code", "codex", "opencode"], [".claude", ".agents"]),
        (["claude-desktop", "zed", "cursor"], []),
    ],
)
def test_each_host_with_skills_finds_it_and_no_copy_is_made_in_vain(every, project, names, folders):
    changes = plan_skills([every[name] for name in names], project)
    assert [change.file.relative_to(project).parts[0] for change in changes] == folders


def test_an_older_skill_is_updated(hosts, project, monkeypatch):
    monkeypatch.setattr("vrom.hosts.rules.skill.SKILL", "---\nname: vrom-docs\n---\nOlder.\n")
    run(plan_skills, hosts, project)
    monkeypatch.undo()
    assert run(plan_skills, hosts, project) == [(FILE, "updated")]
    assert [path.name for path in (project / FILE).parent.iterdir()] == ["SKILL.md"]


@pytest.mark.parametrize("content", ["---\nname: vrom-docs\n---\nMine.\n", SKILL + "\nMore.\n", ""])
def test_a_skill_that_the_user_has_written_or_changed_is_kept(hosts, project, content):
    (project / FILE).parent.mkdir(parents=True)
    (project / FILE).write_text(content)
    assert run(plan_skills, hosts, project) == [(FILE, "kept")]
    assert run(plan_skills_removal, hosts, project) == [(FILE, "kept")]
    assert (project / FILE).read_text() == content


def test_a_change_below_the_checksum_counts_as_well(hosts, project):
    run(plan_skills, hosts, project)
    with (project / FILE).open("a") as file:
        file.write("Mine.\n")
    assert run(plan_skills_removal, hosts, project) == [(FILE, "kept")]


def test_the_front_matter_is_what_hosts_accept():
    front = re.match(r"---\nname: ([a-z-]{1,64})\ndescription: >-\n((?:  .+\n)+)---\n", SKILL)
    assert front
    assert front[1] == "vrom-docs"
    assert len(" ".join(front[2].split())) <= 1024
    assert not set("<>") & set(front[2].replace(">-", ""))
