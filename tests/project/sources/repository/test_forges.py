"""Guides from a dependency's repository, at the tag of its version."""

import random
import socket
import time

import pytest

from vrom.builder.document import Document, Origin
from vrom.builder.sources.git.command import Git, UnreachableError
from vrom.errors import BuildError
from vrom.project.dependency import Dependency
from vrom.project.sources.gathered import Gathered
from vrom.project.sources.repository import checkout
from vrom.project.sources.repository.forges import Forges, has_guides

pytestmark = pytest.mark.slow

KETTLE = Dependency("pypi", "kettle", "1.2")
GUIDE = {"docs/guide.md": "# Guide\n\nFill it.", "docs/logo.png": "png", "kettle.py": "x = 1", "README.md": "# Kettle"}


@pytest.fixture
def read(forge, tmp_path):
    """Read a dependency's repository, which its metadata names."""
    forges = Forges(frozenset({forge.host}), "http")

    def run(url, dependency=KETTLE, directory="", documents=()):
        gathered = Gathered(links=[("Source", url)], directory=directory)
        gathered.add(Origin("wheel"), [Document(name, "# T\n\nText.", "T") for name in documents])
        forges.add_guides(dependency, gathered, tmp_path / f"work{time.monotonic_ns()}")
        return gathered

    return run


def test_the_documentation_is_that_of_the_tag_and_the_commit_is_recorded(forge, read):
    commit = forge.publish("tea/kettle", GUIDE, "v1.2")
    forge.publish("tea/kettle", {"docs/guide.md": "# Guide\n\nAnother version."}, "v1.3")
    gathered = read(forge.url("tea/kettle"), documents=["README", "reference/kettle"])
    assert gathered.problems == []
    assert gathered.documents["docs/guide.md"].text == "# Guide\n\nFill it."
    assert set(gathered.documents) == {"README", "reference/kettle", "docs/guide.md"}
    assert gathered.origins[1] == Origin(f"{forge.url('tea/kettle')}@v1.2", "1.2", commit, documents=1)


def test_no_branch_is_read_where_no_tag_fits(forge, read):
    forge.publish("tea/kettle", GUIDE, "v1.20", "other-1.2")
    gathered = read(forge.url("tea/kettle"))
    assert gathered.documents == {}
    assert gathered.problems == [f"repository: {forge.url('tea/kettle')} has no tag of version 1.2."]


def test_nothing_is_asked_where_there_are_guides_already(forge, read):
    read(forge.url("tea/kettle"), documents=["docs/guide.md"])
    assert forge.asked == []


def test_only_documentation_is_fetched(forge, read, tmp_path):
    forge.publish("tea/kettle", GUIDE | {"kettle.py": "secret" * 1000}, "v1.2")
    read(forge.url("tea/kettle"))
    assert sorted(file.name for file in tmp_path.glob("work*/tree/**/*") if file.is_file()) == ["README.md", "guide.md"]
    packs = sum(file.stat().st_size for file in tmp_path.glob("work*/repository.git/**/*.pack"))
    assert packs < 4000


def test_files_that_the_documentation_includes_are_fetched_too(forge, read, tmp_path):
    page = "# Guide\n\n```python\n{!../docs_src/a.py!}\n```\n\n{!../.env!}\n\n{!_part.md!}"
    part = {"docs/_part.md": "Part {{#include ../docs_src/b.txt}}"}
    code = {"docs_src/a.py": "fill = 1\n", "docs_src/b.txt": "two", "docs_src/c.py": "other", ".env": "secret"}
    forge.publish("tea/kettle", {"docs/guide.md": page, **part, **code}, "v1.2")
    gathered = read(forge.url("tea/kettle"))
    text = gathered.documents["docs/guide.md"].text
    assert "```python\nfill = 1\n```" in text
    assert "Part two" in text
    assert "secret" not in text
    names = {file.name for file in tmp_path.glob("work*/tree/**/*") if file.is_file()}
    assert names == {"guide.md", "_part.md", "a.py", "b.txt"}


def test_a_package_in_a_repository_of_several_gets_its_own_folder(forge, read):
    files = {"packages/a/docs/x.md": "# A\n\nText.", "packages/b/docs/x.md": "# B\n\nText."}
    forge.publish("tea/tools", files, "b@1.2", "v1.2")
    gathered = read(forge.url("tea/tools"), Dependency("npm", "@tea/b", "1.2"), "packages/b")
    assert {one.title for one in gathered.documents.values()} == {"B"}
    assert gathered.origins[0].source.endswith("@b@1.2")


def test_links_are_not_followed(forge, read, tmp_path):
    (tmp_path / "private.md").write_text("# Private\n\nText.")
    forge.publish("tea/kettle", GUIDE)
    (forge.root / "tea/kettle/docs/link.md").symlink_to(tmp_path / "private.md")
    forge.publish("tea/kettle", {"docs/a.md": "# A\n\nText."}, "v1.2")
    assert set(read(forge.url("tea/kettle")).documents) == {"docs/a.md", "docs/guide.md"}


@pytest.mark.parametrize("status", ["503", "429"])
def test_a_forge_that_fails_is_not_asked_again(forge, read, status):
    forge.failing = status
    first = read(forge.url("tea/kettle"))
    asked = len(forge.asked)
    second = read(forge.url("tea/teapot"))
    assert len(forge.asked) == asked
    assert "returned error" in first.problems[0]
    assert second.problems == [f"repository: {forge.host} did not answer, so it was not asked again."]


def test_a_missing_repository_does_not_stop_the_others(forge, read):
    forge.publish("tea/kettle", GUIDE, "v1.2")
    assert read(forge.url("tea/nothing")).problems
    assert read(forge.url("tea/kettle")).documents


def test_a_fetch_that_takes_too_long_is_the_problem_of_one_repository(forge, read, monkeypatch):
    forge.publish("tea/kettle", GUIDE, "v1.2")
    with monkeypatch.context() as patch:
        patch.setattr(checkout, "FETCH_SECONDS", 0.1)
        patch.setattr(forge, "delay", 0.5)
        assert "no answer within" in read(forge.url("tea/kettle")).problems[0]
    assert read(forge.url("tea/kettle")).documents


def test_a_host_that_accepts_no_connection_is_asked_once(tmp_path):
    forges = Forges(frozenset({"127.0.0.1:9"}), "http")
    problems = []
    for number in range(2):
        gathered = Gathered(links=[("Source", "http://127.0.0.1:9/tea/kettle")])
        forges.add_guides(KETTLE, gathered, tmp_path / str(number))
        problems += gathered.problems
    assert "can't be reached: Connection refused" in problems[0]
    assert "was not asked again" in problems[1]


def test_a_silent_forge_costs_seconds_only(tmp_path, monkeypatch):
    monkeypatch.setattr(checkout, "LISTING_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        gathered = Gathered(links=[("Source", f"http://{host}/tea/kettle")])
        begun = time.monotonic()
        Forges(frozenset({host}), "http").add_guides(KETTLE, gathered, tmp_path / "work")
        assert time.monotonic() - begun < 5
    assert "no answer within" in gathered.problems[0]


def test_what_is_too_large_is_given_up(forge, read, monkeypatch):
    text = random.Random(1).randbytes(3_000_000).hex()
    forge.publish("tea/kettle", GUIDE | {"docs/large.md": text}, "v1.2")
    monkeypatch.setattr(checkout, "MOST_BYTES", 100_000)
    gathered = read(forge.url("tea/kettle"))
    assert gathered.documents == {}
    assert "more than 100,000 bytes" in gathered.problems[0]


def test_what_unpacks_to_too_much_is_given_up(forge, read, monkeypatch):
    forge.publish("tea/kettle", GUIDE | {"docs/large.md": "kettle " * 500_000}, "v1.2")
    monkeypatch.setattr(checkout, "MOST_BYTES", 1_000_000)
    assert "more than 1,000,000 bytes" in read(forge.url("tea/kettle")).problems[0]


def test_no_credentials_of_this_machine_are_sent_and_no_host_but_a_forge_is_asked(forge, read, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "url.http://127.0.0.1:9/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", f"http://{forge.host}/")
    forge.publish("tea/kettle", GUIDE, "v1.2")
    assert read(forge.url("tea/kettle")).documents
    asked = len(forge.asked)
    assert read(forge.url("tea/kettle").replace("127.0.0.1", "localhost")).problems == []
    assert len(forge.asked) == asked


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["reference/kettle", "README.md", "CHANGELOG.rst", "kettle/README"], False),
        (["docs/guide.md"], True),
        (["zod/z", "zod/legacy/z.string", "README.md"], False),
        ([], False),
    ],
)
def test_guides_are_what_is_neither_reference_nor_changelog(names, expected):
    gathered = Gathered(documents={name: Document(name, "", "T") for name in names})
    assert has_guides(gathered) is expected


def test_a_command_that_takes_too_long_is_ended_with_its_children(tmp_path):
    git = Git(tmp_path / "repository.git", "it", seconds=60)
    git.run("init", "--quiet", "--bare", "--template=")
    git.run("config", "alias.wait", "!sleep 200 & sleep 200")
    begun = time.monotonic()
    with pytest.raises(UnreachableError, match="no answer"):
        Git(tmp_path / "repository.git", "it", seconds=0.3).run("wait")
    assert time.monotonic() - begun < 100
    with pytest.raises(BuildError):
        git.run("no-such-command")
