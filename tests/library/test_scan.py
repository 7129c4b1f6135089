"""Which packages folders hold, and which of them an id alone means."""

import os

from vrom.library.scan import scan

PAGES = {"guide.md": ["# Guide\n\nHow to begin."]}


def found(*roots, known=None):
    return [(mount.name, mount.folder.parent.name) for mount in scan(roots, known or {}).values()]


def test_the_folders_come_by_root_and_name(make_package, tmp_path):
    make_package("b", PAGES, root=tmp_path / "first")
    make_package("a", PAGES, root=tmp_path / "first")
    make_package("c", PAGES, root=tmp_path / "second")
    assert found(tmp_path / "second", tmp_path / "first") == [("c", "second"), ("a", "first"), ("b", "first")]


def test_an_id_means_the_newest_version_in_the_first_root_that_has_it(make_package, tmp_path):
    make_package("old", PAGES, root=tmp_path / "first", vrom_id="one", version="1.2.0")
    make_package("new", PAGES, root=tmp_path / "first", vrom_id="one", version="1.10.0")
    make_package("newest", PAGES, root=tmp_path / "second", vrom_id="one", version="2.0.0")
    assert found(tmp_path / "first", tmp_path / "second") == [
        ("one", "first"), ("one@1.2.0", "first"), ("one@2.0.0", "second"),
    ]  # fmt: skip


def test_a_folder_of_another_name_does_not_take_an_id_over(make_package, tmp_path):
    make_package("one", PAGES, root=tmp_path / "first", version="1.0.0")
    make_package("one@2.0.0", PAGES, root=tmp_path / "first", vrom_id="one", version="2.0.0")
    make_package("another", PAGES, root=tmp_path / "first", vrom_id="one", version="99.0.0")
    assert found(tmp_path / "first") == [("one@99.0.0", "first"), ("one@1.0.0", "first"), ("one", "first")]


def test_a_mount_lasts_until_its_files_change(make_package, tmp_path):
    folder = make_package("one", PAGES)
    before = scan([tmp_path / "cartridges"], {})
    assert scan([tmp_path / "cartridges"], before) == before
    os.utime(folder / "index.json", (0, 0))
    assert scan([tmp_path / "cartridges"], before) != before


def test_a_folder_without_a_package_and_a_root_that_is_a_file_hold_nothing(tmp_path):
    (tmp_path / "cartridges" / "notes").mkdir(parents=True)
    (tmp_path / "file").write_text("nothing")
    assert found(tmp_path / "cartridges", tmp_path / "file", tmp_path / "nowhere") == []


def test_the_locked_version_counts_however_it_is_written(make_package, tmp_path):
    make_package("one", PAGES, root=tmp_path / "first", version="2.0")
    make_package("one@3.0", PAGES, root=tmp_path / "first", vrom_id="one", version="3.0")
    mounts = scan([tmp_path / "first"], {}, {"one": "2.0.0"}).values()
    assert [(mount.name, mount.locked) for mount in mounts] == [("one", "2.0"), ("one@3.0", "2.0.0")]


def test_where_parts_lock_several_versions_each_is_locked_and_the_first_that_is_here_is_meant(make_package, tmp_path):
    for version in ("1.0", "2.0", "3.0"):
        make_package(f"one@{version}", PAGES, root=tmp_path / "first", vrom_id="one", version=version)
    differing = {"one": ["4.0", "2.0", "1.0.0"]}
    mounts = scan([tmp_path / "first"], {}, {"one": "4.0"}, differing).values()
    assert {mount.name: mount.locked for mount in mounts} == {"one": "2.0", "one@1.0": "1.0", "one@3.0": "4.0"}
