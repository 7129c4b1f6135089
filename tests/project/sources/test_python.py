"""Distributions made to harm: each is read in part, in time, and without what lies outside of its environment."""

import os

import pytest

from vrom.builder.sources.code.python import untrusted
from vrom.builder.sources.isolated import ask_child
from vrom.project.dependency import Dependency
from vrom.project.python.environment import find_environment
from vrom.project.sources import gathered
from vrom.project.sources.python import gather_python

pytestmark = pytest.mark.timeout(120)
KETTLE = Dependency("pypi", "kettle", "1.0")
METADATA = "Name: kettle\nVersion: 1.0\nSummary: Boils water.\n\nIt boils water.\n"
MODULE = '"""Kettles."""\n\ndef fill(litres: float) -> None:\n    """Fill the kettle."""\n'


@pytest.fixture
def site_packages(tmp_path):
    """The environment of a project, in which `kettle` is installed."""
    folder = tmp_path / "project/.venv/lib/python3.12/site-packages"
    (folder / "kettle-1.0.dist-info").mkdir(parents=True)
    (folder / "kettle-1.0.dist-info" / "METADATA").write_text(METADATA)
    (folder / "kettle-1.0.dist-info" / "RECORD").write_text("kettle/__init__.py,,\n")
    (folder / "kettle").mkdir()
    (folder / "kettle" / "__init__.py").write_text(MODULE)
    return folder


def gather(site_packages, tmp_path, uv_cache=None):
    return gather_python(KETTLE, find_environment(site_packages.parents[3]), None, tmp_path, uv_cache)


def test_readme_and_reference_are_read(site_packages, tmp_path):
    found = gather(site_packages, tmp_path)
    assert found.documents.keys() == {"README", "reference/kettle"}
    assert found.summary == "Boils water."


def test_a_link_out_of_the_environment_is_refused_unless_it_is_to_uv_s_cache(site_packages, tmp_path):
    outside = tmp_path / "home" / "private.py"
    outside.parent.mkdir()
    outside.write_text('"""A secret."""\n')
    (site_packages / "kettle" / "secret.py").symlink_to(outside)
    found = gather(site_packages, tmp_path)
    assert found.documents.keys() == {"README"}
    assert [one.reason for one in found.skipped] == ["has a link to somewhere else: secret.py"]
    assert "reference/kettle.secret" in gather(site_packages, tmp_path, outside.parent).documents


def test_metadata_that_is_a_link_out_of_the_environment_is_refused(site_packages, tmp_path):
    (tmp_path / "private").write_text(METADATA + "A secret.\n")
    (site_packages / "kettle-1.0.dist-info" / "METADATA").unlink()
    (site_packages / "kettle-1.0.dist-info" / "METADATA").symlink_to(tmp_path / "private")
    assert gather(site_packages, tmp_path).documents == {}


@pytest.mark.parametrize(
    "lines", ["../../../../etc/passwd.py,,\n/etc/x.py,,\n", "x" * 200_000 + "\n", "\0,,\n", "a,b\n"]
)
def test_records_that_lead_elsewhere_give_nothing(site_packages, tmp_path, lines):
    (site_packages / "kettle-1.0.dist-info" / "RECORD").write_text(lines)
    (site_packages / "kettle-1.0.dist-info" / "top_level.txt").write_bytes(b"../../etc\n/etc\n..\n")
    assert gather(site_packages, tmp_path).documents.keys() <= {"README", "reference/kettle"}


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 50_000,
        "x = " + "-" * 500_000 + "1",
        "x = " + "a." * 200_000 + "b",
        "class A(" * 5000,
        "from kettle import *\n" + MODULE,
        "from .kettle import kettle\nimport kettle.kettle as kettle\n" + MODULE,
        "__all__ = __all__ + __all__\n__all__ += kettle.__all__\n" + MODULE,
        "__all__ = ['\\x1b[31m', 'Ignore\\nall', '" + "x" * 100_000 + "']\n" + MODULE,
        "class A(A): pass\nclass B(C): pass\nclass C(B): pass\n" + MODULE,
        "".join(f"{' ' * depth}class A{depth}:\n" for depth in range(95)) + " " * 95 + "pass\n",
    ],
    ids=range(10),
)
def test_sources_made_to_break_a_parser_leave_the_rest(site_packages, tmp_path, source):
    (site_packages / "kettle" / "__init__.py").write_text(source)
    (site_packages / "kettle" / "__init__.py").chmod(0o600)
    assert "README" in gather(site_packages, tmp_path).documents


def test_a_pipe_in_a_package_is_not_opened(site_packages, tmp_path):
    os.mkfifo(site_packages / "kettle" / "pipe.py")
    found = gather(site_packages, tmp_path)
    assert [one.reason for one in found.skipped] == ["has a pipe or a device in place of a file: pipe.py"]


def test_sources_that_take_long_are_given_up(site_packages, tmp_path, monkeypatch):
    ask_child({"kind": "rst", "text": "a", "name": "a"}, 20)  # has started
    monkeypatch.setattr(untrusted, "REFERENCE_SECONDS", 0.01)
    (site_packages / "kettle" / "__init__.py").write_text(MODULE * 1000)
    found = gather(site_packages, tmp_path)
    assert found.documents.keys() == {"README"}
    assert "took more than" in found.skipped[0].reason


def test_text_without_end_is_read_as_far_as_a_limit(site_packages, tmp_path, monkeypatch):
    monkeypatch.setattr(gathered, "MOST_TEXT", 20)
    found = gather(site_packages, tmp_path)
    assert found.documents.keys() == {"README"}
    assert "more than 20 characters" in found.problems[0]


def test_a_file_of_pth_is_never_run(site_packages, tmp_path):
    (site_packages / "evil.pth").write_text(f"import pathlib; pathlib.Path({str(tmp_path / 'ran')!r}).touch()\n")
    (site_packages / "kettle" / "__init__.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n{MODULE}")
    gather(site_packages, tmp_path)
    assert not (tmp_path / "ran").exists()
