"""The documentation in a source tree, found by what builds it."""

import pytest

from vrom.builder.document import Document
from vrom.project.sources.documentation_folder import find_documentation, read_documentation, read_top_level

PAGE = "# A page\n\nWith a sentence.\n"
SPHINX = "extensions = []\nproject = 'a'\n"


@pytest.fixture
def tree(tmp_path):
    def make(**files):
        for name, content in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        return tmp_path

    return make


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"docs/index.md": PAGE, "README.md": PAGE}, "docs"),
        ({"doc/source/conf.py": SPHINX, "doc/source/index.rst": PAGE, "doc/notes.md": PAGE}, "doc/source"),
        ({"mkdocs.yml": "site_name: A\ndocs_dir: manual\n", "manual/index.md": PAGE, "docs/x.md": PAGE}, "manual"),
        ({"mkdocs.yml": "docs_dir: ../../etc\n", "docs/x.md": PAGE}, "docs"),
        (
            {
                "docs/de/mkdocs.yml": "a: 1", "docs/de/docs/index.md": PAGE, "docs/de/docs/more.md": PAGE,
                "docs/en/mkdocs.yml": "a: 1", "docs/en/docs/index.md": PAGE,
            },
            "docs/en/docs",
        ),
        ({"docs/en/index.md": PAGE, "docs/fr/index.md": PAGE}, "docs/en"),
        (
            {
                "neps/conf.py": SPHINX, "neps/one.rst": PAGE,
                "doc/conf.py": SPHINX, "doc/one.rst": PAGE, "doc/two.rst": PAGE,
            },
            "doc",
        ),
        ({"docs/logo.png": "", "src/a.py": ""}, None),
        ({"conf.py": "x = 1", "tests/conf.py": "y = 2"}, None),
    ],
)  # fmt: skip
def test_the_folder_is_found(tree, files, expected):
    root = tree(**files)
    found = find_documentation(root)
    assert (found.relative_to(root).as_posix() if found else None) == expected


def read(folder):
    return {one.source_file: one.title for one in read_documentation(folder, "docs") if isinstance(one, Document)}


def test_pages_are_read_and_tools_files_are_not(tree):
    root = tree(**{
        "docs/guide/start.md": PAGE, "docs/requirements.txt": "sphinx==1", "docs/_templates/x.html": "<p>x</p>",
        "docs/robots.txt": "*", "docs/.hidden.md": PAGE,
    })  # fmt: skip
    assert read(root / "docs") == {"docs/guide/start.md": "A page"}


def test_translations_are_left_out(tree):
    root = tree(**{"docs/index.md": PAGE, "docs/index.zh.md": PAGE, "docs/fr/index.md": PAGE, "docs/it/own.md": PAGE})
    assert read(root / "docs").keys() == {"docs/index.md", "docs/it/own.md"}


def test_text_files_are_restructured_text_if_sphinx_says_so(tree):
    page = "===========\nCaching API\n===========\n\nUse ``cache``.\n"
    root = tree(**{"docs/conf.py": SPHINX + 'source_suffix = {".txt": "restructuredtext"}\n', "docs/cache.txt": page})
    assert read(root / "docs") == {"docs/cache.txt": "Caching API"}


def test_a_configuration_is_never_run(tree):
    root = tree(**{"docs/conf.py": SPHINX + 'raise SystemExit\nsource_suffix = [".txt"]\n', "docs/a.md": PAGE})
    assert read(find_documentation(root)).keys() == {"docs/a.md"}


def test_readme_and_changelog_are_at_the_top(tree):
    root = tree(**{"README.md": PAGE, "CHANGES.rst": "Changes\n=======\n\nAll.\n", "setup.md": PAGE, "LICENSE": "x"})
    assert [one.source_file for one in read_top_level(root)] == ["CHANGES.rst", "README.md"]
