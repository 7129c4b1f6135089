"""`vrom check`, as a person or a script calls it."""

import json
import subprocess
import sys

import pytest

PAGES = {"kettle.md": ["# Kettle\n\nFill it.", "## Errors\n\nIt was empty."], "index.md": ["# Welcome"]}
STRATEGY = {
    "method": "section_aware", "max_tokens": 256, "overlap": 0, "preserve_code_blocks": True,
    "linked_list_pointers": True,
}  # fmt: skip


@pytest.fixture
def kettle(make_package):
    return make_package("kettle", PAGES, chunk_strategy=STRATEGY)


def check(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "vrom", "check", *map(str, arguments)]
    return subprocess.run(command, env={"COLUMNS": "200", "PATH": ""}, capture_output=True, text=True, check=False)


def lose(package, node: int) -> None:
    """Take every link to a node away."""
    file = package / "index.json"
    index = json.loads(file.read_text())
    for other in index["nodes"]:
        other["neighbors"][0] = [link for link in other["neighbors"][0] if link != node]
    file.write_text(json.dumps(index))


def damage(package) -> None:
    manifest = json.loads((package / "manifest.json").read_text())
    (package / "manifest.json").write_text(json.dumps(manifest | {"total_chunks": 9, "version": "1\x1b[2J"}))


def test_a_sound_package_can_be_trusted(kettle):
    done = check(kettle)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("✓ kettle 1.0.0 (3 chunks) in ")
    assert "no problems found" in done.stderr


def test_a_warning_still_mounts(kettle):
    lose(kettle, 2)
    done = check(kettle)
    assert done.returncode == 0
    assert ": 1 warning" in " ".join(done.stderr.split())
    assert "nodes[2]" in done.stderr


def test_a_package_that_cannot_be_trusted_ends_with_one(kettle):
    lose(kettle, 2)
    damage(kettle)
    done = check(kettle)
    assert (done.returncode, done.stdout) == (1, "")
    words = done.stderr.split()  # the line breaks where the folder's name is long
    assert ": 1 error, 3 warnings" in " ".join(words)
    assert words.index("error") < words.index("warning"), "the worst first"
    assert "\x1b" not in done.stderr, "a stranger's file can't steer the terminal"


def test_json_is_one_document_on_stdout(kettle):
    lose(kettle, 2)
    done = check(kettle, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert (report["trusted"], report["errors"], report["warnings"]) == (True, 0, 1)
    [finding] = report["findings"]
    assert (finding["severity"], finding["file"], finding["field"], finding["positions"]) == (
        "warning", "index.json", "nodes[]", [2],
    )  # fmt: skip


@pytest.mark.slow
def test_every_package_of_a_folder_is_checked(kettle, make_package):
    damage(make_package("teapot", PAGES, chunk_strategy=STRATEGY))
    (kettle.parent / ".kettle.0123.new").mkdir()
    (kettle.parent / ".kettle.0123.new" / "index.json").write_text("half written")
    done = check(kettle.parent)
    assert done.returncode == 1
    assert [line[0] for line in done.stderr.splitlines() if line[0] in "✓✗"] == ["✓", "✗"]
    reports = json.loads(check(kettle.parent, "--json").stdout)["packages"]
    assert [report["trusted"] for report in reports] == [True, False]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_a_package_is_named(tmp_path, name):
    (tmp_path / "empty").mkdir()
    done = check(tmp_path / name)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"'{tmp_path / name}' is not a package folder" in done.stderr


@pytest.mark.slow
def test_wrong_usage_ends_with_two():
    assert check().returncode == 2
