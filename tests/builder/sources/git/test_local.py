"""Repositories on this machine that nobody vouches for: nothing that they name is run, fetched or followed."""

import os
import shutil
import subprocess

import pytest

from vrom.builder.document import Document
from vrom.builder.sources.git.read import GitSource, read_git
from vrom.errors import BuildError

TEXT = "# A\n\nThe text of the document."


def documents(folder, ref="HEAD"):
    return {
        one.source_file: one.text for one in read_git(GitSource(str(folder), ref)).found if isinstance(one, Document)
    }


def blob_file(git, folder, name="a.md"):
    digest = git(folder, "rev-parse", f"HEAD:{name}")
    return folder / ".git" / "objects" / digest[:2] / digest[2:]


@pytest.fixture
def program(tmp_path):
    """A program that leaves a trace when it is run."""
    file = tmp_path / "program"
    file.write_text(f"#!/bin/sh\ntouch {tmp_path}/it-ran\nexit 1\n")
    file.chmod(0o755)
    return file


class TestConfiguration:
    def test_a_promised_object_is_not_fetched_by_the_program_that_the_repository_names(
        self, small_repository, git, program, tmp_path
    ):
        blob_file(git, small_repository).unlink()
        for name, value in {
            "core.repositoryFormatVersion": "1",
            "extensions.partialClone": "origin",
            "remote.origin.promisor": "true",
            "remote.origin.url": str(tmp_path),
            "remote.origin.uploadpack": str(program),
        }.items():
            git(small_repository, "config", name, value)
        with pytest.raises(BuildError, match="some of its files are missing"):
            documents(small_repository)
        assert not (tmp_path / "it-ran").exists()

    @pytest.mark.parametrize(
        "key",
        [
            "core.fsmonitor",
            "core.sshCommand",
            "core.pager",
            "core.editor",
            "core.askPass",
            "core.gitProxy",
            "core.alternateRefsCommand",
            "credential.helper",
            "diff.external",
            "diff.x.textconv",
            "filter.x.smudge",
            "filter.x.process",
            "gpg.program",
            "uploadpack.packObjectsHook",
            "alias.rev-parse",
            "alias.ls-tree",
        ],
    )
    def test_a_program_in_the_configuration_is_not_run(self, small_repository, git, program, tmp_path, key):
        git(small_repository, "config", key, f"!{program}" if key.startswith("alias") else str(program))
        (small_repository / ".git" / "info").mkdir(exist_ok=True)
        (small_repository / ".git" / "info" / "attributes").write_text("* filter=x diff=x\n")
        assert documents(small_repository) == {"a.md": TEXT}
        assert not (tmp_path / "it-ran").exists()

    def test_hooks_are_not_run(self, small_repository, program, tmp_path):
        hooks = small_repository / ".git" / "hooks"
        hooks.mkdir(exist_ok=True)
        for name in ("reference-transaction", "post-checkout", "post-index-change", "fsmonitor-watchman"):
            shutil.copy(program, hooks / name)
        assert documents(small_repository) == {"a.md": TEXT}
        assert not (tmp_path / "it-ran").exists()

    def test_configuration_that_git_refuses_is_not_even_read(self, small_repository):
        (small_repository / ".git" / "config").write_text("[core\nnot a configuration")
        assert documents(small_repository) == {"a.md": TEXT}

    def test_the_machine_s_configuration_and_variables_change_nothing(self, small_repository, tmp_path, monkeypatch):
        home = tmp_path / "home"
        home.mkdir()
        (home / ".gitconfig").write_text("[core\nnot a configuration")
        monkeypatch.setenv("HOME", str(home))
        for name, value in {
            "GIT_DIR": str(tmp_path / "elsewhere"),
            "GIT_OBJECT_DIRECTORY": str(tmp_path),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "core.repositoryFormatVersion",
            "GIT_CONFIG_VALUE_0": "99",
        }.items():
            monkeypatch.setenv(name, value)
        assert documents(small_repository) == {"a.md": TEXT}

    def test_a_replaced_object_is_read_as_it_was_committed(self, small_repository, git):
        other = subprocess.run(
            ["git", "-C", small_repository, "hash-object", "-w", "--stdin"],
            input=b"# Another text",
            capture_output=True,
            check=True,
        ).stdout.decode()
        git(small_repository, "replace", git(small_repository, "rev-parse", "HEAD:a.md"), other.strip())
        assert documents(small_repository) == {"a.md": TEXT}


class TestOtherRepositories:
    def test_objects_borrowed_from_another_repository_are_refused(self, small_repository, git, tmp_path):
        git(tmp_path, "clone", "--quiet", "--shared", small_repository, "borrower")
        with pytest.raises(BuildError, match=r"borrows objects .*alternates.*git repack -a -d"):
            documents(tmp_path / "borrower")

    def test_a_git_file_that_names_a_repository_which_doesn_t_list_it_is_refused(self, small_repository, tmp_path):
        stranger = tmp_path / "stranger"
        stranger.mkdir()
        (stranger / ".git").write_text(f"gitdir: {small_repository / '.git'}\n")
        with pytest.raises(BuildError, match="which does not list it"):
            documents(stranger)

    def test_a_linked_working_tree_has_its_own_head(self, small_repository, git, tmp_path):
        git(small_repository, "worktree", "add", "--quiet", "-b", "other", tmp_path / "tree")
        (tmp_path / "tree" / "b.md").write_text("# B")
        git(tmp_path / "tree", "add", "-A")
        git(tmp_path / "tree", "commit", "--quiet", "-m", "second")
        assert list(documents(tmp_path / "tree")) == ["a.md", "b.md"]
        assert list(documents(small_repository)) == ["a.md"]

    def test_a_submodule_is_read_from_its_place_in_the_outer_repository(self, small_repository, git, tmp_path):
        outer = tmp_path / "outer"
        outer.mkdir()
        git(outer, "init", "--quiet")
        git(outer, "submodule", "--quiet", "add", small_repository, "inner")
        assert documents(outer / "inner") == {"a.md": TEXT}

    @pytest.mark.parametrize("name", ["objects", "refs"])
    def test_a_link_among_the_files_is_refused(self, small_repository, tmp_path, name):
        (small_repository / ".git" / name / "more").symlink_to(tmp_path)
        with pytest.raises(BuildError, match="neither a file nor a folder"):
            documents(small_repository)

    @pytest.mark.timeout(30)
    def test_a_pipe_in_place_of_an_object_doesn_t_block(self, small_repository, git):
        file = blob_file(git, small_repository)
        file.unlink()
        os.mkfifo(file)
        with pytest.raises(BuildError, match="neither a file nor a folder"):
            documents(small_repository)


class TestKindsOfRepositories:
    def test_a_bare_one(self, small_repository, git, tmp_path):
        git(tmp_path, "clone", "--quiet", "--bare", small_repository, "bare")
        assert documents(tmp_path / "bare", "v1") == {"a.md": TEXT}

    def test_a_folder_within_one(self, small_repository):
        (small_repository / "sub").mkdir()
        assert documents(small_repository / "sub") == {"a.md": TEXT}

    def test_one_with_packed_objects_and_references(self, small_repository, git):
        git(small_repository, "gc", "--quiet")
        git(small_repository, "pack-refs", "--all")
        for ref in ("HEAD", "main", "v1", "refs/tags/v1"):
            assert documents(small_repository, ref) == {"a.md": TEXT}

    def test_one_with_sha256_ids(self, tmp_path, git):
        folder = tmp_path / "long"
        folder.mkdir()
        git(folder, "init", "--quiet", "--object-format=sha256")
        (folder / "a.md").write_text(TEXT)
        git(folder, "add", "-A")
        git(folder, "commit", "--quiet", "-m", "first")
        assert documents(folder) == {"a.md": TEXT}

    def test_one_with_references_in_tables(self, tmp_path, git):
        folder = tmp_path / "tables"
        folder.mkdir()
        try:
            git(folder, "init", "--quiet", "--ref-format=reftable")
        except subprocess.CalledProcessError:
            pytest.skip("this git has no reftable")
        (folder / "a.md").write_text(TEXT)
        git(folder, "add", "-A")
        git(folder, "commit", "--quiet", "-m", "first")
        assert documents(folder, "main") == {"a.md": TEXT}

    def test_a_folder_that_is_none_is_an_error_that_names_it(self, tmp_path):
        with pytest.raises(BuildError, match="is not a git repository"):
            documents(tmp_path)

    def test_nothing_is_written_to_it(self, small_repository):
        before = {file: file.stat().st_mtime_ns for file in small_repository.rglob("*")}
        documents(small_repository)
        assert {file: file.stat().st_mtime_ns for file in small_repository.rglob("*")} == before
