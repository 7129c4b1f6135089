import os

import pytest

from vrom.project.own.files import find_own_files, fingerprint


def write(root, *names):
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {name}\n")


def test_guides_decisions_and_packages_are_found(tmp_path):
    write(tmp_path, "README.md", "CHANGELOG.md", "LICENSE", "docs/adr/0001.md", "adr/1.md", "src/shop/__init__.py")
    write(tmp_path, "src/_private/__init__.py", "tests/__init__.py", "node_modules/x/docs/a.md", ".venv/docs/a.md")
    own = find_own_files(tmp_path)
    assert [file.name for file in own.top] == ["CHANGELOG.md", "README.md"]
    assert {folder.relative_to(tmp_path).as_posix() for folder in own.folders} == {"docs", "adr"}
    assert own.packages == (("shop", tmp_path / "src"),)


def test_a_package_of_the_projects_name_may_lie_in_any_folder(tmp_path):
    write(tmp_path, "server/my_shop/__init__.py", "server/other/__init__.py")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "my-shop"')
    assert find_own_files(tmp_path).packages == (("my_shop", tmp_path / "server"),)


def test_a_single_module_counts(tmp_path):
    write(tmp_path, "shop.py")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"')
    assert find_own_files(tmp_path).packages == (("shop", tmp_path),)
    before = fingerprint(tmp_path)
    (tmp_path / "shop.py").write_text("changed")
    assert fingerprint(tmp_path) != before


def test_the_folder_that_mkdocs_builds_counts_unless_it_lies_outside(tmp_path):
    write(tmp_path, "site/pages/a.md")
    (tmp_path / "mkdocs.yml").write_text("docs_dir: site/pages\n")
    assert find_own_files(tmp_path).folders == (tmp_path / "site" / "pages",)
    (tmp_path / "mkdocs.yml").write_text("docs_dir: ../elsewhere\n")
    assert find_own_files(tmp_path).folders == ()


def test_links_out_of_the_project_are_left_out(tmp_path):
    root, outside = tmp_path / "root", tmp_path / "outside"
    write(outside, "secret.md")
    root.mkdir()
    (root / "docs").symlink_to(outside)
    (root / "README.md").symlink_to(outside / "secret.md")
    own = find_own_files(root)
    assert (own.top, own.folders) == ((), ())


CHANGES = {
    "a page": lambda root: (root / "docs" / "a.md").write_text("other"),
    "a page of the same size": lambda root: os.utime(root / "docs" / "a.md", ns=(1, 1)),
    "a new page": lambda root: (root / "docs" / "new.md").write_text("new"),
    "a page less": lambda root: (root / "docs" / "a.md").unlink(),
    "a docstring": lambda root: (root / "shop" / "__init__.py").write_text('"""Shop."""'),
    "the README": lambda root: (root / "README.md").write_text("other"),
    "the version": lambda root: (root / "pyproject.toml").write_text("[project]"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_fingerprint_changes_with_what_is_read(tmp_path, change):
    write(tmp_path, "README.md", "docs/a.md", "shop/__init__.py", "other.txt", "tests/test_a.py")
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    (tmp_path / "other.txt").write_text("changed")
    (tmp_path / "tests" / "test_a.py").write_text("changed")
    assert fingerprint(tmp_path) == before
    CHANGES[change](tmp_path)
    assert fingerprint(tmp_path) != before
