"""Which files a source's pages may include, and pages that are only there to be included."""

import os
import subprocess

import pytest

from vrom.builder.sources.files.read import read_path
from vrom.builder.sources.git.read import GitSource, read_git
from vrom.builder.sources.included.inclusions import MOST_PER_PAGE


def test_partials_that_a_page_includes_are_no_pages(build):
    found = build({
        "docs/index.md": "# Index\n\n{!_a.md!}\n\n{!snippets/b.md!}\n\n{!plain.md!}",
        "docs/_a.md": "A.", "docs/snippets/b.md": "B.", "docs/snippets/unused.md": "C.", "docs/plain.md": "D.",
        "docs/_unused.md": "E.",
    })  # fmt: skip
    assert found.keys() == {"index.md", "plain.md", "_unused.md", "snippets/unused.md"}
    assert build.skipped["*"] == "included in other pages (2 files)"


def test_included_code_does_not_count_as_left_out(build):
    build({"docs/index.md": "{!a.py!}", "docs/a.py": "a = 1", "docs/b.py": "b = 2"})
    assert build.skipped == {"*.py": "not documentation (1 file)"}


def test_a_partial_of_which_only_a_part_is_included_stays(build):
    assert "_a.md" in build({"docs/index.md": '--8<-- "_a.md:1:1"', "docs/_a.md": "A.\nB."})


@pytest.mark.parametrize("source", ["docs", "docs/page.md", "."])
def test_folders_files_and_whole_projects_include_the_same(build, source):
    page = next(iter(build({"docs/page.md": "# P\n\n```py\n{!../docs_src/app.py!}\n```"}, source).values()))
    assert "def start" in page.text


def test_without_a_project_only_folders_of_examples_beside_it_count(tmp_path):
    for name, text in {
        "x/docs/page.md": "{!../docs_src/a.py!}\n\n{!../private/b.md!}\n\n{!../c.md!}",
        "x/docs_src/a.py": "ok = 1", "x/private/b.md": "SECRET", "x/c.md": "SECRET",
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (page,) = read_path(tmp_path / "x/docs")
    assert "ok = 1" in page.text
    assert "SECRET" not in page.text
    assert len(page.remarks) == 2


@pytest.mark.parametrize("unpacked", ["PKG-INFO", ".git"])
def test_a_release_or_repository_ends_at_its_top(tmp_path, unpacked):
    inner = tmp_path / "inner"
    (inner / "docs").mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "secret.md").write_text("SECRET")
    (inner / unpacked).touch()
    (inner / "docs/page.md").write_text("Text.\n\n{!../../secret.md!}")
    (page,) = read_path(inner / "docs")
    assert page.text.strip() == "Text."


@pytest.mark.parametrize(
    "settings",
    [
        "markdown_extensions:\n  - pymdownx.snippets:\n      base_path: [other/code]\n",
        "docs_dir: docs\nmarkdown_extensions:\n  - admonition\n  - mdx_include:\n      base_path: other/code\n"
        "extra: {x: !ENV [A, b]}\nplugins: [search, {macros: {x: !!python/name:a.b }}]\n",
    ],
)
def test_a_configured_base_path_counts(build, settings):
    files = {"mkdocs.yml": settings, "other/code/deep.py": "deep = 1", "docs/page.md": '--8<-- "deep.py"'}
    assert "deep = 1" in build(files)["page.md"].text


@pytest.mark.parametrize(
    "settings", ["a: [", "- a", "a: &a [1]\n" + "b: *a\n" * 500, "!x", "\0", "[" * 5_000, "? {a: b}\n: c", "&a [*a]"]
)
def test_a_broken_configuration_is_passed_over(build, settings):
    assert "def start" in build({"mkdocs.yml": settings, "docs/page.md": '--8<-- "docs_src/app.py"'})["page.md"].text


def test_a_repository_at_a_commit_includes_its_own_files(tmp_path):
    for name, text in {
        "docs/page.md": "# P\n\n{!../code/a.py!}\n\n{!_part.md!}\n\n{!../.env!}", "docs/_part.md": "Part.",
        "code/a.py": "old = 1", ".env": "SECRET",
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "one"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "code/a.py").write_text("new = 2")
    page, skipped = read_git(GitSource(str(tmp_path), path="docs")).found
    assert "old = 1" in page.text
    assert "Part." in page.text
    assert "SECRET" not in page.text
    assert skipped.reason == "included in other pages (1 file)"


def test_a_hidden_page_may_be_included(build):
    found = build({"docs/page.md": "{!.shared.md!}\n\n{!.config/x.md!}\n\n{!.env!}", "docs/.shared.md": "Shared.",
                   "docs/.config/x.md": "SECRET", "docs/.env": "SECRET"})  # fmt: skip
    assert found["page.md"].text.strip() == "Shared."


def test_links_out_of_the_source_are_refused(build, tmp_path):
    (tmp_path / "secret.md").write_text("SECRET")
    (tmp_path / "project/docs").mkdir(parents=True)
    (tmp_path / "project/docs/link.txt").symlink_to(tmp_path / "secret.md")
    (tmp_path / "project/docs/folder").symlink_to(tmp_path)
    (tmp_path / "project/docs/inside.py").symlink_to(tmp_path / "project/docs_src/app.py")
    page = build({"docs/page.md": "{!link.txt!}\n\n{!folder/secret.md!}\n\n{!inside.py!}"})["page.md"]
    assert "SECRET" not in page.text
    assert "def start" in page.text
    assert {one.subject for one in page.remarks} == {"included file outside the source"}


@pytest.mark.timeout(20)
def test_pipes_devices_folders_and_large_files_are_refused(build, tmp_path):
    (tmp_path / "project/docs").mkdir(parents=True)
    os.mkfifo(tmp_path / "project/docs/pipe")
    (tmp_path / "project/docs/zero").symlink_to("/dev/zero")
    (tmp_path / "project/docs/large").write_bytes(b"x" * 1_000_001)
    (tmp_path / "project/docs/binary").write_bytes(b"\0\1\2")
    text = "Text.\n\n{!pipe!}\n\n{!zero!}\n\n{!large!}\n\n{!binary!}\n\n{!.!}\n\n{!../docs_src!}"
    page = build({"docs/page.md": text})["page.md"]
    assert page.text.strip() == "Text."
    assert sorted(one.subject for one in page.remarks) == [
        "included file cannot be read", "included file is a pipe or a device", "included file is too large",
        "included file not found", "included file not found", "included file outside the source",
    ]  # fmt: skip


def test_cycles_end(build):
    page = build({"docs/page.md": "A.\n\n{!b.md!}", "docs/b.md": "B.\n\n{!page.md!}\n\n{!b.md!}"})["page.md"]
    assert page.text.split() == ["A.", "B."]
    assert {one.subject for one in page.remarks} == {"included file includes itself"}


@pytest.mark.timeout(30)
def test_nesting_ends(build):
    files = {f"docs/x/{number}.md": f"N{number}.\n\n{{!{number + 1}.md!}}" for number in range(200)}
    page = build({**files, "docs/page.md": "{!x/0.md!}"})["page.md"]
    assert "N9." in page.text
    assert "N10." not in page.text
    assert [one.subject for one in page.remarks] == ["included files are nested too deeply"]


@pytest.mark.timeout(30)
def test_inclusions_of_a_page_are_bounded_in_number_and_size(build):
    page = build({"docs/page.md": "{!gone.md!}\n" * (MOST_PER_PAGE + 500)}, "docs/page.md")["page.md"]
    assert "page includes too many files" in {one.subject for one in page.remarks}
    bomb = {f"docs/x/{number}.txt": f"{{!{number + 1}.txt!}}\n" * 10 for number in range(9)}
    page = build({**bomb, "docs/x/9.txt": "word " * 10_000, "docs/page.md": "{!x/0.txt!}"}, "docs/page.md")["page.md"]
    assert len(page.text) < 5_000_000
    assert page.remarks
