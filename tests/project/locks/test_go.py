"""`go.mod` and `go.work`, as the Go modules reference describes them."""

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrom.project.locks.go import read_go
from vrom.project.locks.lock import LockFileError

MODULE = """\
// Deprecated: use shop.example/v2
module shop.example

go 1.24.0

toolchain go1.24.1

require github.com/gin-gonic/gin v1.10.0

require (
	golang.org/x/text v0.15.0 // indirect
	"gopkg.in/yaml.v3" v3.0.1 // as the tests need it
	github.com/old/thing v2.0.0+incompatible // indirect; through gin
	golang.org/x/tools v0.21.1-0.20240508182429-e35e4ccd0d2d // indirect
)

tool golang.org/x/tools/cmd/stringer

exclude github.com/gin-gonic/gin v1.9.0

retract [v1.0.0, v1.0.5]
"""


def read(root: Path, folder: str = ".", name: str = "go.mod"):
    return read_go(root / name, root / folder)


def read_module(project, lines: str):
    return read(project({"go.mod": f"module shop.example\n{lines}"}))


def test_what_no_comment_marks_as_indirect_is_direct(project, groups):
    assert groups(read(project({"go.mod": MODULE}))) == {
        "github.com/gin-gonic/gin v1.10.0": {"main"},
        "golang.org/x/text v0.15.0": set(),
        "gopkg.in/yaml.v3 v3.0.1": {"main"},
        "github.com/old/thing v2.0.0+incompatible": set(),
        "golang.org/x/tools v0.21.1-0.20240508182429-e35e4ccd0d2d": {"dev"},
    }


def test_a_replaced_module_is_the_one_that_replaces_it(project, groups):
    lines = """
require (
    a.example/a v1.0.0
    b.example/b v1.0.0
    c.example/c v1.0.0 // indirect
)
replace a.example/a => fork.example/a v1.0.1
replace (
    b.example/b v1.0.0 => b.example/b v1.1.0
    c.example/c v0.9.0 => c.example/c v2.0.0
)
"""
    assert groups(read_module(project, lines)) == {
        "fork.example/a v1.0.1": {"main"},
        "b.example/b v1.1.0": {"main"},
        "c.example/c v1.0.0": set(),
    }


def test_a_module_replaced_by_a_folder_has_no_version(project):
    root = project({"go.mod": "module shop.example\nrequire a.example/a v1.0.0\nreplace a.example/a => ./a\n"})
    (found,) = read(root)
    assert (found.name, found.version, found.folder, found.groups) == ("a.example/a", "", str(root / "a"), {"main"})


@pytest.mark.parametrize("folder", ["../a", "./../a", "/a", "./link"])
def test_a_folder_outside_of_the_project_is_none(project, tmp_path, folder):
    root = project({"go.mod": f"module shop.example\nrequire a.example/a v1.0.0\nreplace a.example/a => {folder}\n"})
    (root / "link").symlink_to(tmp_path)
    (found,) = read(root)
    assert (found.version, found.folder, found.index) == ("", "", f"file:{folder}")


@pytest.fixture
def workspace(project):
    return project(
        {
            "go.work": "use (\n\t./shop\n\t./tax\n)\nuse ../outer\nreplace b.example/b => b.example/b v1.1.0\n",
            "shop/go.mod": "module shop.example/shop\nrequire (\n\tshop.example/tax v0.0.0\n\tb.example/b v1.0.0\n)\n",
            "tax/go.mod": "module shop.example/tax\nrequire c.example/c v1.0.0\n",
            "../outer/go.mod": "module outer.example\nrequire d.example/d v1.0.0\n",
        }
    )


def test_a_workspace_is_the_modules_that_it_uses(workspace, groups):
    assert groups(read(workspace, name="go.work")) == {
        "shop.example/shop": set(),
        "shop.example/tax": {"main"},
        "b.example/b v1.1.0": {"main"},
        "c.example/c v1.0.0": {"main"},
    }


def test_in_a_module_of_a_workspace_only_what_it_requires_is_direct(workspace, direct):
    assert direct(read(workspace, "tax", "go.work")) == {"c.example/c v1.0.0": {"main"}}


def test_modules_of_a_workspace_are_folders_of_this_machine(workspace):
    folders = {one.name: one.folder for one in read(workspace, name="go.work") if one.folder}
    assert folders == {"shop.example/shop": str(workspace / "shop"), "shop.example/tax": str(workspace / "tax")}


def test_entries_that_are_not_well_formed_are_left_out(project):
    lines = 'require (\n\t"../a" v1.0.0\n\ta.example/a v1/../..\n\ta.example/../b v1.0.0\n\té.example v1.0.0\n)\n'
    assert read_module(project, lines) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "lacks a `module` directive"),
        ("\0\n", "lacks a `module` directive"),
        ("module\n", "line 1: `module` with 0 words"),
        ("module a\nrequire b.example/b\n", "line 2: `require` with 1 words"),
        ("module a\nrequire (\n\tb.example/b v1.0.0 c\n)\n", "line 3: `require` with 3 words"),
        ("module a\nrequire (\n\tb.example/b v1.0.0\n", "line 2: the block `require` has no end"),
        ("module a\n)\n", "line 2: unexpected parenthesis"),
        ("module a\nrequire (\nrequire (\n", "line 3: unexpected parenthesis"),
        ("module a\nreplace b.example/b\n", "line 2: `replace` lacks one of its sides"),
        ("module a\nreplace => b.example/b v1.0.0\n", "line 2: `replace` lacks one of its sides"),
        ('module "a\n', "line 1: invalid quotes"),
        ('module "\\x"\n', "line 1: invalid quotes"),
        ("module " + "a" * 5000, "line 1: more than 4,000 characters"),
    ],
)
def test_a_file_that_cannot_be_understood_is_an_error_with_its_line(project, content, problem):
    with pytest.raises(LockFileError, match=problem):
        read(project({"go.mod": content}))


def test_a_workspace_that_uses_no_module_is_an_error(project):
    with pytest.raises(LockFileError, match="lacks a `use` directive"):
        read(project({"go.work": "go 1.24\n"}), name="go.work")


PARTS = ["module a\n", "require", "replace", "use", "tool", "a.example/a", "v1.0.0", "=>", "..", "./a", "(", ")", "//"]
PARTS += [" ", "\n", "\t", '"', "`", '"\\ud800"', "\0", "indirect"]


@settings(deadline=None)
@given(parts=st.lists(st.sampled_from(PARTS), max_size=40), name=st.sampled_from(["go.mod", "go.work"]))
def test_arbitrary_content_is_read_or_refused(parts, name):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for file in ("go.mod", name):
            (root / file).write_text("".join(parts))
        with suppress(LockFileError):
            read(root, name=name)
