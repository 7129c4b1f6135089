import os
import threading
import time

from vrom.project import project_scope
from vrom.project.project_scope import ProjectScope, locks_anything

LOCK = 'version = 1\n[[package]]\nname = "a"\nversion = "{}"\n[[package]]\nname = "b"\nversion = "2"\n[[package]]\n'
LOCK += 'name = "p"\nversion = "0"\nsource = {{ virtual = "." }}\ndependencies = [{{ name = "a" }}]\n'


def test_it_holds_what_is_locked_and_the_names_of_what_is_direct(tmp_path):
    (tmp_path / "uv.lock").write_text(LOCK.format("1.0"))
    scope = ProjectScope(tmp_path)()
    assert scope.locked == {"a": "1.0", "b": "2"}
    assert scope.direct == {"a"}
    assert scope.command("b") == "vrom add b==2"
    assert scope.own == tmp_path / ".vrom" / "cartridges"


def test_what_is_listed_without_a_version_is_direct_and_not_locked(tmp_path):
    (tmp_path / "requirements.txt").write_text("kettle>=1\nspoon==2.0\n")
    scope = ProjectScope(tmp_path)()
    assert (scope.locked, scope.direct) == ({"spoon": "2.0"}, {"kettle", "spoon"})
    assert (scope.command("kettle"), scope.title("kettle")) == ("vrom add kettle", "kettle")


def test_it_is_read_again_only_when_a_lock_file_changes(tmp_path):
    (tmp_path / "uv.lock").write_text(LOCK.format("1.0"))
    read = ProjectScope(tmp_path)
    assert read() is read()
    before = read()
    (tmp_path / "uv.lock").write_text(LOCK.format("1.1"))
    os.utime(tmp_path / "uv.lock", ns=(1, 1))
    assert read().locked["a"] == "1.1"
    assert before.locked["a"] == "1.0"


def test_what_was_locked_before_counts_until_changed_files_are_read(tmp_path, monkeypatch):
    (tmp_path / "uv.lock").write_text(LOCK.format("1.0"))
    read = ProjectScope(tmp_path)
    assert read().locked["a"] == "1.0"
    goes_on, read_here = threading.Event(), project_scope._read_here
    monkeypatch.setattr(project_scope, "PATIENCE", 0.01)
    monkeypatch.setattr(project_scope, "_read_here", lambda *given: goes_on.wait(20) and read_here(*given))
    (tmp_path / "uv.lock").write_text(LOCK.format("1.10"))
    assert read().locked["a"] == "1.0"
    goes_on.set()
    ends = time.monotonic() + 20
    while read().locked["a"] == "1.0" and time.monotonic() < ends:
        time.sleep(0.01)
    assert read().locked["a"] == "1.10"


def test_without_a_lock_nothing_is_locked(tmp_path):
    assert ProjectScope(tmp_path)().locked == {}


def test_another_folder_is_read_at_the_next_call(tmp_path):
    for name, version in (("one", "1.0"), ("two", "2.0")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "uv.lock").write_text(LOCK.format(version))
    read = ProjectScope(tmp_path / "one")
    assert read().locked["a"] == "1.0"
    read.folder = tmp_path / "two"
    assert (read().locked["a"], read().own) == ("2.0", tmp_path / "two" / ".vrom" / "cartridges")


def test_a_folder_locks_something_if_it_or_its_repository_has_a_lock(tmp_path):
    (tmp_path / "member").mkdir()
    (tmp_path / "uv.lock").write_text(LOCK.format("1.0"))
    assert not locks_anything(tmp_path / "member")
    (tmp_path / ".git").mkdir()
    assert locks_anything(tmp_path / "member")
