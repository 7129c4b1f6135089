"""Documentation at a commit, from real repositories."""

import pytest

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.git.read import GitSource, read_git
from vrom.builder.sources.read import git_source, read_sources
from vrom.errors import BuildError


@pytest.fixture
def repository(tmp_path, git):
    """Two commits, the first tagged v1: `docs/a.md` says "one", then "two"."""
    folder = tmp_path / "repository"
    (folder / "docs" / "deep").mkdir(parents=True)
    git(folder, "init", "--quiet")
    (folder / "README.md").write_text("# Readme\n\nText.")
    (folder / ".gitattributes").write_text("docs export-ignore\n")
    (folder / "docs" / "deep" / "ü b.md").write_text("# B\n\nText.")
    (folder / "docs" / "x.png").write_text("x")
    (folder / "docs" / "link.md").symlink_to("/etc/passwd")
    for word in ("one", "two"):
        (folder / "docs" / "a.md").write_text(f"# A\n\n{word}")
        git(folder, "add", "-A")
        git(folder, "commit", "--quiet", "-m", word)
        if word == "one":
            git(folder, "tag", "v1")
    (folder / "docs" / "a.md").write_text("# A\n\nnot committed")
    return folder


def texts(found):
    return {one.source_file: one.text for one in found if isinstance(one, Document)}


def test_the_documents_are_those_at_the_reference_not_those_in_the_working_tree(repository):
    assert texts(read_git(GitSource(str(repository), "v1", "docs")).found)["a.md"] == "# A\n\none"
    assert texts(read_git(GitSource(str(repository), "main", "docs")).found)["a.md"] == "# A\n\ntwo"


def test_documents_are_named_below_the_path_under_the_prefix(repository):
    checkout = read_git(GitSource(str(repository), path="docs"), "p")
    assert list(texts(checkout.found)) == ["p/a.md", "p/deep/ü b.md"]
    assert list(texts(read_git(GitSource(str(repository))).found)) == ["README.md", "docs/a.md", "docs/deep/ü b.md"]
    assert list(texts(read_git(GitSource(str(repository), path="docs/a.md")).found)) == ["a.md"]


def test_other_files_are_counted(repository):
    found = read_git(GitSource(str(repository), path="docs")).found
    assert [one.name for one in found if isinstance(one, Skipped)] == ["*.png"]


@pytest.mark.parametrize("ref", ["v1", "main", "HEAD"])
def test_the_commit_is_told(repository, git, ref):
    assert read_git(GitSource(str(repository), ref)).commit == git(repository, "rev-parse", ref)


def test_a_repository_elsewhere_is_fetched(repository, git):
    source = GitSource(f"file://{repository}", "v1", "docs")
    checkout = read_git(source)
    assert checkout.commit == git(repository, "rev-parse", "v1")
    assert texts(checkout.found)["a.md"] == "# A\n\none"


def test_it_is_a_source_like_others_and_its_commit_is_recorded(repository, git):
    origins = []
    source = git_source(GitSource(str(repository), "v1", "docs"))
    found = list(read_sources([source], record=origins.append))
    assert texts(found)["a.md"] == "# A\n\none"
    assert [(one.source, one.commit) for one in origins] == [(source, git(repository, "rev-parse", "v1"))]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (GitSource("{}", "v9"), "v9"),
        (GitSource("{}", "v1", "nowhere"), "no files under 'nowhere'"),
        (GitSource("{}/nowhere"), "Cannot read"),
        (GitSource("{}", "--upload-pack=touch"), "not a valid reference"),
        (GitSource("--upload-pack=touch"), "not a valid location"),
        (GitSource("{}", "v1", "--output=x"), "not a valid path"),
        (GitSource("ext::sh -c touch% {}/pwned"), "not allowed"),
    ],
)
def test_what_can_t_be_read_is_an_error_that_says_why(repository, source, said):
    source = GitSource(source.location.format(repository), source.ref, source.path)
    with pytest.raises(BuildError, match=said):
        read_git(source)
    assert not (repository / "pwned").exists()


def test_a_file_larger_than_any_documentation_is_named_and_not_read(repository, monkeypatch):
    monkeypatch.setattr("vrom.builder.sources.git.read.LARGEST_FILE", 10)
    found = read_git(GitSource(str(repository), "main")).found
    assert list(texts(found)) == ["docs/a.md", "docs/deep/ü b.md"]
    assert [one.reason for one in found if isinstance(one, Skipped) and one.name == "README.md"] == [
        "15 bytes, more than the limit of 64,000,000"
    ]
